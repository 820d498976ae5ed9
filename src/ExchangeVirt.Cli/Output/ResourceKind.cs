using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeVirt.Resources.Schema;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Cli.Output;

/// <summary>Knows one kind of resource as a user may call it, with its columns.</summary>
internal sealed class ResourceKind
{
    private readonly Func<IResourceStore, CancellationToken, Task<IReadOnlyList<JsonObject>>> _list;
    private readonly Func<IResourceStore, ResourceKey, CancellationToken, Task<bool>> _delete;

    private ResourceKind(
        ResourceType type,
        ResourceAttribute resource,
        IReadOnlyList<ColumnAttribute> columns,
        Func<IResourceStore, CancellationToken, Task<IReadOnlyList<JsonObject>>> list,
        Func<IResourceStore, ResourceKey, CancellationToken, Task<bool>> delete
    )
    {
        Type = type;
        Resource = resource;
        Columns = columns;
        _list = list;
        _delete = delete;
    }

    /// <summary>All kinds, in the order in which they are printed.</summary>
    public static IReadOnlyList<ResourceKind> All { get; } =
    [
        Of<HyperVHost>(),
        Of<DatabaseAvailabilityGroup>(),
        Of<ExchangeVirtualMachine>(),
        Of<VirtualizationPolicy>(),
        Of<VirtualMachineMigration>(),
    ];

    /// <summary>Group, version, kind and plural.</summary>
    public ResourceType Type { get; }

    /// <summary>Short name and scope.</summary>
    public ResourceAttribute Resource { get; }

    /// <summary>What a table shows of it.</summary>
    public IReadOnlyList<ColumnAttribute> Columns { get; }

    /// <summary>Finds a kind by its kind, plural, singular, short name or any of them with the group, in any case.</summary>
    public static ResourceKind? Find(string word)
    {
        var bare = word.EndsWith($".{ApiGroup.Group}", StringComparison.OrdinalIgnoreCase)
            ? word[..^(ApiGroup.Group.Length + 1)]
            : word;
        return All.FirstOrDefault(kind =>
            new[] { kind.Type.Kind, kind.Type.Plural, kind.Resource.ShortName }.Contains(
                bare,
                StringComparer.OrdinalIgnoreCase
            )
        );
    }

    /// <summary>Lists the objects of the kind as JSON, by namespace and name.</summary>
    public Task<IReadOnlyList<JsonObject>> ListAsync(IResourceStore store, CancellationToken cancellationToken) =>
        _list(store, cancellationToken);

    /// <summary>Asks for the end of one object.</summary>
    /// <returns>False where there is none of that name.</returns>
    public Task<bool> DeleteAsync(IResourceStore store, ResourceKey key, CancellationToken cancellationToken) =>
        _delete(store, key, cancellationToken);

    private static ResourceKind Of<T>()
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        new(
            ResourceType.Of<T>(),
            typeof(T).GetCustomAttribute<ResourceAttribute>()
                ?? throw new InvalidOperationException($"{typeof(T).Name} does not say its short name and scope."),
            [.. typeof(T).GetCustomAttributes<ColumnAttribute>()],
            static async (store, cancellationToken) =>
            {
                var list = await store.ListAsync<T>(cancellationToken);
                return
                [
                    .. list
                        .Items.OrderBy(static item => item.Metadata.NamespaceProperty, StringComparer.Ordinal)
                        .ThenBy(static item => item.Metadata.Name, StringComparer.Ordinal)
                        .Select(static item => JsonSerializer.SerializeToNode(item, ResourceJson.Options)!.AsObject()),
                ];
            },
            static (store, key, cancellationToken) => store.DeleteAsync<T>(key, cancellationToken)
        );
}

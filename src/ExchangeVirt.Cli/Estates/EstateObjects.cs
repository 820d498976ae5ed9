using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeVirt.Cli.Output;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Cli.Estates;

/// <summary>An object that is there and does not fit the types of this version.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Key">Its namespace and name.</param>
/// <param name="Message">What does not fit.</param>
internal sealed record UnreadableObject(ResourceKind Kind, ResourceKey Key, string Message);

/// <summary>Holds all objects of an estate as they were at one moment, in order of namespace and name.</summary>
internal sealed record EstateObjects
{
    /// <summary>The hosts.</summary>
    public IReadOnlyList<HyperVHost> Hosts { get; init; } = [];

    /// <summary>The database availability groups.</summary>
    public IReadOnlyList<DatabaseAvailabilityGroup> Groups { get; init; } = [];

    /// <summary>The virtual machines.</summary>
    public IReadOnlyList<ExchangeVirtualMachine> Machines { get; init; } = [];

    /// <summary>The policies.</summary>
    public IReadOnlyList<VirtualizationPolicy> Policies { get; init; } = [];

    /// <summary>The migrations.</summary>
    public IReadOnlyList<VirtualMachineMigration> Migrations { get; init; } = [];

    /// <summary>The objects that cannot be read as their types.</summary>
    public IReadOnlyList<UnreadableObject> Unreadable { get; init; } = [];

    /// <summary>What the user may not read, in words.</summary>
    public IReadOnlyList<string> NotShown { get; init; } = [];

    /// <summary>Why of some kinds only some namespaces were read, in words.</summary>
    public IReadOnlyList<string> Narrowed { get; init; } = [];

    /// <summary>What is said by whoever judges, of what could not be seen.</summary>
    public IEnumerable<string> Unjudged =>
        NotShown.Concat(Narrowed).Select(static gap => $"What this keeps out of sight was not judged: {gap}");

    /// <summary>The kinds of which the user may read nothing.</summary>
    public IReadOnlyList<string> HiddenKinds { get; init; } = [];

    /// <summary>All that could be read.</summary>
    public IEnumerable<IKubernetesObject<V1ObjectMeta>> All =>
        [.. Hosts, .. Groups, .. Policies, .. Machines, .. Migrations];

    /// <summary>Reads all kinds.</summary>
    /// <param name="source">Where.</param>
    /// <param name="everywhere">Whether all namespaces are meant, whatever the source looks at.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="AccessDeniedException">The user may read no kind at all.</exception>
    /// <exception cref="CommandException">They cannot be read.</exception>
    public static Task<EstateObjects> ReadAsync(
        IEstateSource source,
        bool everywhere,
        CancellationToken cancellationToken
    ) => ReadAsync(kind => source.ListAsync(kind, everywhere, cancellationToken));

    /// <summary>Reads all kinds of all namespaces; where the user may not, of some, and <see cref="Narrowed"/> says so.</summary>
    /// <param name="source">Where.</param>
    /// <param name="namespaces">The namespaces that are read where not all may be.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="AccessDeniedException">The user may read no kind at all.</exception>
    /// <exception cref="CommandException">They cannot be read.</exception>
    public static async Task<EstateObjects> ReadReadableAsync(
        IEstateSource source,
        IReadOnlyList<string> namespaces,
        CancellationToken cancellationToken
    )
    {
        List<string> narrowed = [];
        var objects = await ReadAsync(async kind =>
        {
            var found = await source.ListReadableAsync(kind, namespaces, cancellationToken);
            if (found.Narrowed is { } why)
            {
                narrowed.Add(why);
            }

            return found.Items;
        });
        return objects with { Narrowed = narrowed };
    }

    // Each by a question of its own.
    private static async Task<EstateObjects> ReadAsync(Func<ResourceKind, Task<IReadOnlyList<JsonObject>>> list)
    {
        Dictionary<string, IReadOnlyList<JsonObject>> items = new(StringComparer.Ordinal);
        List<AccessDeniedException> denied = [];
        List<string> hidden = [];
        foreach (var kind in ResourceKind.All)
        {
            try
            {
                items[kind.Type.Kind] = await list(kind);
            }
            catch (AccessDeniedException refused)
            {
                denied.Add(refused);
                hidden.Add(kind.Type.Kind);
            }
        }

        if (items.Count == 0)
        {
            throw denied[0];
        }

        return Of(items.Values.SelectMany(static each => each)) with
        {
            NotShown = [.. denied.Select(static refused => refused.Message)],
            HiddenKinds = hidden,
        };
    }

    /// <summary>Sorts objects by their kinds.</summary>
    public static EstateObjects Of(IEnumerable<JsonObject> items)
    {
        List<UnreadableObject> unreadable = [];
        var byKind = items.ToLookup(static item => (string?)item["kind"]);
        return new EstateObjects
        {
            Hosts = Read<HyperVHost>(byKind, unreadable),
            Groups = Read<DatabaseAvailabilityGroup>(byKind, unreadable),
            Machines = Read<ExchangeVirtualMachine>(byKind, unreadable),
            Policies = Read<VirtualizationPolicy>(byKind, unreadable),
            Migrations = Read<VirtualMachineMigration>(byKind, unreadable),
            Unreadable = unreadable,
        };
    }

    /// <summary>Finds the object of a kind and key.</summary>
    /// <returns>Null where there is none that can be read.</returns>
    public IKubernetesObject<V1ObjectMeta>? Find(string kind, string? inNamespace, string name) =>
        All.FirstOrDefault(each =>
            each.Kind == kind && each.Metadata.Name == name && each.Metadata.NamespaceProperty == inNamespace
        );

    private static IReadOnlyList<T> Read<T>(ILookup<string?, JsonObject> items, List<UnreadableObject> unreadable)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var kind = ResourceKind.Find(ResourceType.Of<T>().Kind);
        List<T> read = [];
        foreach (var item in items[kind.Type.Kind])
        {
            try
            {
                read.Add(item.Deserialize<T>(ResourceJson.Received) ?? throw new JsonException("The object is null."));
            }
            catch (Exception misfit) when (misfit is JsonException or FormatException or ArgumentException)
            {
                var metadata = item["metadata"];
                var key = new ResourceKey((string?)metadata?["namespace"], (string?)metadata?["name"] ?? "");
                unreadable.Add(new UnreadableObject(kind, key, misfit.Message));
            }
        }

        return
        [
            .. read.OrderBy(static each => each.Metadata.NamespaceProperty, StringComparer.Ordinal)
                .ThenBy(static each => each.Metadata.Name, StringComparer.Ordinal),
        ];
    }
}

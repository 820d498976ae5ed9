using System.Reflection;
using ExchangeVirt.Resources.Schema;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Cli.Output;

/// <summary>Knows one kind of resource as a user may call it, with its columns.</summary>
/// <param name="Type">Group, version, kind and plural.</param>
/// <param name="Resource">Short name and scope.</param>
/// <param name="Columns">What a table shows of it.</param>
internal sealed record ResourceKind(
    ResourceType Type,
    ResourceAttribute Resource,
    IReadOnlyList<ColumnAttribute> Columns
)
{
    /// <summary>All kinds, in the order in which they are printed.</summary>
    public static IReadOnlyList<ResourceKind> All { get; } =
    [
        Of<HyperVHost>(),
        Of<DatabaseAvailabilityGroup>(),
        Of<ExchangeVirtualMachine>(),
        Of<VirtualizationPolicy>(),
        Of<VirtualMachineMigration>(),
    ];

    /// <summary>The words that a user may say for the kinds, for messages.</summary>
    public static string Words { get; } = string.Join(", ", All.Select(static kind => kind.Resource.ShortName));

    /// <summary>Finds a kind by its kind, plural or short name, also with the group behind it, in any case.</summary>
    /// <exception cref="CommandException">There is no such kind.</exception>
    public static ResourceKind Find(string word)
    {
        var suffix = "." + ApiGroup.Group;
        var bare = word.EndsWith(suffix, StringComparison.OrdinalIgnoreCase) ? word[..^suffix.Length] : word;
        return All.FirstOrDefault(kind =>
                new[] { kind.Type.Kind, kind.Type.Plural, kind.Resource.ShortName }.Contains(
                    bare,
                    StringComparer.OrdinalIgnoreCase
                )
            ) ?? throw new CommandException($"There is no kind '{word}'. Kinds are {Words}.", ExitCode.Usage);
    }

    private static ResourceKind Of<T>()
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        new(
            ResourceType.Of<T>(),
            typeof(T).GetCustomAttribute<ResourceAttribute>()
                ?? throw new InvalidOperationException($"{typeof(T).Name} does not say its short name and scope."),
            [.. typeof(T).GetCustomAttributes<ColumnAttribute>()]
        );
}

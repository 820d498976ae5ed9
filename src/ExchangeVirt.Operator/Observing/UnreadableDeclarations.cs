using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Operator.Observing;

/// <summary>
/// Lists what is declared beside the VMs and cannot be read. Such an object is there all the same; what is cached of it is its
/// last good state, or nothing, and neither is acted by.
/// </summary>
public sealed record UnreadableDeclarations
{
    /// <summary>Gets what lists the hosts.</summary>
    public Func<IReadOnlyCollection<UnreadableResource>> Hosts { get; init; } = static () => [];

    /// <summary>Gets what finds a DAG; null from it where that can be read, or does not exist.</summary>
    public Func<ResourceKey, UnreadableResource?> Group { get; init; } = static _ => null;

    /// <summary>Gets what finds a policy; null from it where that can be read, or does not exist.</summary>
    public Func<ResourceKey, UnreadableResource?> Policy { get; init; } = static _ => null;

    /// <summary>Says of an object that it cannot be read, and why.</summary>
    /// <returns>Null where there is none.</returns>
    public static string? Describe(UnreadableResource? resource) =>
        resource is null
            ? null
            : $"this version of the operator does not understand it, and a newer one may: {resource.Message.TrimEnd('.', ' ')}.";
}

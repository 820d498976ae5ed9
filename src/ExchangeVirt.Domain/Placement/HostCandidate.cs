using System.Collections.Frozen;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Rules;

namespace ExchangeVirt.Domain.Placement;

/// <summary>A host as placement sees it: what it is, and sums over what it holds, so that a decision walks no guests.</summary>
public sealed class HostCandidate
{
    /// <summary>Describes a host.</summary>
    /// <param name="definition">The host as declared.</param>
    /// <param name="observed">What its agent saw last; its guests are not looked at, <paramref name="load"/> has them.</param>
    /// <param name="load">All guests, seen or reserved for.</param>
    /// <param name="receivedAt">When <paramref name="observed"/> arrived, by the operator's clock; null: never.</param>
    /// <param name="unreachableReason">Why the agent does not answer; null: it does.</param>
    public HostCandidate(
        HostDefinition definition,
        ObservedHost? observed,
        HostLoad load,
        DateTimeOffset? receivedAt,
        string? unreachableReason = null
    )
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(load);
        Definition = definition;
        Observed = observed;
        Load = load;
        ReceivedAt = receivedAt;
        UnreachableReason = unreachableReason;
        Budget = observed is null ? null : RatioBudget.Allowed(observed.Processors, definition.Policy);
        GuestMemory = observed?.Memory is { Bytes: > 0 } memory
            ? MemoryBudget.ForGuests(memory, definition.Policy)
            : null;
        Build = HostBuild.Of(observed?.OperatingSystem);
        Switches = observed?.Switches?.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Gets the declared name.</summary>
    public string Name => Definition.Name;

    /// <summary>Gets the host as declared.</summary>
    public HostDefinition Definition { get; }

    /// <summary>Gets what its agent saw last.</summary>
    public ObservedHost? Observed { get; }

    /// <summary>Gets the sums over what it holds.</summary>
    public HostLoad Load { get; }

    /// <summary>Gets when the facts arrived.</summary>
    public DateTimeOffset? ReceivedAt { get; }

    /// <summary>Gets why the agent does not answer.</summary>
    public string? UnreachableReason { get; }

    internal RatioBudget? Budget { get; }

    internal ByteSize? GuestMemory { get; }

    internal int? Build { get; }

    internal FrozenSet<string>? Switches { get; }

    /// <summary>Describes a host that nothing is reserved on, from what its agent saw.</summary>
    public static HostCandidate Of(HostDefinition definition, ObservedHost observed, DateTimeOffset receivedAt)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(observed);
        return new HostCandidate(definition, observed, HostLoad.Of(observed, definition.Policy, []), receivedAt);
    }
}

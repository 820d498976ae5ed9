using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Gating;

/// <summary>A DAG with what is known of its members now.</summary>
public sealed record AvailabilityGroupFacts
{
    /// <summary>Gets the DAG as declared.</summary>
    public required AvailabilityGroup Group { get; init; }

    /// <summary>Gets the declared VMs that name the DAG, whatever is known of them.</summary>
    public required IReadOnlyList<MemberFacts> Members { get; init; }

    /// <summary>Gets whether the witness is up: its VM runs or its host answers; null where that is not known. Not asked for an external one.</summary>
    public bool? WitnessUp { get; init; }

    /// <summary>Gets the grants of the slot that the DAG's status holds.</summary>
    public IReadOnlyList<DisruptionGrant> Grants { get; init; } = [];
}

/// <summary>What is known of one member.</summary>
public sealed record MemberFacts
{
    /// <summary>Gets its name within the DAG's namespace.</summary>
    public required string Name { get; init; }

    /// <summary>Gets whether facts about it are fresh; false makes it unknown, which counts as down.</summary>
    public bool Known { get; init; } = true;

    /// <summary>Gets its power state.</summary>
    public PowerState PowerState { get; init; }

    /// <summary>Gets its heartbeat.</summary>
    public Heartbeat? Heartbeat { get; init; }

    /// <summary>Gets since when it runs with its heartbeat OK, without a break; null where it does not or that is not known.</summary>
    public DateTimeOffset? HealthySince { get; init; }

    /// <summary>Gets why a person holds it in maintenance; null where nobody does.</summary>
    public string? InMaintenance { get; init; }
}

/// <summary>The DAG's slot, given to one member for one operation; kept in the DAG's status.</summary>
/// <param name="Member">The member.</param>
/// <param name="OperationId">The operation it was given for.</param>
/// <param name="Reason">Why.</param>
/// <param name="GrantedAt">When.</param>
public sealed record DisruptionGrant(string Member, string OperationId, string Reason, DateTimeOffset GrantedAt);

/// <summary>The figures of a DAG's status.</summary>
/// <param name="Members">All members, external ones counted.</param>
/// <param name="Available">The members that are available; an external one cannot be seen and is not.</param>
/// <param name="Votes">All votes: one for each member, and the witness' where that number is even.</param>
/// <param name="VotesUp">The votes that are up.</param>
/// <param name="Quorum">The votes that are needed.</param>
/// <param name="DisruptionsAllowed">How many more members may be taken down now.</param>
public sealed record AvailabilityGroupStatusFacts(
    int Members,
    int Available,
    int Votes,
    int VotesUp,
    int Quorum,
    int DisruptionsAllowed
);

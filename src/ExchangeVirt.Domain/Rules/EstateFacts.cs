using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Rules;

/// <summary>What is known of hosts, VMs, DAGs and clusters at one moment. Null is «unknown», never «none».</summary>
public sealed record EstateFacts
{
    /// <summary>Gets when the facts were taken.</summary>
    public DateTimeOffset? TakenAt { get; init; }

    /// <summary>Gets the policy for every host and VM that names none of its own.</summary>
    public Policy Policy { get; init; } = new();

    /// <summary>Gets the hosts.</summary>
    public IReadOnlyList<EstateHost> Hosts { get; init; } = [];

    /// <summary>Gets all VMs, Exchange or not.</summary>
    public IReadOnlyList<EstateVirtualMachine> VirtualMachines { get; init; } = [];

    /// <summary>Gets the DAGs.</summary>
    public IReadOnlyList<EstateAvailabilityGroup>? AvailabilityGroups { get; init; }

    /// <summary>Gets the failover clusters of hosts.</summary>
    public IReadOnlyList<EstateCluster>? Clusters { get; init; }

    /// <summary>Gets moves and other work that was asked for or seen.</summary>
    public IReadOnlyList<EstateOperation>? Operations { get; init; }

    /// <summary>Gets facts that a person vouches for.</summary>
    public IReadOnlyList<EstateAttestation>? Attestations { get; init; }
}

/// <summary>A DAG and its members.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Members">The members' VM names.</param>
/// <param name="Witness">The kind of its witness.</param>
/// <param name="WitnessName">The witness VM's or host's name.</param>
public sealed record EstateAvailabilityGroup(
    string Name,
    IReadOnlyList<string>? Members,
    WitnessKind? Witness = null,
    string? WitnessName = null
);

/// <summary>A failover cluster of hosts.</summary>
/// <param name="Name">Its name.</param>
/// <param name="MoveTypeThreshold">Groups of lower priority are moved by saving them.</param>
/// <param name="EnforcedAntiAffinity">ClusterEnforcedAntiAffinity.</param>
public sealed record EstateCluster(string Name, int? MoveTypeThreshold = null, bool? EnforcedAntiAffinity = null);

/// <summary>A move or other work on a VM.</summary>
/// <param name="Kind">The kind, such as <c>Migration</c>.</param>
/// <param name="VirtualMachine">The VM's name.</param>
/// <param name="Method">The way, such as <c>Live</c>.</param>
/// <param name="Planned">Whether somebody asked for it.</param>
/// <param name="At">When.</param>
public sealed record EstateOperation(
    string Kind,
    string? VirtualMachine,
    string? Method,
    bool? Planned,
    DateTimeOffset? At
);

/// <summary>A fact that no machine can show and a person vouches for.</summary>
/// <param name="Fact">The fact's name.</param>
/// <param name="SubjectKind">What it speaks of.</param>
/// <param name="Subject">The subject's name.</param>
/// <param name="Value">Whether it holds.</param>
/// <param name="By">Who vouches.</param>
/// <param name="At">Since when.</param>
/// <param name="Until">Until when; null: no end.</param>
public sealed record EstateAttestation(
    string Fact,
    SubjectKind SubjectKind,
    string Subject,
    bool Value,
    string? By,
    DateTimeOffset? At,
    DateTimeOffset? Until
);

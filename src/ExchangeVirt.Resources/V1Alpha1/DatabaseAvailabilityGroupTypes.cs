using ExchangeVirt.Resources.Schema;

namespace ExchangeVirt.Resources.V1Alpha1;

/// <summary>What is asked of one database availability group.</summary>
public sealed record DatabaseAvailabilityGroupSpec
{
    /// <summary>Absent: Required. How strictly members are kept on different hosts.</summary>
    public AntiAffinity AntiAffinity { get; init; } = AntiAffinity.Required;

    /// <summary>Absent: Preferred. How strictly members are kept in different fault domains.</summary>
    public FaultDomainSpread FaultDomainSpread { get; init; } = FaultDomainSpread.Preferred;

    /// <summary>Absent: 1. How many members may be down at once, whatever for; quorum is never given up for it.</summary>
    [Bounds(0, 15)]
    public int MaxUnavailable { get; init; } = 1;

    /// <summary>Absent: 900. Seconds for which a member must have been healthy before it counts as available.</summary>
    [Bounds(0, 86400)]
    public int MinReadySeconds { get; init; } = 900;

    /// <summary>Absent: no witness; one is needed where the number of members is even. Where the witness is.</summary>
    public WitnessSpec? Witness { get; init; }

    /// <summary>Absent: none. Members that are not managed here, whose votes count.</summary>
    [Items(16, Keys = "name")]
    public IReadOnlyList<ExternalMemberSpec>? ExternalMembers { get; init; }

    /// <summary>Absent: none. Members that are down for long and not waited for; their votes still count.</summary>
    [Items(16, Keys = "name")]
    public IReadOnlyList<IgnoredMemberSpec>? IgnoredMembers { get; init; }

    /// <summary>Absent: no member is ever restarted. How a member is put into maintenance before a restart.</summary>
    public MaintenanceSpec? Maintenance { get; init; }
}

/// <summary>Where the witness of a group is: exactly one of the fields.</summary>
[Rule("witness-exactly-one")]
public sealed record WitnessSpec
{
    /// <summary>Absent: not a virtual machine seen here. The name of the virtual machine in Hyper-V.</summary>
    [Text(63, TextShape.NotEmpty)]
    public string? VirtualMachine { get; init; }

    /// <summary>Absent: not a HyperVHost. The HyperVHost that is the witness.</summary>
    [Text(63, TextShape.DnsLabel)]
    public string? Host { get; init; }

    /// <summary>Absent: not outside. A server outside of our sight, taken as up.</summary>
    [Text(253, TextShape.NotEmpty)]
    public string? External { get; init; }
}

/// <summary>A member that is not managed here.</summary>
public sealed record ExternalMemberSpec
{
    /// <summary>The name of the server.</summary>
    [Text(63, TextShape.NotEmpty)]
    public required string Name { get; init; }

    /// <summary>Absent: unknown. Where it is.</summary>
    [Text(63, TextShape.NotEmpty)]
    public string? Site { get; init; }
}

/// <summary>A member that is down for long.</summary>
public sealed record IgnoredMemberSpec
{
    /// <summary>The name of the member.</summary>
    [Text(63, TextShape.NotEmpty)]
    public required string Name { get; init; }

    /// <summary>Why it is not waited for.</summary>
    [Text(1024, TextShape.Prose)]
    public required string Reason { get; init; }

    /// <summary>When it is waited for again.</summary>
    public required DateTimeOffset Expires { get; init; }
}

/// <summary>How a member is put into maintenance.</summary>
[Rule("hook-command")]
public sealed record MaintenanceSpec
{
    /// <summary>Who does it.</summary>
    public required MaintenanceHook Hook { get; init; }

    /// <summary>Absent: no program; the hook Command needs one. The program and its arguments, run without a shell.</summary>
    [Items(64, MinItems = 1, Ordered = true)]
    [Text(512, TextShape.NotEmpty)]
    public IReadOnlyList<string>? Command { get; init; }
}

/// <summary>What is observed of one database availability group; only its controller writes it.</summary>
public sealed record DatabaseAvailabilityGroupStatus : ResourceStatus
{
    /// <summary>The number of members, external ones too.</summary>
    public int? Members { get; init; }

    /// <summary>The number of members that are available; unknown counts as down.</summary>
    public int? Available { get; init; }

    /// <summary>The number of votes in all, the witness's too.</summary>
    public int? Votes { get; init; }

    /// <summary>The number of votes that must be up.</summary>
    public int? Quorum { get; init; }

    /// <summary>How many further members may be disrupted now.</summary>
    public int? DisruptionsAllowed { get; init; }

    /// <summary>The grants in force, by member.</summary>
    [Items(16, Keys = "member")]
    public IReadOnlyList<DisruptionGrant>? Disruptions { get; init; }

    /// <summary>Each member as it was judged, by name.</summary>
    [Items(32, Keys = "name")]
    public IReadOnlyList<MemberStatus>? MemberStates { get; init; }
}

/// <summary>The right to disrupt one member, stored before anyone acts on it and released when the member is available again.</summary>
public sealed record DisruptionGrant
{
    /// <summary>The ExchangeVirtualMachine.</summary>
    [Text(63)]
    public required string Member { get; init; }

    /// <summary>What it is for.</summary>
    [Text(63)]
    public string? Operation { get; init; }

    /// <summary>Why.</summary>
    [Text(1024)]
    public string? Reason { get; init; }

    /// <summary>When it was granted.</summary>
    public DateTimeOffset? GrantedAt { get; init; }

    /// <summary>The epoch of the operator that granted it.</summary>
    public long? Epoch { get; init; }
}

/// <summary>One member as it was judged.</summary>
public sealed record MemberStatus
{
    /// <summary>The member.</summary>
    [Text(63)]
    public required string Name { get; init; }

    /// <summary>The host that it is on.</summary>
    [Text(63)]
    public string? Host { get; init; }

    /// <summary>True, False or Unknown.</summary>
    [Text(63)]
    public string? Available { get; init; }

    /// <summary>Since when it is so.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Why it does not count as available.</summary>
    [Text(1024)]
    public string? Reason { get; init; }
}

using ExchangeVirt.Resources.Schema;

namespace ExchangeVirt.Resources.V1Alpha1;

/// <summary>Limits, reserves, what may be disrupted and when. A new one holds the built-in values.</summary>
public sealed record VirtualizationPolicySpec
{
    /// <summary>Absent: Observe. Whether drift is corrected or only reported.</summary>
    public Enforcement Enforcement { get; init; } = Enforcement.Observe;

    /// <summary>Absent: false. Stops every action on all that follow this policy.</summary>
    public bool Paused { get; init; }

    /// <summary>Absent: MaintenanceWindow. When virtual machines may be disrupted.</summary>
    public Disruption Disruption { get; init; } = Disruption.MaintenanceWindow;

    /// <summary>Absent: Report. What is done about a virtual machine in saved state.</summary>
    public SavedStatePolicy SavedState { get; init; } = SavedStatePolicy.Report;

    /// <summary>Absent: Propose. When virtual machines are moved for balance.</summary>
    public Rebalance Rebalance { get; init; } = Rebalance.Propose;

    /// <summary>Absent: the defaults of its fields. How many virtual processors a host may carry.</summary>
    public ProcessorPolicySpec Processor { get; init; } = new();

    /// <summary>Absent: the defaults of its fields. How much memory is kept back.</summary>
    public MemoryPolicySpec Memory { get; init; } = new();

    /// <summary>Absent: the defaults of its fields. What the estate must survive.</summary>
    public FailoverPolicySpec Failover { get; init; } = new();

    /// <summary>Absent: the defaults of its fields. What is done about checkpoints.</summary>
    public CheckpointPolicySpec Checkpoints { get; init; } = new();

    /// <summary>Absent: none, so that disruption MaintenanceWindow disrupts nothing. When virtual machines may be disrupted.</summary>
    [Items(16, Keys = "name")]
    public IReadOnlyList<MaintenanceWindowSpec>? MaintenanceWindows { get; init; }

    /// <summary>Absent: 20%. The share of the virtual machines that new spec values or first enforcement may change in an hour; 100% is no limit.</summary>
    [Text(32, TextShape.Percent)]
    public string MaxChangedPerHour { get; init; } = "20%";

    /// <summary>Absent: 60. Minutes after which a virtual machine that a person shut down is started again.</summary>
    [Bounds(0, 10080)]
    public int RestartGraceMinutes { get; init; } = 60;

    /// <summary>Absent: 24. Hours for which an agent keeps checkpoint settings while no operator answers.</summary>
    [Bounds(0, 168)]
    public int OfflineEnforcementHours { get; init; } = 24;

    /// <summary>Absent: none. Violations that are accepted for a time.</summary>
    [Items(256, Keys = "name")]
    public IReadOnlyList<ExemptionSpec>? Exemptions { get; init; }
}

/// <summary>How many virtual processors a host may carry; limits may be lowered, never raised above Microsoft's.</summary>
public sealed record ProcessorPolicySpec
{
    /// <summary>Absent: 200. Virtual processors per 100 physical cores that are never exceeded; Microsoft supports 200 at most.</summary>
    [Bounds(10, 200)]
    public int MaxRatioPercent { get; init; } = 200;

    /// <summary>Absent: 100. Virtual processors per 100 physical cores up to which no advice is given; Microsoft recommends 100.</summary>
    [Bounds(10, 100)]
    public int RecommendedRatioPercent { get; init; } = 100;

    /// <summary>Absent: 2. The processors that are taken as the host's own use when less is measured.</summary>
    [Bounds(0, 64)]
    public int HostReservedVirtualProcessors { get; init; } = 2;

    /// <summary>Absent: CountHostAsVirtualProcessors. How the host's own use counts.</summary>
    public HostAccounting HostAccounting { get; init; } = HostAccounting.CountHostAsVirtualProcessors;

    /// <summary>Absent: true. Whether virtual machines that are off count.</summary>
    public bool CountStoppedMachines { get; init; } = true;
}

/// <summary>How much memory is kept back.</summary>
public sealed record MemoryPolicySpec
{
    /// <summary>Absent: the defaults of its fields. What is kept for the host.</summary>
    public HostReserveSpec HostReserve { get; init; } = new();

    /// <summary>Absent: 1Gi. What Hyper-V needs beside the memory of each virtual machine.</summary>
    [Text(32, TextShape.ByteQuantity)]
    public string PerVirtualMachineOverhead { get; init; } = "1Gi";
}

/// <summary>The memory that is kept for the host: the greater of the two.</summary>
public sealed record HostReserveSpec
{
    /// <summary>Absent: 4Gi. The least amount.</summary>
    [Text(32, TextShape.ByteQuantity)]
    public string Minimum { get; init; } = "4Gi";

    /// <summary>Absent: 5. The share of the host's memory in percent.</summary>
    [Bounds(0, 90)]
    public int Percent { get; init; } = 5;
}

/// <summary>What the estate must survive.</summary>
public sealed record FailoverPolicySpec
{
    /// <summary>Absent: 1. The number of hosts that may fail at once while the rest can carry all.</summary>
    [Bounds(0, 8)]
    public int HostFailuresToTolerate { get; init; } = 1;
}

/// <summary>What is done about checkpoints.</summary>
public sealed record CheckpointPolicySpec
{
    /// <summary>Absent: Never. When checkpoints that people took are merged.</summary>
    public CheckpointRemoval RemoveUserCheckpoints { get; init; } = CheckpointRemoval.Never;

    /// <summary>Absent: 72. Hours after which a backup product's checkpoint is reported; it is never removed.</summary>
    [Bounds(1, 720)]
    public int RecoveryMaxAgeHours { get; init; } = 72;

    /// <summary>Absent: false. Says that host-level backups were seen to work with checkpoints disabled.</summary>
    public bool HostBackupVerified { get; init; }
}

/// <summary>A window that opens again and again.</summary>
public sealed record MaintenanceWindowSpec
{
    /// <summary>Tells the windows apart.</summary>
    [Text(63, TextShape.DnsLabel)]
    public required string Name { get; init; }

    /// <summary>When it opens: minute, hour, day of month, month, day of week.</summary>
    [Text(128, TextShape.Cron)]
    public required string Schedule { get; init; }

    /// <summary>Absent: UTC. The IANA name of the time zone of the schedule, such as Asia/Tokyo.</summary>
    [Text(63, TextShape.TimeZone)]
    public string TimeZone { get; init; } = "UTC";

    /// <summary>How long it stays open, in minutes.</summary>
    [Bounds(1, 1440)]
    public required int DurationMinutes { get; init; }
}

/// <summary>One violation that is accepted for a time.</summary>
public sealed record ExemptionSpec
{
    /// <summary>Tells the exemptions apart.</summary>
    [Text(63, TextShape.DnsLabel)]
    public required string Name { get; init; }

    /// <summary>The id of the rule.</summary>
    [Text(63, TextShape.RuleId)]
    public required string Rule { get; init; }

    /// <summary>What it is accepted on.</summary>
    public required SubjectSpec Subject { get; init; }

    /// <summary>Why it is accepted.</summary>
    [Text(1024, TextShape.Prose)]
    public required string Reason { get; init; }

    /// <summary>Who accepted it.</summary>
    [Text(253, TextShape.NotEmpty)]
    public required string By { get; init; }

    /// <summary>Until when it is accepted.</summary>
    public required DateTimeOffset Expires { get; init; }
}

/// <summary>What a rule is about.</summary>
[Rule("subject-namespace")]
public sealed record SubjectSpec
{
    /// <summary>The kind of thing.</summary>
    public required SubjectKind Kind { get; init; }

    /// <summary>Absent: the thing is in no namespace. The namespace of a virtual machine, disk, group or migration.</summary>
    [Text(63, TextShape.DnsLabel)]
    public string? Namespace { get; init; }

    /// <summary>The name; for a disk, the virtual machine's and the disk's joined by a slash.</summary>
    [Text(253, TextShape.NotEmpty)]
    public required string Name { get; init; }
}

/// <summary>What is observed of one policy.</summary>
public sealed record VirtualizationPolicyStatus : ResourceStatus;

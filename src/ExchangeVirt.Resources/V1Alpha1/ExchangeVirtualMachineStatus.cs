using ExchangeVirt.Resources.Schema;

namespace ExchangeVirt.Resources.V1Alpha1;

/// <summary>What is observed of one Exchange virtual machine.</summary>
public sealed record ExchangeVirtualMachineStatus : ResourceStatus
{
    /// <summary>The generation of the spec whose values were last brought onto the host: what differs from it is drift, a newer generation is a change.</summary>
    public long? AppliedGeneration { get; init; }

    /// <summary>The power state that this generation asked for. Absent: none.</summary>
    [Text(63)]
    public string? AppliedPowerState { get; init; }

    /// <summary>The binding to a host: stored before anything is asked of the host.</summary>
    public PlacementStatus? Placement { get; init; }

    /// <summary>The host where an agent last saw it.</summary>
    [Text(63)]
    public string? Host { get; init; }

    /// <summary>Hyper-V's GUID: the identity over moves and renames.</summary>
    [Text(63)]
    public string? VirtualMachineId { get; init; }

    /// <summary>The power state in Hyper-V's own words.</summary>
    [Text(63)]
    public string? PowerState { get; init; }

    /// <summary>Every enforced setting, desired beside observed.</summary>
    [Items(128, Keys = "name")]
    public IReadOnlyList<SettingStatus>? Settings { get; init; }

    /// <summary>What is still to be done.</summary>
    public PendingStatus? Pending { get; init; }

    /// <summary>The operation in flight; kept so that it is finished after a crash of the operator.</summary>
    public OperationStatus? Operation { get; init; }

    /// <summary>Settings that something else keeps changing back, by name.</summary>
    [Items(32, Keys = "setting")]
    public IReadOnlyList<ContentionStatus>? Contention { get; init; }
}

/// <summary>The binding of a virtual machine to a host; released only when that host's agent says the machine is not there.</summary>
public sealed record PlacementStatus
{
    /// <summary>The HyperVHost.</summary>
    [Text(63)]
    public required string Host { get; init; }

    /// <summary>When it was decided.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>Why this host.</summary>
    [Text(1024)]
    public string? Reason { get; init; }
}

/// <summary>One enforced setting.</summary>
public sealed record SettingStatus
{
    /// <summary>The setting, in Hyper-V's words.</summary>
    [Text(128)]
    public required string Name { get; init; }

    /// <summary>What it should be.</summary>
    [Text(512)]
    public string? Desired { get; init; }

    /// <summary>What it is.</summary>
    [Text(512)]
    public string? Observed { get; init; }

    /// <summary>InSync, Drifted, Correcting, RestartPending, Blocked, Contended or Unknown.</summary>
    [Text(63)]
    public string? State { get; init; }

    /// <summary>Since when it is in this state.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The gate that it waits for.</summary>
    [Text(63)]
    public string? BlockedBy { get; init; }
}

/// <summary>What is still to be done.</summary>
public sealed record PendingStatus
{
    /// <summary>The number of actions.</summary>
    public int Count { get; init; }

    /// <summary>Whether they need a restart.</summary>
    public bool Restart { get; init; }

    /// <summary>The earliest time at which the gate opens, where that is known.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>The hash of the plan, by which it is approved.</summary>
    [Text(128)]
    public string? PlanHash { get; init; }

    /// <summary>The actions in order.</summary>
    [Items(128, Ordered = true)]
    public IReadOnlyList<PendingActionStatus>? Actions { get; init; }
}

/// <summary>One action still to be done.</summary>
public sealed record PendingActionStatus
{
    /// <summary>The action.</summary>
    [Text(63)]
    public required string Name { get; init; }

    /// <summary>What it acts on within the virtual machine.</summary>
    [Text(253)]
    public string? Subject { get; init; }

    /// <summary>Whether the virtual machine must be off.</summary>
    public bool NeedsOff { get; init; }

    /// <summary>The gate that it waits for.</summary>
    [Text(63)]
    public string? BlockedBy { get; init; }

    /// <summary>Why it waits, for people.</summary>
    [Text(1024)]
    public string? Message { get; init; }
}

/// <summary>An operation of several steps that must be finished once begun.</summary>
public sealed record OperationStatus
{
    /// <summary>Restart, Create, Start, Stop, Delete and the like.</summary>
    [Text(63)]
    public required string Name { get; init; }

    /// <summary>The step that was begun last.</summary>
    [Text(63)]
    public string? Stage { get; init; }

    /// <summary>The operation's id: it names the grant of the DAG's slot, and the attempts that agents journal.</summary>
    [Text(63)]
    public string? Id { get; init; }

    /// <summary>When the operation began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the guest was asked to shut down. Absent: it was not asked yet; it is asked once.</summary>
    public DateTimeOffset? ShutdownAskedAt { get; init; }

    /// <summary>When the VM was first seen off since then.</summary>
    public DateTimeOffset? OffSeenAt { get; init; }

    /// <summary>When the start was last asked for.</summary>
    public DateTimeOffset? StartAskedAt { get; init; }

    /// <summary>The power state to end in.</summary>
    [Text(63)]
    public string? PowerStateAfter { get; init; }

    /// <summary>Why it was begun.</summary>
    [Text(1024)]
    public string? Reason { get; init; }
}

/// <summary>One setting that something else keeps changing back.</summary>
public sealed record ContentionStatus
{
    /// <summary>The setting's name.</summary>
    [Text(128)]
    public required string Setting { get; init; }

    /// <summary>What the operator wrote.</summary>
    [Text(512)]
    public string? Desired { get; init; }

    /// <summary>What was found afterwards.</summary>
    [Text(512)]
    public string? Observed { get; init; }

    /// <summary>When it was found changed back, oldest first.</summary>
    [Items(16, Ordered = true)]
    public IReadOnlyList<DateTimeOffset>? ChangedBackAt { get; init; }
}

using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Rules;

/// <summary>Exchange versions that may be met, declared here or not.</summary>
public enum ExchangeProduct
{
    /// <summary>Exchange Server 2013.</summary>
    Exchange2013,

    /// <summary>Exchange Server 2016.</summary>
    Exchange2016,

    /// <summary>Exchange Server 2019.</summary>
    Exchange2019,

    /// <summary>Exchange Server Subscription Edition.</summary>
    ExchangeSE,
}

/// <summary>A VM as the rules see it; without <see cref="Exchange"/> it is a foreign guest, which only counts. Null is «unknown».</summary>
public sealed record EstateVirtualMachine
{
    /// <summary>Gets its name: of a declared VM <c>namespace/name</c>, of another Hyper-V's.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the host it is on.</summary>
    public string? Host { get; init; }

    /// <summary>Gets what Exchange server it holds; null: a foreign guest.</summary>
    public EstateExchange? Exchange { get; init; }

    /// <summary>Gets the number of virtual processors.</summary>
    public int? ProcessorCount { get; init; }

    /// <summary>Gets the memory.</summary>
    public EstateMemory? Memory { get; init; }

    /// <summary>Gets the power state; <see cref="Model.PowerState.Unknown"/> counts as unknown.</summary>
    public PowerState? PowerState { get; init; }

    /// <summary>Gets when the power state last changed.</summary>
    public DateTimeOffset? PowerStateSince { get; init; }

    /// <summary>Gets whether the configuration names a saved-state file.</summary>
    public bool? SavedState { get; init; }

    /// <summary>Gets what Hyper-V does on it now.</summary>
    public VirtualMachineOperation? Operation { get; init; }

    /// <summary>Gets the stop action.</summary>
    public AutomaticStopAction? AutomaticStopAction { get; init; }

    /// <summary>Gets the start action.</summary>
    public AutomaticStartAction? AutomaticStartAction { get; init; }

    /// <summary>Gets the recovery action.</summary>
    public AutomaticRecoveryAction? AutomaticRecoveryAction { get; init; }

    /// <summary>Gets which checkpoints users may take.</summary>
    public CheckpointType? CheckpointType { get; init; }

    /// <summary>Gets whether Hyper-V takes checkpoints by itself.</summary>
    public bool? AutomaticCheckpoints { get; init; }

    /// <summary>Gets the checkpoints that exist.</summary>
    public IReadOnlyList<EstateCheckpoint>? Checkpoints { get; init; }

    /// <summary>Gets whether the guest's shutdown service is enabled and answers.</summary>
    public bool? ShutdownServiceOk { get; init; }

    /// <summary>Gets whether a failover cluster runs it.</summary>
    public bool? Clustered { get; init; }

    /// <summary>Gets the cluster's settings for it.</summary>
    public EstateClusterGroup? Cluster { get; init; }

    /// <summary>Gets the disks.</summary>
    public IReadOnlyList<EstateDisk>? Disks { get; init; }

    /// <summary>Gets what is known from inside the guest.</summary>
    public EstateGuest? Guest { get; init; }

    /// <summary>Gets the policy that judges it; null: the estate's.</summary>
    public Policy? Policy { get; init; }
}

/// <summary>The Exchange server in a VM.</summary>
/// <param name="Version">The product.</param>
/// <param name="CumulativeUpdate">The CU number.</param>
/// <param name="Role">The role.</param>
/// <param name="AvailabilityGroup">The DAG's name.</param>
public sealed record EstateExchange(
    ExchangeProduct? Version,
    int? CumulativeUpdate,
    ExchangeRole? Role,
    string? AvailabilityGroup
);

/// <summary>A VM's memory.</summary>
/// <param name="Size">Fixed size, or startup size where dynamic.</param>
/// <param name="Dynamic">Whether dynamic memory is on.</param>
/// <param name="Assigned">What it holds now, where dynamic.</param>
/// <param name="Reservation">What another hypervisor than Hyper-V guarantees it.</param>
public sealed record EstateMemory(
    ByteSize? Size,
    bool? Dynamic,
    ByteSize? Assigned = null,
    ByteSize? Reservation = null
);

/// <summary>A checkpoint.</summary>
/// <param name="Kind">Who made it.</param>
/// <param name="TakenAt">When.</param>
public sealed record EstateCheckpoint(CheckpointKind Kind, DateTimeOffset? TakenAt);

/// <summary>A clustered VM's settings in its cluster.</summary>
/// <param name="OfflineAction">0 turn off, 1 save, 2 shut down, 3 shut down by force.</param>
/// <param name="Priority">The group's priority.</param>
/// <param name="AntiAffinityClassNames">The group's anti-affinity classes.</param>
public sealed record EstateClusterGroup(
    int? OfflineAction,
    int? Priority,
    IReadOnlyList<string>? AntiAffinityClassNames
);

/// <summary>A VM's disk.</summary>
public sealed record EstateDisk
{
    /// <summary>Gets its name, unique in the VM.</summary>
    public required string Name { get; init; }

    /// <summary>Gets what it holds.</summary>
    public IReadOnlyList<DiskPurpose>? Purposes { get; init; }

    /// <summary>Gets the root file's format.</summary>
    public VirtualDiskFormat? Format { get; init; }

    /// <summary>Gets the root file's type.</summary>
    public VirtualDiskType? Type { get; init; }

    /// <summary>Gets the file in use.</summary>
    public string? Path { get; init; }

    /// <summary>Gets the parents of the file in use, nearest first.</summary>
    public IReadOnlyList<string>? Chain { get; init; }
}

/// <summary>What is known from inside a guest.</summary>
/// <param name="OperatingSystem">The operating system.</param>
/// <param name="PageFile">The page file.</param>
/// <param name="PowerPlan">The active power plan: <c>HighPerformance</c> or the plan's GUID.</param>
/// <param name="LastBootAt">When it last booted.</param>
public sealed record EstateGuest(
    GuestOperatingSystem? OperatingSystem = null,
    EstatePageFile? PageFile = null,
    string? PowerPlan = null,
    DateTimeOffset? LastBootAt = null
);

/// <summary>A guest's page file.</summary>
/// <param name="Managed">Whether Windows sizes it.</param>
/// <param name="MaximumMegabytes">Its largest size, in MiB.</param>
/// <param name="Count">How many page files there are; null: one is described.</param>
public sealed record EstatePageFile(bool? Managed, long? MaximumMegabytes, int? Count = null);

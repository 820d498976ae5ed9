namespace ExchangeVirt.Domain.Model;

/// <summary>One VM as its host's agent sees it, Exchange or not. Null is «not known», never «no».</summary>
public sealed record ObservedVirtualMachine
{
    /// <summary>Gets Hyper-V's GUID: the identity, over moves and renames.</summary>
    public required Guid Id { get; init; }

    /// <summary>Gets the display name (ElementName), which Hyper-V does not keep unique.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the agent's opaque digest of the settings below; an action planned from another one is refused.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Gets the power state.</summary>
    public required PowerState PowerState { get; init; }

    /// <summary>Gets when the power state last changed, by the host's clock.</summary>
    public DateTimeOffset? PowerStateSince { get; init; }

    /// <summary>Gets whether Hyper-V calls the VM healthy (HealthState 5 and OperationalStatus 2).</summary>
    public bool? Healthy { get; init; }

    /// <summary>Gets what Hyper-V does on the VM now.</summary>
    public VirtualMachineOperation Operation { get; init; }

    /// <summary>Gets the guest's heartbeat.</summary>
    public Heartbeat? Heartbeat { get; init; }

    /// <summary>Gets the time since the guest's start.</summary>
    public TimeSpan? Uptime { get; init; }

    /// <summary>Gets the generation, 1 or 2.</summary>
    public int? Generation { get; init; }

    /// <summary>Gets the number of virtual processors.</summary>
    public int? ProcessorCount { get; init; }

    /// <summary>Gets the memory settings.</summary>
    public ObservedMemory? Memory { get; init; }

    /// <summary>Gets the stop action.</summary>
    public AutomaticStopAction? AutomaticStopAction { get; init; }

    /// <summary>Gets the start action.</summary>
    public AutomaticStartAction? AutomaticStartAction { get; init; }

    /// <summary>Gets the start delay.</summary>
    public TimeSpan? AutomaticStartDelay { get; init; }

    /// <summary>Gets the recovery action.</summary>
    public AutomaticRecoveryAction? AutomaticRecoveryAction { get; init; }

    /// <summary>Gets which checkpoints users may take.</summary>
    public CheckpointType? CheckpointType { get; init; }

    /// <summary>Gets whether Hyper-V takes checkpoints by itself.</summary>
    public bool? AutomaticCheckpoints { get; init; }

    /// <summary>Gets all checkpoints.</summary>
    public IReadOnlyList<ObservedCheckpoint>? Checkpoints { get; init; }

    /// <summary>Gets the attached hard disks.</summary>
    public IReadOnlyList<ObservedDisk>? Disks { get; init; }

    /// <summary>Gets the network adapters.</summary>
    public IReadOnlyList<ObservedNetworkAdapter>? NetworkAdapters { get; init; }

    /// <summary>Gets whether the configuration names a saved-state file.</summary>
    public bool? HasSavedState { get; init; }

    /// <summary>Gets which part of Hyper-V Replica the VM is.</summary>
    public ReplicationMode? ReplicationMode { get; init; }

    /// <summary>Gets whether a failover cluster runs the VM.</summary>
    public bool? Clustered { get; init; }

    /// <summary>Gets the last successful host-level backup.</summary>
    public DateTimeOffset? LastSuccessfulBackupAt { get; init; }

    /// <summary>Gets the mark in the VM's Notes that binds it to a declared object.</summary>
    public OwnerMark? Owner { get; init; }

    /// <summary>Gets whether its creation was begun and not ended; repeating the creation completes it, and until then it is not started.</summary>
    public bool CreationIncomplete { get; init; }
}

/// <summary>A VM's memory.</summary>
/// <param name="Startup">Fixed size, or startup size where dynamic.</param>
/// <param name="Dynamic">Whether dynamic memory is on.</param>
/// <param name="Minimum">Lower bound where dynamic.</param>
/// <param name="Maximum">Upper bound where dynamic.</param>
/// <param name="Assigned">What a running VM holds now.</param>
public sealed record ObservedMemory(
    ByteSize Startup,
    bool Dynamic,
    ByteSize? Minimum = null,
    ByteSize? Maximum = null,
    ByteSize? Assigned = null
);

/// <summary>A checkpoint.</summary>
/// <param name="Id">The InstanceID of its settings.</param>
/// <param name="Name">Its display name.</param>
/// <param name="Kind">Who made it.</param>
/// <param name="TakenAt">When.</param>
/// <param name="ParentId">The checkpoint below it.</param>
public sealed record ObservedCheckpoint(
    string Id,
    string Name,
    CheckpointKind Kind,
    DateTimeOffset? TakenAt,
    string? ParentId = null
);

/// <summary>An attached hard disk: a virtual disk file or a passed-through physical disk.</summary>
public sealed record ObservedDisk
{
    /// <summary>Gets the controller, <c>SCSI</c> or <c>IDE</c>.</summary>
    public required string Controller { get; init; }

    /// <summary>Gets the controller's number.</summary>
    public int ControllerNumber { get; init; }

    /// <summary>Gets the slot on the controller.</summary>
    public int Slot { get; init; }

    /// <summary>Gets the file in use; a checkpoint's .avhdx while checkpoints exist. Null for a pass-through disk.</summary>
    public string? Path { get; init; }

    /// <summary>Gets the file at the root of the differencing chain; equal to <see cref="Path"/> without one. Null where unknown.</summary>
    public string? RootPath { get; init; }

    /// <summary>Gets the root's type.</summary>
    public VirtualDiskType? Type { get; init; }

    /// <summary>Gets the root's format.</summary>
    public VirtualDiskFormat? Format { get; init; }

    /// <summary>Gets the size the guest sees.</summary>
    public ByteSize? Size { get; init; }

    /// <summary>Gets a passed-through disk's own id.</summary>
    public string? PassThroughUniqueId { get; init; }
}

/// <summary>A network adapter.</summary>
/// <param name="Id">The InstanceID of its settings.</param>
/// <param name="Name">Its display name.</param>
/// <param name="SwitchName">The switch it is connected to; null where disconnected.</param>
/// <param name="VlanId">The access VLAN; null where untagged.</param>
/// <param name="Legacy">Whether it is emulated.</param>
public sealed record ObservedNetworkAdapter(
    string Id,
    string Name,
    string? SwitchName,
    int? VlanId,
    bool Legacy = false
);

/// <summary>Binds a VM to the declared object that created or adopted it; kept in the VM's Notes, other lines untouched.</summary>
/// <param name="Installation">The operator installation's UID.</param>
/// <param name="Object">The declared object.</param>
public sealed record OwnerMark(string Installation, ObjectKey Object);

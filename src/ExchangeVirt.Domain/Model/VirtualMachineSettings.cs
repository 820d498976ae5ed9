namespace ExchangeVirt.Domain.Model;

/// <summary>What a host does with a running VM when the host shuts down. Hyper-V's own default is <see cref="Save"/>.</summary>
/// <remarks>Source: Msvm_VirtualSystemSettingData.AutomaticShutdownAction 2, 3, 4; rules state-stop-save, state-stop-turnoff.</remarks>
public enum AutomaticStopAction
{
    /// <summary>Cuts the power.</summary>
    TurnOff,

    /// <summary>Writes memory to disk and resumes from it later: never supported for Exchange.</summary>
    Save,

    /// <summary>Shuts the guest down.</summary>
    ShutDown,
}

/// <summary>What a host does with a VM when the host starts.</summary>
/// <remarks>Source: Msvm_VirtualSystemSettingData.AutomaticStartupAction 2, 3, 4.</remarks>
public enum AutomaticStartAction
{
    /// <summary>Leaves it off.</summary>
    Nothing,

    /// <summary>Starts it if it ran before.</summary>
    StartIfRunning,

    /// <summary>Always starts it.</summary>
    Start,
}

/// <summary>What a host does when a VM's worker process fails.</summary>
/// <remarks>Source: Msvm_VirtualSystemSettingData.AutomaticRecoveryAction 2, 3, 4; rule state-revert-on-failure.</remarks>
public enum AutomaticRecoveryAction
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Restarts it.</summary>
    Restart,

    /// <summary>Reverts it to its last checkpoint: never supported for Exchange.</summary>
    Revert,
}

/// <summary>Which checkpoints a user may take.</summary>
/// <remarks>Source: Msvm_VirtualSystemSettingData.UserSnapshotType 2, 3, 4, 5; rule ckpt-allowed.</remarks>
public enum CheckpointType
{
    /// <summary>None.</summary>
    Disabled,

    /// <summary>Production, falling back to standard.</summary>
    Production,

    /// <summary>Production only.</summary>
    ProductionOnly,

    /// <summary>Standard.</summary>
    Standard,
}

/// <summary>Who made a checkpoint, which decides who may remove it.</summary>
/// <remarks>Source: Msvm_VirtualSystemSettingData.VirtualSystemType; exchange-rules §0.1 vm.snaps.</remarks>
public enum CheckpointKind
{
    /// <summary>A person or Hyper-V's automatic checkpoints (standard and production look alike).</summary>
    User,

    /// <summary>A backup product; never touched.</summary>
    Recovery,

    /// <summary>Hyper-V Replica; never touched.</summary>
    Replica,

    /// <summary>A planned virtual machine's.</summary>
    Planned,

    /// <summary>Its files are missing.</summary>
    Missing,
}

/// <summary>A VM's state as Hyper-V reports it.</summary>
/// <remarks>Source: hyperv-wmi §3.1, EnabledState as v2 really reports it.</remarks>
public enum PowerState
{
    /// <summary>Not known, or a critical state whose numbering sources disagree on.</summary>
    Unknown,

    /// <summary>2.</summary>
    Running,

    /// <summary>3.</summary>
    Off,

    /// <summary>4: shutting down or being turned off.</summary>
    Stopping,

    /// <summary>6: its memory is in a file.</summary>
    Saved,

    /// <summary>9.</summary>
    Paused,

    /// <summary>10.</summary>
    Starting,

    /// <summary>11.</summary>
    Reset,

    /// <summary>32773.</summary>
    Saving,

    /// <summary>32776.</summary>
    Pausing,

    /// <summary>32777.</summary>
    Resuming,

    /// <summary>32779.</summary>
    FastSaved,

    /// <summary>32780.</summary>
    FastSaving,
}

/// <summary>Work that Hyper-V does on a VM now, during which nothing else is asked of it.</summary>
/// <remarks>Source: Msvm_ComputerSystem.OperationalStatus[1]; hyperv-wmi §3.1.</remarks>
public enum VirtualMachineOperation
{
    /// <summary>None.</summary>
    None,

    /// <summary>32768.</summary>
    CreatingCheckpoint,

    /// <summary>32769.</summary>
    ApplyingCheckpoint,

    /// <summary>32770.</summary>
    DeletingCheckpoint,

    /// <summary>32771: its start delay runs.</summary>
    WaitingToStart,

    /// <summary>32772.</summary>
    MergingDisks,

    /// <summary>32773.</summary>
    Exporting,

    /// <summary>32774.</summary>
    Migrating,

    /// <summary>A job of another kind is unfinished.</summary>
    OtherJob,
}

/// <summary>What the guest's heartbeat integration service says.</summary>
/// <remarks>Source: Msvm_HeartbeatComponent.OperationalStatus[0]; the instance exists only while the VM runs.</remarks>
public enum Heartbeat
{
    /// <summary>No heartbeat component: the VM does not run, or the service is off.</summary>
    Absent,

    /// <summary>2.</summary>
    Ok,

    /// <summary>3: an old protocol version.</summary>
    Degraded,

    /// <summary>12: not heard of since the start (the guest boots).</summary>
    NoContact,

    /// <summary>13.</summary>
    LostCommunication,

    /// <summary>7.</summary>
    Error,
}

/// <summary>Which part of Hyper-V Replica a VM is.</summary>
/// <remarks>Source: Msvm_ComputerSystem.ReplicationMode; safety Never 6.</remarks>
public enum ReplicationMode
{
    /// <summary>0: not replicated.</summary>
    None,

    /// <summary>1: the source.</summary>
    Primary,

    /// <summary>2: a copy.</summary>
    Replica,

    /// <summary>3: a test copy.</summary>
    TestReplica,

    /// <summary>4: a copy of a copy.</summary>
    ExtendedReplica,
}

/// <summary>Microsoft's word for how a virtual disk grows.</summary>
public enum VirtualDiskType
{
    /// <summary>2.</summary>
    Fixed,

    /// <summary>3.</summary>
    Dynamic,

    /// <summary>4.</summary>
    Differencing,
}

/// <summary>The file format of a virtual disk.</summary>
public enum VirtualDiskFormat
{
    /// <summary>2.</summary>
    Vhd,

    /// <summary>3.</summary>
    Vhdx,

    /// <summary>4.</summary>
    VhdSet,
}

using System.Collections.Immutable;

namespace ExchangeVirt.HyperV.Simulator.Description;

/// <summary>A virtual machine of a simulated host, right or wrong.</summary>
public sealed record SimulatedMachine
{
    /// <summary>Gets the display name; two VMs may share one. Required.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the identifier. Absent: made from the seed.</summary>
    public Guid? Id { get; init; }

    /// <summary>Gets the generation, 1 or 2. Absent: 2.</summary>
    public int Generation { get; init; } = 2;

    /// <summary>Gets the number of virtual processors. Absent: 1.</summary>
    public int Processors { get; init; } = 1;

    /// <summary>Gets the memory. Absent: 1Gi, fixed.</summary>
    public SimulatedMemory Memory { get; init; } = new();

    /// <summary>Gets the power state. Absent: Off.</summary>
    public SimulatedPowerState State { get; init; } = SimulatedPowerState.Off;

    /// <summary>Gets for how many hours it has been in that state. Absent: 24.</summary>
    public double StateHours { get; init; } = 24;

    /// <summary>Gets what happens to it when the host shuts down. Absent: Save, as Windows sets it.</summary>
    public SimulatedStopAction AutomaticStopAction { get; init; } = SimulatedStopAction.Save;

    /// <summary>Gets what happens to it when the host starts. Absent: StartIfRunning, as Windows sets it.</summary>
    public SimulatedStartAction AutomaticStartAction { get; init; } = SimulatedStartAction.StartIfRunning;

    /// <summary>Gets the delay of the automatic start, in seconds. Absent: 0.</summary>
    public int AutomaticStartDelaySeconds { get; init; }

    /// <summary>Gets what happens when the VM's worker process fails. Absent: Restart.</summary>
    public SimulatedRecoveryAction AutomaticRecoveryAction { get; init; } = SimulatedRecoveryAction.Restart;

    /// <summary>Gets which checkpoints a user may take. Absent: Production, as Windows sets it.</summary>
    public SimulatedCheckpointType CheckpointType { get; init; } = SimulatedCheckpointType.Production;

    /// <summary>Gets whether Windows takes a checkpoint on each start. Absent: false on a server, true on a workstation.</summary>
    public bool? AutomaticCheckpoints { get; init; }

    /// <summary>Gets the checkpoints, oldest first; each is taken on top of the one before.</summary>
    public ImmutableArray<SimulatedCheckpoint> Checkpoints { get; init; } = [];

    /// <summary>Gets the disks, in the order of their slots.</summary>
    public ImmutableArray<SimulatedDisk> Disks { get; init; } = [];

    /// <summary>Gets the network adapters.</summary>
    public ImmutableArray<SimulatedAdapter> NetworkAdapters { get; init; } = [];

    /// <summary>Gets the notes. Absent: none.</summary>
    public string? Notes { get; init; }

    /// <summary>Gets Hyper-V Replica's part in it. Absent: None.</summary>
    public SimulatedReplicationMode ReplicationMode { get; init; } = SimulatedReplicationMode.None;

    /// <summary>Gets the hours since the last successful backup. Absent: never backed up.</summary>
    public double? LastBackupHoursAgo { get; init; }

    /// <summary>Gets how the guest behaves.</summary>
    public SimulatedGuest Guest { get; init; } = new();
}

/// <summary>A VM's memory.</summary>
public sealed record SimulatedMemory
{
    /// <summary>Gets the memory, or with dynamic memory the startup memory, in bytes; whole MiB, even. Absent: 1Gi.</summary>
    public ulong Size { get; init; } = 1UL << 30;

    /// <summary>Gets whether the memory is dynamic. Absent: false.</summary>
    public bool Dynamic { get; init; }

    /// <summary>Gets the least memory in bytes; counts with dynamic memory. Absent: 512Mi.</summary>
    public ulong? Minimum { get; init; }

    /// <summary>Gets the most memory in bytes; counts with dynamic memory. Absent: 1Ti.</summary>
    public ulong? Maximum { get; init; }
}

/// <summary>A checkpoint that exists.</summary>
public sealed record SimulatedCheckpoint
{
    /// <summary>Gets the display name. Absent: the VM's name and the time.</summary>
    public string? Name { get; init; }

    /// <summary>Gets the kind. Absent: Production.</summary>
    public SimulatedCheckpointKind Kind { get; init; } = SimulatedCheckpointKind.Production;

    /// <summary>Gets its age in hours. Absent: 1.</summary>
    public double HoursAgo { get; init; } = 1;
}

/// <summary>A disk of a VM.</summary>
public sealed record SimulatedDisk
{
    /// <summary>Gets the file's path; if <c>files</c> does not name it, it is made. Required.</summary>
    public required string Path { get; init; }

    /// <summary>Gets the size in bytes of a file made for it. Absent: 64Gi.</summary>
    public ulong Size { get; init; } = 64UL << 30;

    /// <summary>Gets the type of a file made for it. Absent: Dynamic.</summary>
    public SimulatedDiskType Type { get; init; } = SimulatedDiskType.Dynamic;

    /// <summary>Gets whether the file is missing on the host. Absent: false.</summary>
    public bool Missing { get; init; }

    /// <summary>Gets the controller. Absent: Ide for the first three disks of generation 1, else Scsi.</summary>
    public SimulatedController? Controller { get; init; }
}

/// <summary>A network adapter of a VM.</summary>
public sealed record SimulatedAdapter
{
    /// <summary>Gets the display name. Absent: <c>Network Adapter</c>.</summary>
    public string Name { get; init; } = "Network Adapter";

    /// <summary>Gets the name of the switch. Absent: not connected.</summary>
    public string? SwitchName { get; init; }

    /// <summary>Gets the access VLAN, 1 to 4094. Absent: untagged.</summary>
    public int? VlanId { get; init; }
}

/// <summary>How a guest behaves.</summary>
public sealed record SimulatedGuest
{
    /// <summary>Gets the seconds from power-on until the guest answers. Absent: the host's <c>timings.bootSeconds</c>.</summary>
    public double? BootSeconds { get; init; }

    /// <summary>Gets the seconds from an accepted shutdown until the guest powers off. Absent: the host's <c>timings.guestShutdownSeconds</c>.</summary>
    public double? ShutdownSeconds { get; init; }

    /// <summary>Gets what the guest does with a request to shut down. Absent: ShutsDown.</summary>
    public SimulatedShutdownBehaviour Shutdown { get; init; } = SimulatedShutdownBehaviour.ShutsDown;

    /// <summary>Gets whether the guest is Windows Server 2016 or newer, which lets fixed memory change while it runs. Absent: true.</summary>
    public bool SupportsMemoryResize { get; init; } = true;
}

/// <summary>The persistent power states, with Hyper-V's numbers.</summary>
public enum SimulatedPowerState
{
    /// <summary>Running.</summary>
    Running = 2,

    /// <summary>Off.</summary>
    Off = 3,

    /// <summary>In saved state.</summary>
    Saved = 6,

    /// <summary>Paused.</summary>
    Paused = 9,
}

/// <summary>AutomaticShutdownAction, with Hyper-V's numbers.</summary>
public enum SimulatedStopAction
{
    /// <summary>Turned off.</summary>
    TurnOff = 2,

    /// <summary>Saved.</summary>
    Save = 3,

    /// <summary>Shut down.</summary>
    ShutDown = 4,
}

/// <summary>AutomaticStartupAction, with Hyper-V's numbers.</summary>
public enum SimulatedStartAction
{
    /// <summary>Nothing.</summary>
    Nothing = 2,

    /// <summary>Started if it was running.</summary>
    StartIfRunning = 3,

    /// <summary>Always started.</summary>
    Start = 4,
}

/// <summary>AutomaticRecoveryAction, with Hyper-V's numbers.</summary>
public enum SimulatedRecoveryAction
{
    /// <summary>Nothing.</summary>
    None = 2,

    /// <summary>Restarted.</summary>
    Restart = 3,

    /// <summary>Reverted to a checkpoint.</summary>
    Revert = 4,
}

/// <summary>UserSnapshotType, with Hyper-V's numbers.</summary>
public enum SimulatedCheckpointType
{
    /// <summary>None may be taken.</summary>
    Disabled = 2,

    /// <summary>Production, standard where the guest cannot.</summary>
    Production = 3,

    /// <summary>Production only.</summary>
    ProductionOnly = 4,

    /// <summary>Standard, with memory.</summary>
    Standard = 5,
}

/// <summary>The kinds of checkpoint.</summary>
public enum SimulatedCheckpointKind
{
    /// <summary>A user's, without memory.</summary>
    Production,

    /// <summary>A user's, with memory where the VM ran.</summary>
    Standard,

    /// <summary>A backup product's.</summary>
    Recovery,

    /// <summary>A standard one of Hyper-V Replica.</summary>
    Replica,

    /// <summary>Taken by Windows on start.</summary>
    Automatic,
}

/// <summary>Msvm_ComputerSystem.ReplicationMode, with Hyper-V's numbers.</summary>
public enum SimulatedReplicationMode
{
    /// <summary>Not replicated.</summary>
    None = 0,

    /// <summary>The primary.</summary>
    Primary = 1,

    /// <summary>The replica.</summary>
    Replica = 2,

    /// <summary>A test replica.</summary>
    TestReplica = 3,

    /// <summary>The extended replica.</summary>
    ExtendedReplica = 4,
}

/// <summary>Where a disk is attached.</summary>
public enum SimulatedController
{
    /// <summary>The emulated IDE controllers of generation 1.</summary>
    Ide,

    /// <summary>A synthetic SCSI controller.</summary>
    Scsi,
}

/// <summary>What a guest does when it is asked to shut down.</summary>
public enum SimulatedShutdownBehaviour
{
    /// <summary>Shuts down.</summary>
    ShutsDown,

    /// <summary>Says yes and stays up.</summary>
    Ignores,

    /// <summary>Is locked: says 32781 unless forced.</summary>
    Locked,
}

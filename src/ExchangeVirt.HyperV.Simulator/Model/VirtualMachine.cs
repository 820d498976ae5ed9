using System.Collections.Immutable;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.Description;

namespace ExchangeVirt.HyperV.Simulator.Model;

/// <summary>The settings of a VM or of a snapshot.</summary>
/// <param name="System">The Msvm_VirtualSystemSettingData.</param>
/// <param name="Devices">Every other setting data: memory, processor, controllers, drives, disks, ports, connections, VLANs.</param>
internal sealed record MachineConfiguration(CimObject System, ImmutableList<CimObject> Devices)
{
    /// <summary>Finds a setting data by its InstanceID.</summary>
    public CimObject? Find(string instanceId) =>
        Same(System, instanceId) ? System : Devices.Find(device => Same(device, instanceId));

    /// <summary>Gets the devices of a class.</summary>
    public IEnumerable<CimObject> Of(string className) =>
        Devices.Where(device => string.Equals(device.ClassName, className, StringComparison.Ordinal));

    /// <summary>Gets the memory's settings.</summary>
    public CimObject Memory => Of("Msvm_MemorySettingData").Single();

    /// <summary>Gets the processor's settings.</summary>
    public CimObject Processor => Of("Msvm_ProcessorSettingData").Single();

    /// <summary>Gets the virtual disks (not ISO images).</summary>
    public IEnumerable<CimObject> Disks =>
        Of("Msvm_StorageAllocationSettingData").Where(disk => disk.Text("ResourceSubType") == ResourceSubTypes.Disk);

    /// <summary>Copies with one setting data replaced by another of the same InstanceID.</summary>
    public MachineConfiguration Replace(CimObject changed)
    {
        var id = changed.Text("InstanceID")!;
        return Same(System, id)
            ? this with
            {
                System = changed,
            }
            : this with
            {
                Devices = Devices.SetItem(Devices.FindIndex(device => Same(device, id)), changed),
            };
    }

    private static bool Same(CimObject settings, string instanceId) =>
        string.Equals(settings.Text("InstanceID"), instanceId, StringComparison.OrdinalIgnoreCase);
}

/// <summary>A snapshot of a VM.</summary>
internal sealed record Snapshot(
    string Id,
    string? ParentId,
    SimulatedCheckpointKind Kind,
    bool HasMemory,
    MachineConfiguration Configuration
);

/// <summary>What a guest will do next by itself.</summary>
internal enum GuestStep
{
    /// <summary>Answers: heartbeat and shutdown work.</summary>
    Boots,

    /// <summary>Has shut down; the VM begins to stop.</summary>
    PowersOff,

    /// <summary>The VM has stopped.</summary>
    IsOff,
}

/// <summary>A step of the guest with its time.</summary>
internal sealed record GuestTimer(GuestStep Step, DateTimeOffset DueAt);

/// <summary>A virtual machine.</summary>
internal sealed record VirtualMachine
{
    /// <summary>Gets the GUID, upper case.</summary>
    public required string Id { get; init; }

    public required MachineConfiguration Configuration { get; init; }

    public ImmutableList<Snapshot> Snapshots { get; init; } = [];

    /// <summary>Gets the snapshot that the current configuration derives from.</summary>
    public string? ParentSnapshotId { get; init; }

    public string? LastAppliedSnapshotId { get; init; }

    public ushort State { get; init; } = PowerStates.Off;

    public ushort RequestedState { get; init; } = PowerStates.NotRequested;

    public required DateTimeOffset InstalledAt { get; init; }

    public required DateTimeOffset StateChangedAt { get; init; }

    public required DateTimeOffset ConfigurationChangedAt { get; init; }

    public DateTimeOffset? RunningSince { get; init; }

    public bool GuestUp { get; init; }

    public bool ShuttingDown { get; init; }

    public GuestTimer? Timer { get; init; }

    /// <summary>Gets the second value of OperationalStatus, what is being done beside the power state.</summary>
    public ushort? Activity { get; init; }

    public bool StorageGone { get; init; }

    public bool LowDisk { get; init; }

    public SimulatedReplicationMode ReplicationMode { get; init; }

    public DateTimeOffset? LastBackupAt { get; init; }

    public SimulatedGuest Guest { get; init; } = new();

    public string Name => Configuration.System.Text("ElementName") ?? "";

    public ulong MemoryMegabytes => (ulong)(Configuration.Memory.Number("VirtualQuantity") ?? 0);

    public int Generation => Configuration.System.Text("VirtualSystemSubType")!.EndsWith('2') ? 2 : 1;

    /// <summary>Copies in another power state.</summary>
    public VirtualMachine In(ushort state, DateTimeOffset now) => this with { State = state, StateChangedAt = now };
}

/// <summary>The ResourceSubType texts that tell devices apart.</summary>
internal static class ResourceSubTypes
{
    public const string Disk = "Microsoft:Hyper-V:Virtual Hard Disk";
    public const string Iso = "Microsoft:Hyper-V:Virtual CD/DVD Disk";
    public const string DiskDrive = "Microsoft:Hyper-V:Synthetic Disk Drive";
    public const string DvdDrive = "Microsoft:Hyper-V:Synthetic DVD Drive";
    public const string Ide = "Microsoft:Hyper-V:Emulated IDE Controller";
    public const string Scsi = "Microsoft:Hyper-V:Synthetic SCSI Controller";
    public const string Memory = "Microsoft:Hyper-V:Memory";
    public const string Processor = "Microsoft:Hyper-V:Processor";
    public const string EthernetPort = "Microsoft:Hyper-V:Synthetic Ethernet Port";
    public const string EthernetConnection = "Microsoft:Hyper-V:Ethernet Connection";
}

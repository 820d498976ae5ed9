using ExchangeVirt.Resources.Schema;

namespace ExchangeVirt.Resources.V1Alpha1;

/// <summary>What is asked of one Exchange virtual machine. Memory is always fixed, checkpoints are always disabled and the automatic stop action is always ShutDown: Exchange support leaves no choice.</summary>
[Rule("mem-below-minimum")]
[Rule("virtual-machine-generation-immutable")]
[Rule("generation-1-processor-count")]
[Rule("generation-2-needs-vhdx")]
public sealed record ExchangeVirtualMachineSpec
{
    /// <summary>The Exchange server that runs in the guest.</summary>
    public required ExchangeServerSpec Exchange { get; init; }

    /// <summary>The Windows that runs in the guest.</summary>
    public required GuestSpec Guest { get; init; }

    /// <summary>Absent: metadata.name. The name of the virtual machine in Hyper-V (ElementName). Immutable.</summary>
    [Text(63, TextShape.NotEmpty)]
    public string? VirtualMachineName { get; init; }

    /// <summary>Absent: 2 when created, as it is when adopted. The generation of the virtual machine, 1 or 2. Immutable once set.</summary>
    [Bounds(1, 2)]
    public int? VirtualMachineGeneration { get; init; }

    /// <summary>The virtual processors.</summary>
    public required ProcessorsSpec Processors { get; init; }

    /// <summary>The memory, all of it given at start; there is no field for Dynamic Memory, which Exchange does not support.</summary>
    public required MemorySpec Memory { get; init; }

    /// <summary>Absent: not managed. The disks to attach; one attached but not listed is reported, never detached.</summary>
    [Items(64, Keys = "name")]
    [Rule("disk-files-unique")]
    [Rule("disk-luns-unique")]
    [Rule("operating-system-disk-once")]
    public IReadOnlyList<DiskSpec>? Disks { get; init; }

    /// <summary>Absent: not managed. The network adapters.</summary>
    [Items(8, Keys = "name")]
    public IReadOnlyList<NetworkAdapterSpec>? NetworkAdapters { get; init; }

    /// <summary>Absent: a created virtual machine stays off, and a restart returns one to what it was. The power state to keep.</summary>
    public RequestedPowerState? PowerState { get; init; }

    /// <summary>Absent: not managed. What Hyper-V does when the host starts; ignored on clustered virtual machines.</summary>
    public AutomaticStartSpec? AutomaticStart { get; init; }

    /// <summary>Absent: any host that fits. Limits the hosts that placement may choose.</summary>
    public PlacementSpec? Placement { get; init; }

    /// <summary>Absent: default. The VirtualizationPolicy from which windows, checkpoints, exemptions and enforcement come.</summary>
    [Text(63, TextShape.DnsLabel)]
    public string PolicyName { get; init; } = "default";

    /// <summary>Absent: the policy's. Whether drift is corrected or only reported; the stricter of this and the policy's counts.</summary>
    public Enforcement? Enforcement { get; init; }

    /// <summary>Absent: the policy's. When this virtual machine may be disrupted.</summary>
    public Disruption? Disruption { get; init; }

    /// <summary>Absent: 2700. Seconds that the guest gets to shut down before a person is told; it is never turned off.</summary>
    [Bounds(60, 86400)]
    public int ShutdownTimeoutSeconds { get; init; } = 2700;

    /// <summary>Absent: Never. Whether a virtual machine of this name that already exists is taken over.</summary>
    public Adoption Adoption { get; init; } = Adoption.Never;

    /// <summary>Absent: Retain. What becomes of the virtual machine when this resource is deleted; its files stay in any case.</summary>
    public DeletionPolicy DeletionPolicy { get; init; } = DeletionPolicy.Retain;

    /// <summary>Absent: false. Stops every action on this virtual machine.</summary>
    public bool Paused { get; init; }
}

/// <summary>The Exchange server that runs in a guest.</summary>
[Rule("dag-xor-standalone")]
[Rule("edge-has-no-dag")]
public sealed record ExchangeServerSpec
{
    /// <summary>The version of Exchange Server.</summary>
    public required ExchangeVersion Version { get; init; }

    /// <summary>Absent: unknown. The number of the cumulative update; RTM is 0.</summary>
    [Bounds(0, 99)]
    public int? CumulativeUpdate { get; init; }

    /// <summary>The role of the server.</summary>
    public required ExchangeRole Role { get; init; }

    /// <summary>Absent: in none. The DatabaseAvailabilityGroup of this namespace that it is a member of; a Mailbox server without one is disrupted only if standalone.</summary>
    [Text(63, TextShape.DnsLabel)]
    public string? DatabaseAvailabilityGroup { get; init; }

    /// <summary>Absent: false. Says that the server is meant to be in no group, so that a restart may interrupt its users.</summary>
    public bool Standalone { get; init; }
}

/// <summary>The Windows that runs in a guest.</summary>
public sealed record GuestSpec
{
    /// <summary>The version of Windows Server.</summary>
    public required GuestOperatingSystem OperatingSystem { get; init; }

    /// <summary>Absent: unknown. The installation option.</summary>
    public GuestInstallation? Installation { get; init; }
}

/// <summary>The virtual processors of a virtual machine.</summary>
public sealed record ProcessorsSpec
{
    /// <summary>How many; Hyper-V allows 2048 at most in generation 2 and 64 in generation 1.</summary>
    [Bounds(1, 2048)]
    public required int Count { get; init; }
}

/// <summary>The memory of a virtual machine.</summary>
[Rule("memory-multiple-of-2mi")]
[Rule("memory-not-cut-below-half")]
public sealed record MemorySpec
{
    /// <summary>The fixed size, such as 128Gi; a whole multiple of 2Mi.</summary>
    [Text(32, TextShape.ByteQuantity)]
    public required string Size { get; init; }
}

/// <summary>One disk: exactly one of virtualHardDisk, passThrough and iscsi.</summary>
[Rule("disk-exactly-one-source")]
public sealed record DiskSpec
{
    /// <summary>Tells the disks of a virtual machine apart.</summary>
    [Text(63, TextShape.DnsLabel)]
    public required string Name { get; init; }

    /// <summary>Absent: unknown. What is kept on it.</summary>
    [Items(5, MinItems = 1)]
    public IReadOnlyList<DiskPurpose>? Purposes { get; init; }

    /// <summary>Absent: not a file. A virtual hard disk; an existing file is attached as it is, and only a first creation makes a new one.</summary>
    public VirtualHardDiskSpec? VirtualHardDisk { get; init; }

    /// <summary>Absent: not a LUN of the host. A physical disk handed to the guest whole.</summary>
    public PassThroughSpec? PassThrough { get; init; }

    /// <summary>Absent: not attached in the guest. A disk that the guest reaches by iSCSI itself; declared for the rules, never attached.</summary>
    public IscsiSpec? Iscsi { get; init; }
}

/// <summary>A virtual hard disk file.</summary>
[Rule("virtual-hard-disk-extension")]
[Rule("virtual-hard-disk-size")]
public sealed record VirtualHardDiskSpec
{
    /// <summary>The path of the .vhdx or .vhd file as the host sees it: on a drive or an SMB share.</summary>
    [Text(512, TextShape.WindowsPath)]
    public required string Path { get; init; }

    /// <summary>Absent: as the file or its source has it; with neither, nothing can be made. The size of a new disk, such as 2Ti.</summary>
    [Text(32, TextShape.ByteQuantity)]
    public string? Size { get; init; }

    /// <summary>Absent: Fixed. The type of a new disk.</summary>
    public VirtualHardDiskType Type { get; init; } = VirtualHardDiskType.Fixed;

    /// <summary>Absent: a new disk is blank. What a new disk is copied from.</summary>
    public VirtualHardDiskSourceSpec? Source { get; init; }
}

/// <summary>What a new virtual hard disk is copied from.</summary>
[Rule("virtual-hard-disk-source-extension")]
public sealed record VirtualHardDiskSourceSpec
{
    /// <summary>The path of the file to copy as the host sees it.</summary>
    [Text(512, TextShape.WindowsPath)]
    public required string Path { get; init; }
}

/// <summary>A physical disk of the host.</summary>
public sealed record PassThroughSpec
{
    /// <summary>The LUN's own id (MSFT_Disk.UniqueId); disk numbers differ per host and boot.</summary>
    [Text(128, TextShape.NotEmpty)]
    public required string UniqueId { get; init; }
}

/// <summary>A disk that the guest reaches by iSCSI.</summary>
[Rule("iscsi-in-guest")]
public sealed record IscsiSpec
{
    /// <summary>Says that the guest's own initiator is used; the only supported way here, so always true.</summary>
    public required bool InGuest { get; init; }

    /// <summary>Absent: unknown. The MTU of the whole path in bytes.</summary>
    [Bounds(576, 65535)]
    public int? Mtu { get; init; }
}

/// <summary>One network adapter.</summary>
public sealed record NetworkAdapterSpec
{
    /// <summary>Tells the adapters of a virtual machine apart; the adapter's name in Hyper-V.</summary>
    [Text(63, TextShape.NotEmpty)]
    public required string Name { get; init; }

    /// <summary>The name of the virtual switch that it is connected to.</summary>
    [Text(63, TextShape.NotEmpty)]
    public required string SwitchName { get; init; }

    /// <summary>Absent: untagged. The VLAN in access mode; 0 is not a VLAN.</summary>
    [Bounds(1, 4094)]
    public int? VlanId { get; init; }
}

/// <summary>What Hyper-V does with a virtual machine when its host starts.</summary>
public sealed record AutomaticStartSpec
{
    /// <summary>The action.</summary>
    public required StartAction Action { get; init; }

    /// <summary>Absent: 0. Seconds that Hyper-V waits before it starts the virtual machine.</summary>
    [Bounds(0, 86400)]
    public int DelaySeconds { get; init; }
}

/// <summary>Limits the hosts that placement may choose.</summary>
public sealed record PlacementSpec
{
    /// <summary>Absent: placement decides. The HyperVHost that it must be on.</summary>
    [Text(63, TextShape.DnsLabel)]
    public string? HostName { get; init; }

    /// <summary>Absent: any host. The labels that a HyperVHost must have.</summary>
    public HostSelectorSpec? HostSelector { get; init; }
}

/// <summary>Chooses hosts by their labels.</summary>
public sealed record HostSelectorSpec
{
    /// <summary>Absent: any host. Labels that must all be on the HyperVHost with these values.</summary>
    [Items(16)]
    [Text(63, TextShape.LabelValue)]
    public IReadOnlyDictionary<string, string>? MatchLabels { get; init; }
}

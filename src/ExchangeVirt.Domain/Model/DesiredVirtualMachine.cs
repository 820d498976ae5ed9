namespace ExchangeVirt.Domain.Model;

/// <summary>Exchange versions that may be declared.</summary>
public enum ExchangeVersion
{
    /// <summary>Exchange Server 2016.</summary>
    Exchange2016,

    /// <summary>Exchange Server 2019.</summary>
    Exchange2019,

    /// <summary>Exchange Server Subscription Edition.</summary>
    ExchangeSE,
}

/// <summary>Exchange server roles.</summary>
public enum ExchangeRole
{
    /// <summary>Mailbox.</summary>
    Mailbox,

    /// <summary>Edge Transport.</summary>
    EdgeTransport,
}

/// <summary>Guest operating systems that may be declared.</summary>
public enum GuestOperatingSystem
{
    /// <summary>Windows Server 2012.</summary>
    WindowsServer2012,

    /// <summary>Windows Server 2012 R2.</summary>
    WindowsServer2012R2,

    /// <summary>Windows Server 2016.</summary>
    WindowsServer2016,

    /// <summary>Windows Server 2019.</summary>
    WindowsServer2019,

    /// <summary>Windows Server 2022.</summary>
    WindowsServer2022,

    /// <summary>Windows Server 2025.</summary>
    WindowsServer2025,
}

/// <summary>What runs in a VM.</summary>
/// <param name="Version">The product.</param>
/// <param name="CumulativeUpdate">The CU number, RTM is 0; null where not declared.</param>
/// <param name="Role">The role.</param>
/// <param name="AvailabilityGroup">The DAG's name in the VM's namespace; null where none is declared.</param>
/// <param name="Standalone">Whether the server is declared to be in no DAG.</param>
public sealed record ExchangeServer(
    ExchangeVersion Version,
    int? CumulativeUpdate,
    ExchangeRole Role,
    string? AvailabilityGroup,
    bool Standalone
);

/// <summary>One VM as its manifest asks for it. Null is «not managed», as each field says.</summary>
public sealed record DesiredVirtualMachine
{
    /// <summary>Gets the declared object.</summary>
    public required ObjectKey Key { get; init; }

    /// <summary>Gets Hyper-V's display name.</summary>
    public required string VirtualMachineName { get; init; }

    /// <summary>Gets the generation, 1 or 2; null: 2 when created, as it is when adopted.</summary>
    public int? Generation { get; init; }

    /// <summary>Gets what runs in it.</summary>
    public required ExchangeServer Exchange { get; init; }

    /// <summary>Gets the guest operating system.</summary>
    public required GuestOperatingSystem GuestOperatingSystem { get; init; }

    /// <summary>Gets the number of virtual processors.</summary>
    public required int ProcessorCount { get; init; }

    /// <summary>Gets the fixed memory.</summary>
    public required ByteSize Memory { get; init; }

    /// <summary>Gets the disks; null: not managed.</summary>
    public IReadOnlyList<DesiredDisk>? Disks { get; init; }

    /// <summary>Gets the adapters; null: not managed.</summary>
    public IReadOnlyList<DesiredNetworkAdapter>? NetworkAdapters { get; init; }

    /// <summary>Gets whether it should run; null: a created VM stays off, a restart returns it to what it was.</summary>
    public DesiredPowerState? PowerState { get; init; }

    /// <summary>Gets the start action; null: not managed.</summary>
    public DesiredAutomaticStart? AutomaticStart { get; init; }

    /// <summary>Gets the host it is pinned to.</summary>
    public string? HostName { get; init; }

    /// <summary>Gets the labels that a host must have.</summary>
    public IReadOnlyDictionary<string, string> HostSelector { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets whether a VM of the name that is already there is taken over.</summary>
    public bool AdoptIfExists { get; init; }

    /// <summary>Gets how long a guest may take to shut down.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(2700);
}

/// <summary>The power states that may be asked for.</summary>
public enum DesiredPowerState
{
    /// <summary>Running.</summary>
    Running,

    /// <summary>Shut down.</summary>
    Stopped,
}

/// <summary>A start action as asked for.</summary>
/// <param name="Action">The action.</param>
/// <param name="Delay">The delay; null: not managed.</param>
public sealed record DesiredAutomaticStart(AutomaticStartAction Action, TimeSpan? Delay);

/// <summary>A network adapter as asked for.</summary>
/// <param name="Name">Its name, by which it is found.</param>
/// <param name="SwitchName">The switch to connect it to.</param>
/// <param name="VlanId">The access VLAN; null: untagged.</param>
public sealed record DesiredNetworkAdapter(string Name, string SwitchName, int? VlanId);

/// <summary>What a disk holds.</summary>
public enum DiskPurpose
{
    /// <summary>The guest's operating system.</summary>
    OperatingSystem,

    /// <summary>Mailbox databases.</summary>
    Database,

    /// <summary>Transaction logs.</summary>
    Log,

    /// <summary>The transport queue database.</summary>
    Queue,

    /// <summary>Exchange's binaries.</summary>
    Binaries,
}

/// <summary>A disk as asked for: a file, a passed-through disk, or one that the guest connects to by itself.</summary>
public sealed record DesiredDisk
{
    /// <summary>Gets the disk's name in the manifest.</summary>
    public required string Name { get; init; }

    /// <summary>Gets what it holds.</summary>
    public IReadOnlyList<DiskPurpose> Purposes { get; init; } = [];

    /// <summary>Gets the virtual disk file, if it is one.</summary>
    public DesiredVirtualHardDisk? VirtualHardDisk { get; init; }

    /// <summary>Gets the passed-through disk's own id, if it is one.</summary>
    public string? PassThroughUniqueId { get; init; }

    /// <summary>Gets whether the guest connects to it by iSCSI itself; nothing is attached then.</summary>
    public bool InGuestIscsi { get; init; }
}

/// <summary>A virtual disk file as asked for.</summary>
/// <param name="Path">The file on the host.</param>
/// <param name="Size">The size it gets when it is made; null where it must exist.</param>
/// <param name="Type">How it grows; null: fixed.</param>
/// <param name="SourcePath">The file it is copied from when the VM is first created; null: made blank.</param>
public sealed record DesiredVirtualHardDisk(string Path, ByteSize? Size, VirtualDiskType? Type, string? SourcePath);

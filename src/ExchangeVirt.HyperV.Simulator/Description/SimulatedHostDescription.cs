using System.Collections.Immutable;

namespace ExchangeVirt.HyperV.Simulator.Description;

/// <summary>Describes a simulated Hyper-V host as it is when it is first opened; from then on its state file counts.</summary>
/// <remarks>
/// Written as YAML under the same names in camelCase. Sizes are bytes, or a number with Ki, Mi, Gi or Ti. Paths are Windows
/// paths and compare without case.
/// </remarks>
public sealed record SimulatedHostDescription
{
    /// <summary>Gets the host's NetBIOS name, 1 to 15 characters. Required.</summary>
    public required string HostName { get; init; }

    /// <summary>Gets the number that all identifiers made by the host follow from. Absent: 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Gets the operating system. Absent: Windows Server 2022 Datacenter.</summary>
    public SimulatedOperatingSystem OperatingSystem { get; init; } = new();

    /// <summary>Gets the processors. Required.</summary>
    public required SimulatedProcessor Processor { get; init; }

    /// <summary>Gets the physical memory in bytes. Required.</summary>
    public required ulong Memory { get; init; }

    /// <summary>Gets the memory in bytes that the root partition itself uses. Absent: 4Gi, or a sixteenth of all if that is less.</summary>
    public ulong? RootMemory { get; init; }

    /// <summary>Gets the number of NUMA nodes; cores and memory are spread over them evenly. Absent: one per socket.</summary>
    public int? NumaNodes { get; init; }

    /// <summary>Gets whether a VM may take memory from more than one node. Absent: true.</summary>
    public bool NumaSpanning { get; init; } = true;

    /// <summary>Gets the volumes. Absent: <c>C:\</c> with 1Ti, half of it free.</summary>
    public ImmutableArray<SimulatedVolume> Volumes { get; init; } = [];

    /// <summary>Gets the virtual switches.</summary>
    public ImmutableArray<SimulatedSwitch> Switches { get; init; } = [];

    /// <summary>Gets virtual disk files that exist, beside those of the VMs' disks.</summary>
    public ImmutableArray<SimulatedDiskFile> Files { get; init; } = [];

    /// <summary>Gets Windows services beside those of every Hyper-V host.</summary>
    public ImmutableArray<SimulatedService> Services { get; init; } = [];

    /// <summary>Gets installed roles by their ServerFeature ID, such as 2 (Web Server). Absent: 20 (Hyper-V) alone.</summary>
    public ImmutableArray<int> ServerFeatures { get; init; } = [20];

    /// <summary>Gets whether live migration is switched on. Absent: false, as on a new server.</summary>
    public bool LiveMigrationEnabled { get; init; }

    /// <summary>Gets the hosts that a VM can be migrated to. Absent: none.</summary>
    public ImmutableArray<string> MigrationDestinations { get; init; } = [];

    /// <summary>Gets the VMs, also wrong ones.</summary>
    public ImmutableArray<SimulatedMachine> VirtualMachines { get; init; } = [];

    /// <summary>Gets how long things take.</summary>
    public SimulatedTimings Timings { get; init; } = new();

    /// <summary>Gets how methods answer where the documentation allows both ways. Absent: <see cref="SimulatedAnswers.Jobs"/>.</summary>
    public SimulatedAnswers Answers { get; init; } = SimulatedAnswers.Jobs;

    /// <summary>Gets how a change that the VM's state forbids is refused. Absent: <see cref="SimulatedAnswers.Synchronous"/>.</summary>
    public SimulatedAnswers Refusals { get; init; } = SimulatedAnswers.Synchronous;

    /// <summary>Gets whether DestroySnapshot takes the snapshots below with it, which Microsoft documents as possible. Absent: false.</summary>
    public bool DestroySnapshotTakesDependents { get; init; }
}

/// <summary>How methods answer where both ways are documented.</summary>
public enum SimulatedAnswers
{
    /// <summary>With 4096 and a job.</summary>
    Jobs,

    /// <summary>At once, with 0 or the refusal's code.</summary>
    Synchronous,
}

/// <summary>The operating system of the host.</summary>
public sealed record SimulatedOperatingSystem
{
    /// <summary>Gets the version with build number. Absent: <c>10.0.20348</c> (Windows Server 2022).</summary>
    public string Version { get; init; } = "10.0.20348";

    /// <summary>Gets the caption. Absent: <c>Microsoft Windows Server 2022 Datacenter</c>.</summary>
    public string Caption { get; init; } = "Microsoft Windows Server 2022 Datacenter";

    /// <summary>Gets the product type: 1 workstation, 2 domain controller, 3 server. Absent: 3.</summary>
    public uint ProductType { get; init; } = 3;

    /// <summary>Gets the build number out of the version.</summary>
    public int Build => int.Parse(Version.Split('.')[2], null);
}

/// <summary>The host's processors.</summary>
public sealed record SimulatedProcessor
{
    /// <summary>Gets the number of sockets, 1 to 16. Required.</summary>
    public required int Sockets { get; init; }

    /// <summary>Gets the physical cores of each socket, 1 to 256. Required.</summary>
    public required int CoresPerSocket { get; init; }

    /// <summary>Gets the cores of each socket that firmware left enabled. Absent: all.</summary>
    public int? EnabledCoresPerSocket { get; init; }

    /// <summary>Gets the logical processors of each core, 1 or 2. Absent: 2.</summary>
    public int LogicalProcessorsPerCore { get; init; } = 2;

    /// <summary>Gets the share of the root partition's virtual processors in use, 0 to 100. Absent: 2.</summary>
    public int RootUsePercent { get; init; } = 2;

    /// <summary>Gets the vendor. Absent: <c>GenuineIntel</c>.</summary>
    public string Vendor { get; init; } = "GenuineIntel";

    /// <summary>Gets the physical cores in use by the firmware.</summary>
    public int Cores => Sockets * (EnabledCoresPerSocket ?? CoresPerSocket);

    /// <summary>Gets the logical processors.</summary>
    public int LogicalProcessors => Cores * LogicalProcessorsPerCore;
}

/// <summary>A volume.</summary>
public sealed record SimulatedVolume
{
    /// <summary>Gets the mount point: a drive such as <c>D:\</c> or a folder such as <c>C:\ClusterStorage\csv1</c>. Required.</summary>
    public required string Path { get; init; }

    /// <summary>Gets the size in bytes. Required.</summary>
    public required ulong Size { get; init; }

    /// <summary>Gets the free bytes, the described files already counted. Required.</summary>
    public required ulong Free { get; init; }

    /// <summary>Gets the file system. Absent: NTFS.</summary>
    public string FileSystem { get; init; } = "NTFS";
}

/// <summary>A virtual switch.</summary>
public sealed record SimulatedSwitch
{
    /// <summary>Gets the display name. Required.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the identifier. Absent: made from the seed.</summary>
    public Guid? Id { get; init; }
}

/// <summary>A virtual disk file.</summary>
public sealed record SimulatedDiskFile
{
    /// <summary>Gets the full path. Required.</summary>
    public required string Path { get; init; }

    /// <summary>Gets the size that a guest sees, in bytes. Required.</summary>
    public required ulong Size { get; init; }

    /// <summary>Gets whether it is Fixed, Dynamic or Differencing. Absent: Dynamic.</summary>
    public SimulatedDiskType Type { get; init; } = SimulatedDiskType.Dynamic;

    /// <summary>Gets the parent's path, for a differencing disk only.</summary>
    public string? Parent { get; init; }
}

/// <summary>The kinds of virtual disk, with the numbers of Msvm_VirtualHardDiskSettingData.Type.</summary>
public enum SimulatedDiskType
{
    /// <summary>All bytes allocated.</summary>
    Fixed = 2,

    /// <summary>Grows as it is written.</summary>
    Dynamic = 3,

    /// <summary>Holds the differences to a parent.</summary>
    Differencing = 4,
}

/// <summary>A Windows service.</summary>
public sealed record SimulatedService
{
    /// <summary>Gets the name, such as <c>MSSQLSERVER</c>. Required.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the display name. Absent: the name.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Gets the state in Windows' words. Absent: Running.</summary>
    public string State { get; init; } = "Running";

    /// <summary>Gets the start mode in Windows' words. Absent: Auto.</summary>
    public string StartMode { get; init; } = "Auto";
}

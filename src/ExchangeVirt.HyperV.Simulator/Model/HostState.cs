using System.Collections.Immutable;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.HyperV.Simulator.Faults;

namespace ExchangeVirt.HyperV.Simulator.Model;

/// <summary>Everything that a simulated host is at one moment. It is immutable, so a reader never sees half a change.</summary>
internal sealed record HostState
{
    /// <summary>The version of the state file's format.</summary>
    public const int CurrentFormat = 1;

    public int Format { get; init; } = CurrentFormat;

    /// <summary>Gets the description that the host began with, without its VMs and files.</summary>
    public required SimulatedHostDescription Description { get; init; }

    public required DateTimeOffset BootedAt { get; init; }

    /// <summary>Gets how many identifiers were made so far.</summary>
    public long Identifiers { get; init; }

    public ImmutableSortedDictionary<string, VirtualMachine> Machines { get; init; } =
        ImmutableSortedDictionary<string, VirtualMachine>.Empty;

    public ImmutableSortedDictionary<string, Job> Jobs { get; init; } = ImmutableSortedDictionary<string, Job>.Empty;

    /// <summary>Gets the virtual disk files, by upper-case path.</summary>
    public ImmutableSortedDictionary<string, DiskFile> Files { get; init; } =
        ImmutableSortedDictionary<string, DiskFile>.Empty;

    public ImmutableList<Volume> Volumes { get; init; } = [];

    public ImmutableList<VirtualSwitch> Switches { get; init; } = [];

    public ImmutableList<SimulatedFault> Faults { get; init; } = [];

    /// <summary>Finds the volume that holds a path: the longest mount point that it begins with, without case.</summary>
    public Volume? VolumeOf(string path) =>
        Volumes
            .Where(volume => path.StartsWith(volume.Path, StringComparison.OrdinalIgnoreCase))
            .MaxBy(volume => volume.Path.Length);

    /// <summary>Finds a file that can be reached: it exists and its volume is online.</summary>
    public DiskFile? File(string path) =>
        VolumeOf(path) is { IsOnline: true } && Files.TryGetValue(Key(path), out var file) ? file : null;

    /// <summary>Makes the key of a file.</summary>
    public static string Key(string path) => path.ToUpperInvariant();
}

/// <summary>A volume.</summary>
internal sealed record Volume(string Id, string Path, ulong Size, ulong Free, string FileSystem, bool IsOnline = true);

/// <summary>A virtual switch; its GUID in upper case.</summary>
internal sealed record VirtualSwitch(string Id, string Name);

/// <summary>A virtual disk file; allocated are the bytes that it takes on its volume.</summary>
internal sealed record DiskFile(
    string Path,
    ulong Size,
    SimulatedDiskType Type,
    string? Parent,
    string DiskId,
    ulong Allocated
);

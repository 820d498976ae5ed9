using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.HyperV.Simulator.Model;

namespace ExchangeVirt.HyperV.Simulator.Engine;

/// <summary>Virtual disk files and the space that they take.</summary>
internal static class Disks
{
    private const ulong EmptyBytes = 4UL << 20;

    /// <summary>Gets the bytes that a new file takes at once.</summary>
    public static ulong Allocation(SimulatedDiskType type, ulong size) =>
        type is SimulatedDiskType.Fixed ? size : EmptyBytes;

    /// <summary>Writes a file, and takes its space from the volume.</summary>
    public static void Write(Transaction transaction, DiskFile file)
    {
        var state = transaction.State;
        var key = HostState.Key(file.Path);
        var before = state.Files.TryGetValue(key, out var old) ? old.Allocated : 0;
        if (state.VolumeOf(file.Path) is { } volume)
        {
            var free = volume.Free + before;
            state = state with
            {
                Volumes = state.Volumes.Replace(volume, volume with { Free = free - Math.Min(free, file.Allocated) }),
            };
        }

        transaction.State = state with { Files = state.Files.SetItem(key, file) };
    }
}

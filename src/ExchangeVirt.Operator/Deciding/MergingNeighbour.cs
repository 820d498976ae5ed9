using ExchangeVirt.Domain.Model;
using ExchangeVirt.Operator.Observing;

namespace ExchangeVirt.Operator.Deciding;

/// <summary>Finds a VM on the same host whose checkpoint is being merged on a volume that a VM uses too: one merge per volume.</summary>
public static class MergingNeighbour
{
    /// <summary>Finds one.</summary>
    /// <returns>Its name; null where there is none.</returns>
    public static string? Find(HostView? host, ObservedVirtualMachine? machine)
    {
        if (host?.Facts is not { Volumes: { } volumes } facts || machine?.Disks is not { Count: > 0 } disks)
        {
            return null;
        }

        var own = VolumesOf(disks, volumes);
        return facts
            .VirtualMachines.Where(other =>
                other.Id != machine.Id
                && other.Operation is VirtualMachineOperation.MergingDisks or VirtualMachineOperation.DeletingCheckpoint
                && other.Disks is { } theirs
                && own.Overlaps(VolumesOf(theirs, volumes))
            )
            .Select(static other => other.Name)
            // The same one at each look, whatever order the host tells its VMs in.
            .Order(StringComparer.Ordinal)
            .FirstOrDefault();
    }

    private static HashSet<string> VolumesOf(IReadOnlyList<ObservedDisk> disks, IReadOnlyList<HostVolume> volumes) =>
        [
            .. disks
                .Select(static disk => disk.RootPath ?? disk.Path)
                .OfType<string>()
                .Select(path =>
                    volumes
                        .Where(volume => path.StartsWith(volume.Path, StringComparison.OrdinalIgnoreCase))
                        .MaxBy(static volume => volume.Path.Length)
                        ?.Path
                )
                .OfType<string>(),
        ];
}

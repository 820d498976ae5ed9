using ExchangeVirt.Domain.Model;
using ExchangeVirt.HyperV.Calls;
using ExchangeVirt.HyperV.Cim;

namespace ExchangeVirt.HyperV.Reading;

/// <summary>Reads the host's volumes with the places they are mounted at, and finds the volume of a path.</summary>
/// <remarks>
/// MSFT_Volume knows a drive letter; mount points, such as the directories of Cluster Shared Volumes, stand in
/// MSFT_Partition.AccessPaths beside the volume's own <c>\\?\Volume{…}\</c>. Source: hyperv-wmi §2.
/// </remarks>
internal sealed class VolumeReader(HyperVCalls calls)
{
    private const long Removable = 2;
    private const long Fixed = 3;

    /// <summary>Reads the volumes.</summary>
    /// <returns>Null where the storage classes cannot be read.</returns>
    public async Task<IReadOnlyList<HostVolume>?> ReadAsync(CancellationToken cancellationToken)
    {
        var volumes = await calls.TryQueryAsync(Wmi.Storage, "SELECT * FROM MSFT_Volume", cancellationToken);
        var partitions = await calls.TryQueryAsync(Wmi.Storage, "SELECT * FROM MSFT_Partition", cancellationToken);
        if (volumes is null)
        {
            return null;
        }

        List<HostVolume> found = [];
        foreach (var volume in volumes.Where(static volume => volume.Number("DriveType") is Removable or Fixed or null))
        {
            foreach (var path in PathsOf(volume, partitions ?? []))
            {
                found.Add(
                    new HostVolume(
                        path,
                        Size(volume.Number("Size")),
                        Size(volume.Number("SizeRemaining")),
                        IsClusterShared(path) ? "ClusterSharedVolume" : "Local"
                    )
                );
            }
        }

        return found;
    }

    /// <summary>Finds the volume that holds a path: the one with the longest mount path that begins it.</summary>
    public static HostVolume? Holding(IEnumerable<HostVolume> volumes, string path) =>
        volumes
            .Where(volume =>
                path.StartsWith(
                    volume.Path.EndsWith('\\') ? volume.Path : volume.Path + '\\',
                    StringComparison.OrdinalIgnoreCase
                )
            )
            .MaxBy(static volume => volume.Path.Length);

    /// <summary>Tells whether a path is a directory of Cluster Shared Volumes.</summary>
    public static bool IsClusterShared(string path) =>
        path.Length > 2 && path[2..].StartsWith(@"\ClusterStorage\", StringComparison.OrdinalIgnoreCase);

    private static SortedSet<string> PathsOf(CimObject volume, IEnumerable<CimObject> partitions)
    {
        SortedSet<string> paths = new(StringComparer.OrdinalIgnoreCase);
        if (volume["DriveLetter"] is char letter && char.IsAsciiLetter(letter))
        {
            paths.Add($@"{char.ToUpperInvariant(letter)}:\");
        }

        var device = volume.Text("Path");
        foreach (
            var access in partitions
                .Select(static partition => partition.Texts("AccessPaths"))
                .Where(access => device is not null && access.Contains(device, StringComparer.OrdinalIgnoreCase))
                .SelectMany(static access => access)
                .Where(static access => !access.StartsWith(@"\\?\", StringComparison.Ordinal))
        )
        {
            paths.Add(access is [_, ':', '\\'] ? access.ToUpperInvariant() : access.TrimEnd('\\'));
        }

        return paths;
    }

    private static ByteSize? Size(long? bytes) => bytes is { } value ? new ByteSize(value) : null;
}

using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Placement;

/// <summary>Finds the volume that a Windows path lies on.</summary>
internal static class WindowsPath
{
    /// <summary>Finds the volume with the longest mount path that begins the path, at a directory's border and without regard to case; null where there is none.</summary>
    public static HostVolume? VolumeOf(string path, IReadOnlyList<HostVolume> volumes)
    {
        HostVolume? best = null;
        var longest = -1;
        for (var index = 0; index < volumes.Count; index++)
        {
            var volume = volumes[index];
            var mount = volume.Path.AsSpan().TrimEnd("\\/");
            if (mount.Length > longest && Begins(path, mount))
            {
                best = volume;
                longest = mount.Length;
            }
        }

        return best;
    }

    private static bool Begins(string path, ReadOnlySpan<char> mount)
    {
        if (mount.IsEmpty || path.Length <= mount.Length || path[mount.Length] is not ('\\' or '/'))
        {
            return false;
        }

        if (path.AsSpan().StartsWith(mount, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        for (var index = 0; index < mount.Length; index++)
        {
            if (Normal(path[index]) != Normal(mount[index]))
            {
                return false;
            }
        }

        return true;
    }

    private static char Normal(char character) => character == '/' ? '\\' : char.ToUpperInvariant(character);
}

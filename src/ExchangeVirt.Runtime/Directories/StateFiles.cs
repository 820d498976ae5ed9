namespace ExchangeVirt.Runtime.Directories;

/// <summary>
/// Keeps objects on disk, a file for each, so that a status write costs the same whatever the number of objects, and hands
/// out versions that never repeat, over restarts and deletions too.
/// </summary>
internal sealed class StateFiles
{
    // Versions are reserved in blocks: a restart skips the rest of one instead of every write touching a second file.
    private const long Block = 1000;

    private readonly StateLayout _layout;
    private long _version;
    private long _reserved;

    private StateFiles(StateLayout layout, long version)
    {
        _layout = layout;
        _version = version;
        _reserved = version;
    }

    /// <summary>The version handed out last.</summary>
    public long Version => _version;

    /// <summary>Reads everything before anything is written.</summary>
    /// <param name="layout">Where it is.</param>
    /// <param name="recovered">Told of every damaged file of which an older copy was taken.</param>
    /// <exception cref="StateDamagedException">Some object has no whole copy; the message names all files.</exception>
    /// <exception cref="StateVersionException">The state is of a newer version.</exception>
    public static (StateFiles Files, IReadOnlyList<StoredObject> Objects) Open(
        StateLayout layout,
        Action<string> recovered
    )
    {
        Meta? meta = null;
        List<string> lost = [];
        try
        {
            meta = StateDocument.Read<Meta>(layout.Meta, recovered);
        }
        catch (StateDamagedException damaged)
        {
            recovered($"{damaged.Message} Versions are counted on from the objects.");
        }

        var objects = ReadObjects(layout, recovered, lost.Add);
        if (lost.Count > 0)
        {
            throw new StateDamagedException(
                string.Join(Environment.NewLine, lost)
                    + Environment.NewLine
                    + "Nothing was changed. Restore these files from a backup; or delete them, and their objects are made anew"
                    + " from their manifests, with a new UID and without status."
            );
        }

        // Without its file the counter may have been ahead of every object by what was deleted since.
        var newest = objects.Select(entry => entry.ResourceVersion).DefaultIfEmpty(0).Max();
        var version = Math.Max(meta?.ReservedVersion ?? (objects.Count > 0 ? newest + (1000 * Block) : 0), newest);
        return (new StateFiles(layout, version), objects);
    }

    /// <summary>Reads all objects; what another process removes meanwhile is left out.</summary>
    public static IReadOnlyList<StoredObject> ReadObjects(
        StateLayout layout,
        Action<string> recovered,
        Action<string> lost
    )
    {
        List<StoredObject> objects = [];
        if (!Directory.Exists(layout.Objects))
        {
            return objects;
        }

        var paths = Directory
            .EnumerateFiles(layout.Objects, "*", SearchOption.AllDirectories)
            .Where(path => !path.EndsWith(AtomicFile.TemporaryEnding, StringComparison.Ordinal))
            .Select(path =>
                path.EndsWith(AtomicFile.PreviousEnding, StringComparison.Ordinal)
                    ? path[..^AtomicFile.PreviousEnding.Length]
                    : path
            )
            .Distinct()
            .Order(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            try
            {
                if (StateDocument.Read<StoredObject>(path, recovered) is { } entry)
                {
                    objects.Add(entry);
                }
            }
            catch (StateDamagedException damaged)
            {
                lost(damaged.Message);
            }
        }

        return objects;
    }

    /// <summary>Hands out the next version.</summary>
    public long NextVersion()
    {
        if (_version >= _reserved)
        {
            StateDocument.Write(_layout.Meta, new Meta(_version + Block));
            _reserved = _version + Block;
        }

        return ++_version;
    }

    public void Save(StoredObject entry) => StateDocument.Write(_layout.ObjectFile(entry.Kind, entry.Key), entry);

    public void Remove(StoredObject entry) => AtomicFile.Delete(_layout.ObjectFile(entry.Kind, entry.Key));

    /// <summary>Removes what unfinished writes of an earlier process left behind.</summary>
    public void Tidy()
    {
        foreach (
            var path in Directory.EnumerateFiles(
                _layout.Root,
                "*" + AtomicFile.TemporaryEnding,
                SearchOption.AllDirectories
            )
        )
        {
            // Other processes write requests and control values here at any time.
            if (Path.GetDirectoryName(path) != _layout.Requests && Path.GetDirectoryName(path) != _layout.Control)
            {
                File.Delete(path);
            }
        }
    }

    private sealed record Meta(long ReservedVersion);
}

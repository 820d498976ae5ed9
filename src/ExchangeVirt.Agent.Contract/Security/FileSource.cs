namespace ExchangeVirt.Agent.Contract.Security;

/// <summary>Gives what is in files now: looks at them again whenever it is asked.</summary>
/// <remarks>
/// Files are replaced one after another, so a pair that does not fit is met in passing: the last good content is given until
/// they fit again.
/// </remarks>
internal sealed class FileSource<T>
    where T : class
{
    private readonly IReadOnlyList<string> _paths;
    private readonly Func<T> _load;
    private readonly Action<TlsFileException>? _unusable;
    private readonly Lock _gate = new();
    private string _stamp;
    private T _current;

    /// <summary>Reads the files for the first time.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="load">Reads them.</param>
    /// <param name="unusable">Told when changed files cannot be used.</param>
    /// <exception cref="TlsFileException">They cannot be used.</exception>
    public FileSource(IReadOnlyList<string> paths, Func<T> load, Action<TlsFileException>? unusable)
    {
        _paths = paths;
        _load = load;
        _unusable = unusable;
        _stamp = Stamp();
        _current = load();
    }

    /// <summary>Gets the content as of now.</summary>
    public T Current
    {
        get
        {
            lock (_gate)
            {
                var stamp = Stamp();
                if (stamp != _stamp)
                {
                    try
                    {
                        _current = _load();
                        _stamp = stamp;
                    }
                    catch (TlsFileException failure)
                    {
                        _unusable?.Invoke(failure);
                    }
                }

                return _current;
            }
        }
    }

    private string Stamp() => string.Join('|', _paths.Select(Stamp));

    private static string Stamp(string path)
    {
        try
        {
            // In a mounted Secret the file is a link into a folder that is itself a link, and only that one is replaced: the
            // file looks the same for ever, and so may the one that it leads to.
            var target = Target(path);
            return $"{target.FullName}:{target.LastWriteTimeUtc.Ticks}:{target.Length}";
        }
        catch (Exception away) when (away is IOException or UnauthorizedAccessException)
        {
            return "absent";
        }
    }

    private static FileInfo Target(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        for (var links = 0; links < 40; links++)
        {
            if (new FileInfo(path).LinkTarget is not { } next)
            {
                break;
            }

            path = Path.GetFullPath(next, folder);
            folder = Path.GetDirectoryName(path)!;
        }

        var real = Directory.ResolveLinkTarget(folder, returnFinalTarget: true)?.FullName ?? folder;
        return new FileInfo(Path.Combine(real, Path.GetFileName(path)));
    }
}

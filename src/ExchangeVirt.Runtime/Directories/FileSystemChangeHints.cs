namespace ExchangeVirt.Runtime.Directories;

/// <summary>Takes hints from the operating system's file notifications.</summary>
public sealed class FileSystemChangeHints : IChangeHints, IDisposable
{
    private readonly List<FileSystemWatcher> _watchers = [];
    private readonly SemaphoreSlim _hint = new(0, 1);

    /// <summary>Watches directories. One that is missing or cannot be watched is left to the regular look.</summary>
    /// <param name="directories">The directories, with all below them.</param>
    public FileSystemChangeHints(params IReadOnlyList<string> directories)
    {
        foreach (var directory in directories.Where(Directory.Exists))
        {
            var watcher = new FileSystemWatcher(directory) { IncludeSubdirectories = true };
            watcher.Changed += (_, _) => Hint();
            watcher.Created += (_, _) => Hint();
            watcher.Deleted += (_, _) => Hint();
            watcher.Renamed += (_, _) => Hint();

            // Too many at once to tell one by one, or the end of the watch: either way, look.
            watcher.Error += (_, _) => Hint();
            _watchers.Add(watcher);
            try
            {
                watcher.EnableRaisingEvents = true;
            }
            catch (IOException)
            {
                // The user's limit of watches is reached: without hints the regular look finds everything a little later.
                Hint();
            }
        }
    }

    /// <summary>Watches what matters to a directory store: the manifests, and what other processes ask of the operator.</summary>
    public static FileSystemChangeHints For(DirectoryStoreOptions options)
    {
        // Not the whole state directory: the operator's own writes would have it look again and again.
        var layout = new StateLayout(options.StateDirectory);
        Directory.CreateDirectory(layout.Requests);
        Directory.CreateDirectory(layout.Control);
        return new FileSystemChangeHints(options.ManifestDirectory, layout.Requests, layout.Control);
    }

    /// <inheritdoc />
    public Task WaitAsync(CancellationToken cancellationToken) => _hint.WaitAsync(cancellationToken);

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var watcher in _watchers)
        {
            watcher.Dispose();
        }

        _hint.Dispose();
    }

    private void Hint()
    {
        try
        {
            _hint.Release();
        }
        catch (SemaphoreFullException)
        {
            // One hint is waiting already, and one look answers all.
        }
        catch (ObjectDisposedException)
        {
            // The last notifications arrive after the end.
        }
    }
}

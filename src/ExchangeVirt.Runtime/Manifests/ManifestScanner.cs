namespace ExchangeVirt.Runtime.Manifests;

/// <summary>Lists and reads the manifests of a directory, distrusting everything that is there.</summary>
/// <param name="directory">The directory; it may be a link that is flipped from one checkout to the next.</param>
/// <param name="excluded">A directory that is never looked into, as the operator's own state may lie inside.</param>
/// <param name="limits">What is read at most.</param>
internal sealed class ManifestScanner(string directory, string excluded, ManifestLimits limits)
{
    private static readonly StringComparison s_paths = OperatingSystem.IsWindows()
        ? StringComparison.OrdinalIgnoreCase
        : StringComparison.Ordinal;

    private static readonly string[] s_endings = [".yaml", ".yml", ".json"];

    /// <summary>Lists the manifests without reading them.</summary>
    public ManifestListing List()
    {
        if (Resolve(new DirectoryInfo(directory)) is not DirectoryInfo { Exists: true } root)
        {
            return new ManifestListing(
                Root: null,
                [],
                [
                    new ManifestProblem(
                        "",
                        0,
                        "",
                        $"The manifest directory {directory} does not exist. Create it or mount it."
                    ),
                ]
            );
        }

        List<ManifestListing.Entry> files = [];
        List<ManifestProblem> problems = [];
        Walk(root, "", root.FullName, files, problems);
        files.Sort(static (left, right) => string.CompareOrdinal(left.Path, right.Path));
        var total = files.Sum(file => file.Bytes);
        if (files.Count > limits.Files || total > limits.TotalBytes)
        {
            problems.Add(
                new ManifestProblem(
                    "",
                    0,
                    "",
                    $"The manifest directory {directory} has {files.Count} files with {total} bytes; at most {limits.Files}"
                        + $" files with {limits.TotalBytes} bytes are read. Is it the right directory?"
                )
            );
        }

        return new ManifestListing(root.FullName, files, problems);
    }

    /// <summary>Reads the listed files.</summary>
    public static (IReadOnlyList<ManifestFile> Files, IReadOnlyList<ManifestProblem> Problems) Read(
        ManifestListing listing
    )
    {
        List<ManifestFile> files = [];
        List<ManifestProblem> problems = [];
        foreach (var entry in listing.Files)
        {
            try
            {
                files.Add(new ManifestFile(entry.Path, Read(entry)));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                problems.Add(Unreadable(entry.Path, exception));
            }
        }

        return (files, problems);
    }

    private static byte[] Read(ManifestListing.Entry entry)
    {
        // Pipes and devices have no size, and opening one could wait for ever; an empty file need not be opened.
        if (entry.Bytes == 0)
        {
            return [];
        }

        using var stream = new FileStream(
            entry.Target,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete
        );
        var content = new byte[entry.Bytes];
        stream.ReadExactly(content);
        return content;
    }

    private void Walk(
        DirectoryInfo current,
        string path,
        string root,
        List<ManifestListing.Entry> files,
        List<ManifestProblem> problems
    )
    {
        FileSystemInfo[] entries;
        try
        {
            entries = current.GetFileSystemInfos();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problems.Add(Unreadable(path, exception));
            return;
        }

        foreach (var entry in entries)
        {
            // Hidden entries are .git, editors' files, and the halves of a volume that Kubernetes flips.
            if (entry.Name.StartsWith('.'))
            {
                continue;
            }

            var entryPath = path.Length == 0 ? entry.Name : $"{path}/{entry.Name}";
            try
            {
                Look(entry, entryPath, root, files, problems);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                problems.Add(Unreadable(entryPath, exception));
            }
        }
    }

    private void Look(
        FileSystemInfo entry,
        string path,
        string root,
        List<ManifestListing.Entry> files,
        List<ManifestProblem> problems
    )
    {
        // Only a link can lead elsewhere: directories that are links are never walked into.
        var target = entry.LinkTarget is null ? entry : Resolve(entry);
        if (entry is DirectoryInfo || target is DirectoryInfo { Exists: true })
        {
            if (entry.LinkTarget is not null)
            {
                problems.Add(
                    new ManifestProblem(path, 0, "", "A link to a directory is not followed. Put the files here.")
                );
            }
            else if (!string.Equals(entry.FullName, Resolve(new DirectoryInfo(excluded))?.FullName, s_paths))
            {
                Walk((DirectoryInfo)entry, path, root, files, problems);
            }

            return;
        }

        if (!s_endings.Contains(Path.GetExtension(entry.Name), StringComparer.OrdinalIgnoreCase))
        {
            return;
        }

        if (target is not FileInfo { Exists: true } file)
        {
            problems.Add(new ManifestProblem(path, 0, "", $"The link points to nothing ({entry.LinkTarget})."));
        }
        else if (!file.FullName.StartsWith(root + Path.DirectorySeparatorChar, s_paths))
        {
            problems.Add(
                new ManifestProblem(
                    path,
                    0,
                    "",
                    "A link out of the manifest directory is not followed. Put the file here."
                )
            );
        }
        else if (file.Length > limits.FileBytes)
        {
            problems.Add(
                new ManifestProblem(
                    path,
                    0,
                    "",
                    $"The file has {file.Length} bytes; at most {limits.FileBytes} are read. Split it."
                )
            );
        }
        else
        {
            files.Add(new ManifestListing.Entry(path, file.FullName, file.Length, file.LastWriteTimeUtc.Ticks));
        }
    }

    // A link is taken for what it finally points to; its directory may be a link again (..data of a Kubernetes volume).
    private static FileSystemInfo? Resolve(FileSystemInfo entry)
    {
        var target = entry.LinkTarget is null ? entry : entry.ResolveLinkTarget(returnFinalTarget: true);
        if (target is null || Path.GetDirectoryName(target.FullName) is not { } parent)
        {
            return target;
        }

        for (var upper = new DirectoryInfo(parent); upper is not null; upper = upper.Parent)
        {
            if (upper.LinkTarget is not null && upper.ResolveLinkTarget(returnFinalTarget: true) is { } real)
            {
                var moved = Path.Combine(real.FullName, Path.GetRelativePath(upper.FullName, target.FullName));
                return Resolve(target is DirectoryInfo ? new DirectoryInfo(moved) : new FileInfo(moved));
            }
        }

        return target;
    }

    private static ManifestProblem Unreadable(string path, Exception exception) =>
        new(path, 0, "", $"Cannot be read: {exception.Message}");
}

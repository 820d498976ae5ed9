namespace ExchangeVirt.Cli.Simulation;

/// <summary>Holds a folder that only its owner may enter, and that is gone when it is disposed of.</summary>
internal sealed class PrivateFolder : IDisposable
{
    private PrivateFolder(string path) => Path = path;

    /// <summary>The folder's full path.</summary>
    public string Path { get; }

    /// <summary>Makes a folder of its own among the temporary files.</summary>
    public static PrivateFolder Create(string prefix) => new(Directory.CreateTempSubdirectory(prefix).FullName);

    /// <summary>Makes a folder at a place that the user chose.</summary>
    /// <exception cref="CommandException">There is something already: it is not ours to delete afterwards.</exception>
    public static PrivateFolder CreateAt(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        if (Directory.Exists(full) && Directory.EnumerateFileSystemEntries(full).Any())
        {
            throw new CommandException(
                $"{full} is not empty, and everything in it would be deleted at the end. Name a directory that does not exist yet, "
                    + "or, if an earlier run was killed, delete it."
            );
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(full);
        }
        else
        {
            Directory.CreateDirectory(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return new PrivateFolder(full);
    }

    /// <summary>Names something within the folder.</summary>
    public string Combine(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <inheritdoc />
    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}

namespace ExchangeVirt.Envtest;

/// <summary>A folder of one test, gone afterwards.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>Makes an empty one.</summary>
    public TemporaryFolder(string purpose = "test") =>
        Path = Directory.CreateTempSubdirectory($"exvirt-{purpose}-").FullName;

    /// <summary>Gets the full path.</summary>
    public string Path { get; }

    /// <summary>Names a file or folder inside.</summary>
    public string Combine(params ReadOnlySpan<string> names) => System.IO.Path.Combine([Path, .. names]);

    /// <summary>Makes a folder inside.</summary>
    public string Folder(string name) => Directory.CreateDirectory(Combine(name)).FullName;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}

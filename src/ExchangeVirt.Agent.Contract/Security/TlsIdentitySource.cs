namespace ExchangeVirt.Agent.Contract.Security;

/// <summary>Gives the identity that is in the files now: looks at them again whenever a connection is made.</summary>
/// <remarks>
/// Files are replaced one after another, so a pair that does not fit is met in passing: the last good identity is used
/// until they fit again.
/// </remarks>
public sealed class TlsIdentitySource
{
    private readonly TlsFiles _files;
    private readonly Action<TlsFileException>? _unusable;
    private readonly Lock _gate = new();
    private string _stamp;
    private TlsIdentity _current;

    /// <summary>Reads the files for the first time.</summary>
    /// <param name="files">The files.</param>
    /// <param name="unusable">Told when changed files cannot be used.</param>
    /// <exception cref="TlsFileException">They cannot be used.</exception>
    public TlsIdentitySource(TlsFiles files, Action<TlsFileException>? unusable = null)
    {
        _files = files;
        _unusable = unusable;
        _stamp = Stamp();
        _current = TlsIdentity.Load(files);
    }

    /// <summary>Gets the identity as of now.</summary>
    public TlsIdentity Current
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
                        _current = TlsIdentity.Load(_files);
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

    private string Stamp() =>
        string.Join(
            '|',
            new[] { _files.CertificatePath, _files.KeyPath, _files.AuthorityPath }.Select(static path => Stamp(path))
        );

    private static string Stamp(string path)
    {
        try
        {
            var file = new FileInfo(path);
            // Kubernetes mounts a Secret as links that never change, to a folder that is swapped beneath them.
            file = file.Exists ? file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file : file;
            return file.Exists ? $"{file.LastWriteTimeUtc.Ticks}:{file.Length}" : "absent";
        }
        catch (IOException)
        {
            // Swapped while it was looked at: the next look finds it settled.
            return "absent";
        }
    }
}

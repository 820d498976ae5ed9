namespace ExchangeVirt.Agent.Contract.Security;

/// <summary>Gives the identity that is in the files now: looks at them again whenever a connection is made.</summary>
/// <remarks>
/// Files are replaced one after another, so a pair that does not fit is met in passing: the last good identity is used
/// until they fit again.
/// </remarks>
/// <param name="files">The files.</param>
/// <param name="unusable">Told when changed files cannot be used.</param>
/// <exception cref="TlsFileException">They cannot be used.</exception>
public sealed class TlsIdentitySource(TlsFiles files, Action<TlsFileException>? unusable = null)
{
    private readonly FileSource<TlsIdentity> _source = new(
        [files.CertificatePath, files.KeyPath, files.AuthorityPath],
        () => TlsIdentity.Load(files),
        unusable
    );

    /// <summary>Gets the identity as of now.</summary>
    public TlsIdentity Current => _source.Current;
}

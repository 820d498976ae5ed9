using System.Net.Security;

namespace ExchangeVirt.Agent.Contract.Security;

/// <summary>Gives the certificate of a server whose clients need none: looks at its files again whenever a connection is made.</summary>
/// <param name="certificatePath">The certificate, and any intermediate ones after it, in PEM.</param>
/// <param name="keyPath">Its private key in PEM, not encrypted.</param>
/// <param name="unusable">Told when changed files cannot be used; the last good ones stay in use.</param>
/// <exception cref="TlsFileException">They cannot be used.</exception>
public sealed class ServerCertificateSource(
    string certificatePath,
    string keyPath,
    Action<TlsFileException>? unusable = null
)
{
    private readonly FileSource<SslStreamCertificateContext> _source = new(
        [certificatePath, keyPath],
        () => TlsIdentity.LoadCertificate(certificatePath, keyPath),
        unusable
    );

    /// <summary>Gets the certificate as TLS sends it.</summary>
    public SslStreamCertificateContext Current => _source.Current;

    /// <summary>Gets until when it is valid.</summary>
    public DateTimeOffset ExpiresAt => new(Current.TargetCertificate.NotAfter.ToUniversalTime());
}

using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ExchangeVirt.Agent.Contract.Security;

/// <summary>Where one side of mutual TLS finds its certificate, key and authority, in PEM.</summary>
/// <param name="CertificatePath">The certificate, and any intermediate ones after it.</param>
/// <param name="KeyPath">Its private key, not encrypted, readable by nobody else.</param>
/// <param name="AuthorityPath">The private authority's certificates; more than one while it is being replaced.</param>
public sealed record TlsFiles(string CertificatePath, string KeyPath, string AuthorityPath);

/// <summary>A certificate with its key, and the authority that the other side is judged by.</summary>
/// <param name="Context">The certificate with its key and any intermediate ones, as TLS sends it; no other chain is looked up anywhere.</param>
/// <param name="Authorities">The only roots that are trusted.</param>
public sealed record TlsIdentity(SslStreamCertificateContext Context, X509Certificate2Collection Authorities)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>Gets the certificate with its key.</summary>
    public X509Certificate2 Certificate => Context.TargetCertificate;

    /// <summary>Reads the files.</summary>
    /// <exception cref="TlsFileException">A file is missing, unreadable, or does not fit the others.</exception>
    public static TlsIdentity Load(TlsFiles files)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(files.AuthorityPath);
        }
        catch (Exception failure) when (failure is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new TlsFileException(
                $"The authority {files.AuthorityPath} cannot be used: {failure.Message} Make it with «exvirt certs».",
                failure
            );
        }

        return authorities.Count == 0
            ? throw new TlsFileException($"{files.AuthorityPath} holds no certificate.", null)
            : new TlsIdentity(LoadCertificate(files.CertificatePath, files.KeyPath), authorities);
    }

    /// <summary>Reads a certificate with its key and the intermediate ones that follow it.</summary>
    /// <exception cref="TlsFileException">A file is missing, unreadable, or does not fit the other.</exception>
    internal static SslStreamCertificateContext LoadCertificate(string certificatePath, string keyPath)
    {
        try
        {
            using var pem = X509Certificate2.CreateFromPemFile(certificatePath, keyPath);
            // Windows cannot use a key that lives in memory alone; this form works everywhere.
            var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), password: null);
            var all = new X509Certificate2Collection();
            all.ImportFromPemFile(certificatePath);
            X509Certificate2[] others = [.. all.Where(other => other.Thumbprint != certificate.Thumbprint)];
            return SslStreamCertificateContext.Create(
                certificate,
                new X509Certificate2Collection(others),
                offline: true
            );
        }
        catch (Exception failure) when (failure is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new TlsFileException(
                $"The certificate {certificatePath} or its key {keyPath} cannot be used: {failure.Message} Make them with"
                    + " «exvirt certs».",
                failure
            );
        }
    }

    /// <summary>Gives the rules that a server's certificate is judged by.</summary>
    public X509ChainPolicy ServerPolicy(DateTimeOffset now) => Policy(ServerAuthentication, now);

    /// <summary>Gives the rules that a client's certificate is judged by.</summary>
    public X509ChainPolicy ClientPolicy(DateTimeOffset now) => Policy(ClientAuthentication, now);

    private X509ChainPolicy Policy(string usage, DateTimeOffset now)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            // A private authority without a revocation service: certificates are short-lived instead.
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTimeIgnored = false,
            VerificationTime = now.UtcDateTime.ToLocalTime(),
        };
        policy.CustomTrustStore.AddRange(Authorities);
        policy.ApplicationPolicy.Add(new Oid(usage));
        return policy;
    }
}

/// <summary>A certificate file cannot be used.</summary>
public sealed class TlsFileException : Exception
{
    /// <summary>Makes the failure.</summary>
    public TlsFileException(string message, Exception? innerException)
        : base(message, innerException) { }
}

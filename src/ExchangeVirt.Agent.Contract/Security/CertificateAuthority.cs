using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ExchangeVirt.Agent.Contract.Security;

/// <summary>A private authority that issues the certificates of hosts and operators. ECDSA P-256 throughout.</summary>
public sealed class CertificateAuthority : IDisposable
{
    private const string CertificateFile = "ca.crt";
    private const string KeyFile = "ca.key";

    // A host's clock may be a little behind the one that issues.
    private static readonly TimeSpan s_clockSkew = TimeSpan.FromMinutes(5);

    private readonly X509Certificate2 _certificate;
    private readonly TimeProvider _time;

    private CertificateAuthority(X509Certificate2 certificate, TimeProvider time)
    {
        _certificate = certificate;
        _time = time;
    }

    /// <summary>Gets the authority's certificate in PEM, without its key.</summary>
    public string CertificatePem => _certificate.ExportCertificatePem();

    /// <summary>Makes an authority in memory.</summary>
    /// <param name="name">Its common name.</param>
    /// <param name="validity">How long it lasts.</param>
    /// <param name="time">The clock.</param>
    public static CertificateAuthority Create(string name, TimeSpan validity, TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(CommonName(name), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = time.GetUtcNow();
        return new CertificateAuthority(request.CreateSelfSigned(now - s_clockSkew, now + validity), time);
    }

    /// <summary>Makes an authority in a directory, as <c>ca.crt</c> and <c>ca.key</c>.</summary>
    /// <exception cref="TlsFileException">There is one already: it is never overwritten, since all certificates hang on it.</exception>
    public static CertificateAuthority CreateIn(string directory, string name, TimeSpan validity, TimeProvider time)
    {
        if (ExistsIn(directory))
        {
            throw new TlsFileException(
                $"{directory} holds a certificate authority already; it is never overwritten. Use it, or name another directory.",
                null
            );
        }

        Directory.CreateDirectory(directory);
        var authority = Create(name, validity, time);
        using var key = authority._certificate.GetECDsaPrivateKey()!;
        WriteNew(Path.Combine(directory, KeyFile), key.ExportPkcs8PrivateKeyPem(), secret: true);
        WriteNew(Path.Combine(directory, CertificateFile), authority.CertificatePem, secret: false);
        return authority;
    }

    /// <summary>Tells whether a directory holds an authority, whole or in part.</summary>
    public static bool ExistsIn(string directory) =>
        File.Exists(Path.Combine(directory, CertificateFile)) || File.Exists(Path.Combine(directory, KeyFile));

    /// <summary>Opens the authority of a directory.</summary>
    /// <exception cref="TlsFileException">There is none, or it cannot be used.</exception>
    public static CertificateAuthority Open(string directory, TimeProvider time)
    {
        try
        {
            return new CertificateAuthority(
                X509Certificate2.CreateFromPemFile(
                    Path.Combine(directory, CertificateFile),
                    Path.Combine(directory, KeyFile)
                ),
                time
            );
        }
        catch (Exception failure) when (failure is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new TlsFileException(
                $"The certificate authority in {directory} cannot be used: {failure.Message}",
                failure
            );
        }
    }

    /// <summary>Issues a host's certificate.</summary>
    /// <param name="hostName">Its name, by which operators know it.</param>
    /// <param name="dnsNames">Further DNS names.</param>
    /// <param name="addresses">IP addresses it is reached by.</param>
    /// <param name="validity">How long it lasts.</param>
    public IssuedCertificate IssueHost(
        string hostName,
        IEnumerable<string> dnsNames,
        IEnumerable<IPAddress> addresses,
        TimeSpan validity
    )
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in dnsNames.Prepend(hostName).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            names.AddDnsName(name);
        }

        foreach (var address in addresses.Distinct())
        {
            names.AddIpAddress(address);
        }

        return Issue(hostName, names, "1.3.6.1.5.5.7.3.1", validity);
    }

    /// <summary>Issues a client's certificate.</summary>
    /// <param name="name">Its common name, for logs.</param>
    /// <param name="role"><see cref="Roles.Operator"/> or <see cref="Roles.Reader"/>.</param>
    /// <param name="validity">How long it lasts.</param>
    public IssuedCertificate IssueClient(string name, string role, TimeSpan validity)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(role));
        return Issue(name, names, "1.3.6.1.5.5.7.3.2", validity);
    }

    /// <inheritdoc />
    public void Dispose() => _certificate.Dispose();

    private IssuedCertificate Issue(
        string name,
        SubjectAlternativeNameBuilder names,
        string extendedUsage,
        TimeSpan validity
    )
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(CommonName(name), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(extendedUsage)], false));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, true, false)
        );

        var from = _time.GetUtcNow() - s_clockSkew;
        var until = _time.GetUtcNow() + validity;
        // No certificate may outlive the authority that vouches for it.
        var earliest = new DateTimeOffset(_certificate.NotBefore.ToUniversalTime());
        var latest = new DateTimeOffset(_certificate.NotAfter.ToUniversalTime());
        using var certificate = request.Create(
            _certificate,
            from < earliest ? earliest : from,
            until > latest ? latest : until,
            RandomNumberGenerator.GetBytes(16)
        );
        return new IssuedCertificate(
            certificate.ExportCertificatePem(),
            key.ExportPkcs8PrivateKeyPem(),
            CertificatePem
        );
    }

    private static X500DistinguishedName CommonName(string name)
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCommonName(name);
        return builder.Build();
    }

    private static void WriteNew(string path, string text, bool secret)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (secret && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(path, options);
        writer.WriteLine(text);
    }
}

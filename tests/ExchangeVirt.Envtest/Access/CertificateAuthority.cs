using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ExchangeVirt.Envtest.Access;

/// <summary>A certificate and its key, as PEM text.</summary>
public sealed record PemPair(string Certificate, string Key)
{
    /// <summary>Writes both as NAME.crt and NAME.key.</summary>
    /// <returns>The two paths.</returns>
    public (string Certificate, string Key) Write(string folder, string name)
    {
        var paths = (Path.Combine(folder, $"{name}.crt"), Path.Combine(folder, $"{name}.key"));
        File.WriteAllText(paths.Item1, Certificate);
        File.WriteAllText(paths.Item2, Key);
        return paths;
    }
}

/// <summary>Issues the certificates of one test cluster.</summary>
public sealed class CertificateAuthority : IDisposable
{
    private static readonly TimeSpan s_validity = TimeSpan.FromDays(7);

    private readonly DateTimeOffset _from = Until.Clock.GetUtcNow().AddDays(-3);
    private readonly X509Certificate2 _certificate;

    /// <summary>Makes a new authority.</summary>
    public CertificateAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Subject(name, []), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _certificate = request.CreateSelfSigned(_from, _from.Add(s_validity));
        Certificate = _certificate.ExportCertificatePem();
    }

    /// <summary>Gets the authority's own certificate as PEM text.</summary>
    public string Certificate { get; }

    /// <summary>Issues what a server on the loopback address shows.</summary>
    public PemPair IssueServer(string name, params ReadOnlySpan<string> dnsNames)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        foreach (var dnsName in dnsNames)
        {
            names.AddDnsName(dnsName);
        }

        return Issue(Subject(name, []), "1.3.6.1.5.5.7.3.1", names.Build());
    }

    /// <summary>Issues what a user shows: the common name is the user, organizations are the groups.</summary>
    public PemPair IssueClient(string user, params IEnumerable<string> groups) =>
        Issue(Subject(user, groups), "1.3.6.1.5.5.7.3.2", null);

    /// <inheritdoc/>
    public void Dispose() => _certificate.Dispose();

    private static X500DistinguishedName Subject(string name, IEnumerable<string> organizations)
    {
        var subject = new X500DistinguishedNameBuilder();
        foreach (var organization in organizations)
        {
            subject.AddOrganizationName(organization);
        }

        subject.AddCommonName(name);
        return subject.Build();
    }

    private PemPair Issue(X500DistinguishedName subject, string usage, X509Extension? names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        if (names is not null)
        {
            request.CertificateExtensions.Add(names);
        }

        var serial = RandomNumberGenerator.GetBytes(12);
        // A serial number is positive.
        serial[0] = (byte)((serial[0] & 0x7F) | 0x01);
        using var certificate = request.Create(_certificate, _from, _from.Add(s_validity), serial);
        return new PemPair(certificate.ExportCertificatePem(), key.ExportECPrivateKeyPem());
    }
}

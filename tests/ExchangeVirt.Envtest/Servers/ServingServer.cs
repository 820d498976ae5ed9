using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using ExchangeVirt.Envtest.Access;
using ExchangeVirt.Envtest.Processes;

namespace ExchangeVirt.Envtest.Servers;

/// <summary>A server that serves HTTPS with a certificate of the cluster's authority.</summary>
public abstract class ServingServer : Server
{
    private protected ServingServer(string name, string executable, string doomed, CertificateAuthority authority)
        : base(name, executable, doomed, Client(authority))
    {
        (CertificateFile, KeyFile) = authority.IssueServer(name, "kubernetes.default.svc").Write(Folder, "serving");
    }

    /// <summary>Gets where it answers.</summary>
    public Uri Address => new($"https://127.0.0.1:{Port}");

    /// <summary>Gets its port.</summary>
    protected int Port { get; private set; }

    /// <summary>Gets the flags that all of them share.</summary>
    protected IReadOnlyList<string> ServingFlags =>
        [
            $"--secure-port={Port}",
            "--bind-address=127.0.0.1",
            $"--tls-cert-file={CertificateFile}",
            $"--tls-private-key-file={KeyFile}",
        ];

    private string CertificateFile { get; }

    private string KeyFile { get; }

    /// <summary>Gets the path that says whether it is ready.</summary>
    protected virtual string ReadyPath => "/readyz";

    /// <inheritdoc/>
    protected override void ChoosePorts() => Port = Ports.Free();

    /// <inheritdoc/>
    protected override async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        using var response = await Http.GetAsync(new Uri(Address, ReadyPath), cancellationToken);
        return response.IsSuccessStatusCode
            ? true
            : throw new HttpRequestException(
                $"{ReadyPath} answered {await response.Content.ReadAsStringAsync(cancellationToken)}"
            );
    }

    private static HttpClient Client(CertificateAuthority authority)
    {
        var administrator = authority.IssueClient("envtest", "system:masters");
        var trust = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        trust.CustomTrustStore.Add(X509Certificate2.CreateFromPem(authority.Certificate));
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = trust,
                ClientCertificates = [X509Certificate2.CreateFromPem(administrator.Certificate, administrator.Key)],
            },
            // A connection to a server that was killed is of no use to its successor.
            PooledConnectionLifetime = TimeSpan.FromSeconds(1),
        };
        return new HttpClient(handler) { DefaultRequestVersion = HttpVersion.Version11 };
    }
}

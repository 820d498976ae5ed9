using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;

namespace ExchangeVirt.Agent.Contract.Client;

/// <summary>A gRPC channel to one agent, and why its certificate was refused last.</summary>
public sealed class AgentChannel : IDisposable
{
    private readonly HostAgentConnectorOptions _options;
    private readonly string _serverName;

    // In ticks of UTC; 0 where none was presented yet.
    private long _expiresAt;

    private AgentChannel(Uri endpoint, string serverName, HostAgentConnectorOptions options)
    {
        _options = options;
        _serverName = serverName;
        Channel = GrpcChannel.ForAddress(
            endpoint,
            new GrpcChannelOptions
            {
                HttpHandler = Handler(),
                DisposeHttpClient = true,
                InitialReconnectBackoff = TimeSpan.FromMilliseconds(200),
                // The default of two minutes would keep an agent that is back unseen for as long.
                MaxReconnectBackoff = TimeSpan.FromSeconds(5),
                // A host with many VMs and checkpoints answers in one message.
                MaxReceiveMessageSize = 64 << 20,
            }
        );
    }

    /// <summary>Gets the channel.</summary>
    public GrpcChannel Channel { get; }

    /// <summary>Gets why the agent's certificate was refused at the last handshake; null where it was not.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Gets until when the certificate is valid that the agent presented at the last handshake; null before the first.</summary>
    public DateTimeOffset? CertificateExpiresAt =>
        Volatile.Read(ref _expiresAt) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Prepares a channel; nothing is sent before the first call.</summary>
    public static AgentChannel Create(Uri endpoint, string serverName, HostAgentConnectorOptions options) =>
        new(endpoint, serverName, options);

    /// <inheritdoc />
    public void Dispose() => Channel.Dispose();

    private SocketsHttpHandler Handler() =>
        new()
        {
            // Without it the 101st stream waits in silence.
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = TimeSpan.FromSeconds(10),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = _options.ConnectionLifetime,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = _options.AllowTls12
                    ? SslProtocols.Tls12 | SslProtocols.Tls13
                    : SslProtocols.Tls13,
                // Called for each connection, so that files that changed come into use.
                LocalCertificateSelectionCallback = (_, _, _, _, _) => _options.Identity.Current.Certificate,
                RemoteCertificateValidationCallback = (_, certificate, sent, _) => IsAgent(certificate, sent),
            },
        };

    private bool IsAgent(X509Certificate? presented, X509Chain? sent)
    {
        Refusal = WhyNot(presented, sent);
        return Refusal is null;
    }

    private string? WhyNot(X509Certificate? presented, X509Chain? sent)
    {
        if (presented is not X509Certificate2 certificate)
        {
            return "The agent presented no certificate.";
        }

        // The address may be an IP, a tunnel or a load balancer; the name is what the manifest says.
        if (!certificate.MatchesHostname(_serverName))
        {
            return $"The agent's certificate ({certificate.Subject}) is not for {_serverName}.";
        }

        // Of one that is refused too: that it has expired is just what somebody may want to know.
        Volatile.Write(ref _expiresAt, certificate.NotAfter.ToUniversalTime().Ticks);
        using var chain = new X509Chain
        {
            ChainPolicy = _options.Identity.Current.ServerPolicy(_options.Time.GetUtcNow()),
        };
        if (sent is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        }

        return chain.Build(certificate)
            ? null
            : $"The agent's certificate ({certificate.Subject}, valid until {certificate.NotAfter.ToUniversalTime():u}) is refused: "
                + string.Join(' ', chain.ChainStatus.Select(static status => status.StatusInformation.Trim()));
    }
}

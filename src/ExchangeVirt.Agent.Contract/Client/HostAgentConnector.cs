using ExchangeVirt.Agent.Contract.Security;

namespace ExchangeVirt.Agent.Contract.Client;

/// <summary>What all connections of one operator have in common. Times run on <see cref="Time"/>.</summary>
public sealed record HostAgentConnectorOptions
{
    /// <summary>Gets the operator's certificate and the authority that agents are judged by.</summary>
    public required TlsIdentitySource Identity { get; init; }

    /// <summary>Gives the epoch for each call.</summary>
    public required Func<InstallationEpoch> Epoch { get; init; }

    /// <summary>Gets the clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Gets whether TLS 1.2 will do, for agents on Windows Server 2016 and 2019, which have no 1.3.</summary>
    public bool AllowTls12 { get; init; }

    /// <summary>Gets how long a read of a host may take.</summary>
    public TimeSpan ObserveTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Gets how long the answer to an action may take; long actions answer at once that they were accepted.</summary>
    public TimeSpan ApplyTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Gets how long a stream may be silent: three heartbeats of the agent's default.</summary>
    public TimeSpan HeartbeatTimeout { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>Gets how long a connection is used for new calls, so that renewed certificates come into use.</summary>
    public TimeSpan ConnectionLifetime { get; init; } = TimeSpan.FromMinutes(15);
}

/// <summary>Connects to agents by gRPC over mutual TLS.</summary>
/// <param name="options">What all connections have in common.</param>
public sealed class HostAgentConnector(HostAgentConnectorOptions options) : IHostAgentConnector
{
    /// <inheritdoc />
    public IHostAgent Connect(Uri endpoint, string serverName)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentException.ThrowIfNullOrWhiteSpace(serverName);
        return endpoint.Scheme == Uri.UriSchemeHttps
            ? new HostAgentClient(AgentChannel.Create(endpoint, serverName, options), endpoint, options)
            : throw new ArgumentException($"{endpoint}: an agent is reached by https alone.", nameof(endpoint));
    }
}

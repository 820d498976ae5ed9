using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Agent.Contract;

/// <summary>The agent on one host, as the operator speaks to it. Every call carries the operator's epoch.</summary>
public interface IHostAgent : IAsyncDisposable
{
    /// <summary>
    /// Gets until when the certificate is valid that the agent presented when it was last connected to; null where it was not
    /// yet, or presents none.
    /// </summary>
    DateTimeOffset? CertificateExpiresAt => null;

    /// <summary>Reads the host and all its VMs afresh.</summary>
    /// <exception cref="AgentFaultException">The host cannot be read, or the agent refuses this operator.</exception>
    Task<HostObservation> ObserveAsync(CancellationToken cancellationToken);

    /// <summary>Streams what happens on the host: <see cref="WatchOpened"/>, a snapshot where needed, then changes and heartbeats.</summary>
    /// <param name="resume">The token of the last event taken in; null, or one the agent does not know any more: a full snapshot, which replaces.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="AgentFaultException">
    /// The stream ended: the agent stops, was cut, or no heartbeat came in time (reason <c>HeartbeatLost</c>). Watch again
    /// with the last token, after a pause. A stream never ends without an exception or cancellation.
    /// </exception>
    IAsyncEnumerable<HostEvent> WatchAsync(ResumeToken? resume, CancellationToken cancellationToken);

    /// <summary>Asks for one action.</summary>
    /// <exception cref="AgentFaultException">
    /// It was refused, it failed, or (kind <see cref="AgentFaultKind.OutcomeUnknown"/>) nobody can tell: observe, then plan
    /// afresh under a new operation id.
    /// </exception>
    Task<ApplyOutcome> ApplyAsync(ApplyRequest request, CancellationToken cancellationToken);
}

/// <summary>Makes connections to agents.</summary>
public interface IHostAgentConnector
{
    /// <summary>Prepares a connection; nothing is sent before the first call.</summary>
    /// <param name="endpoint">An https address, such as <c>https://hv01.corp.example:7443</c>.</param>
    /// <param name="serverName">The DNS name that the agent's certificate must carry.</param>
    IHostAgent Connect(Uri endpoint, string serverName);
}

/// <summary>Names an installation of the operator and how often its leadership passed on; older counters are refused.</summary>
/// <param name="Installation">The installation's UID.</param>
/// <param name="Counter">Rises with every new leader and never falls.</param>
public sealed record InstallationEpoch(string Installation, ulong Counter)
{
    /// <summary>
    /// Somebody who only looks on, for a plan or a measurement: may read whoever the agent obeys, binds nothing, and may
    /// change nothing.
    /// </summary>
    public static InstallationEpoch Onlooker { get; } = new("onlooker", 0);
}

/// <summary>Which agent answers.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Capabilities">The names of the actions and features that it knows; what is not here is not available.</param>
/// <param name="Incarnation">A new one with every start.</param>
public sealed record AgentDescription(string Version, IReadOnlyList<string> Capabilities, string Incarnation);

/// <summary>A position in an agent's event stream.</summary>
/// <param name="Incarnation">The agent's start that it belongs to.</param>
/// <param name="Sequence">The position.</param>
public sealed record ResumeToken(string Incarnation, ulong Sequence);

/// <summary>A fresh read of a host.</summary>
/// <param name="Agent">Who read it.</param>
/// <param name="Host">What was read.</param>
/// <param name="Token">Where the event stream stood.</param>
public sealed record HostObservation(AgentDescription Agent, ObservedHost Host, ResumeToken Token);

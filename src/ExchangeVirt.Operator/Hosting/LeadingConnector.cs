using ExchangeVirt.Agent.Contract;

namespace ExchangeVirt.Operator.Hosting;

/// <summary>
/// Lets actions reach agents only while this process leads. Agents refuse an older epoch by themselves; this keeps one that has
/// just lost its lease, and does not know yet, from asking at all.
/// </summary>
/// <param name="inner">How agents are reached.</param>
/// <param name="isLeading">Tells whether this process leads now.</param>
internal sealed class LeadingConnector(IHostAgentConnector inner, Func<bool> isLeading) : IHostAgentConnector
{
    /// <inheritdoc />
    public IHostAgent Connect(Uri endpoint, string serverName) =>
        new LeadingAgent(inner.Connect(endpoint, serverName), isLeading);

    private sealed class LeadingAgent(IHostAgent inner, Func<bool> isLeading) : IHostAgent
    {
        public DateTimeOffset? CertificateExpiresAt => inner.CertificateExpiresAt;

        public Task<HostObservation> ObserveAsync(CancellationToken cancellationToken) =>
            inner.ObserveAsync(cancellationToken);

        public IAsyncEnumerable<HostEvent> WatchAsync(ResumeToken? resume, CancellationToken cancellationToken) =>
            inner.WatchAsync(resume, cancellationToken);

        public Task<ApplyOutcome> ApplyAsync(ApplyRequest request, CancellationToken cancellationToken) =>
            isLeading()
                ? inner.ApplyAsync(request, cancellationToken)
                : throw new AgentFaultException(
                    new AgentFault(
                        AgentFaultKind.Unavailable,
                        AgentFaultReasons.NotLeading,
                        $"{request.Action.Name} was not asked for: this operator leads no longer. The one that leads now goes on."
                    )
                );

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}

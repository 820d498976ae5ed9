using System.Runtime.CompilerServices;
using System.Security.Authentication;
using ExchangeVirt.Agent.Contract.Mapping;
using Grpc.Core;

namespace ExchangeVirt.Agent.Contract.Client;

/// <summary>Speaks to one agent by gRPC.</summary>
public sealed class HostAgentClient : IHostAgent
{
    private readonly AgentChannel _channel;
    private readonly Wire.HostAgent.HostAgentClient _client;
    private readonly Uri _endpoint;
    private readonly HostAgentConnectorOptions _options;

    /// <summary>Speaks over a channel, which it owns.</summary>
    public HostAgentClient(AgentChannel channel, Uri endpoint, HostAgentConnectorOptions options)
    {
        _channel = channel;
        _client = new Wire.HostAgent.HostAgentClient(channel.Channel);
        _endpoint = endpoint;
        _options = options;
    }

    /// <inheritdoc />
    public DateTimeOffset? CertificateExpiresAt => _channel.CertificateExpiresAt;

    /// <inheritdoc />
    public async Task<HostObservation> ObserveAsync(CancellationToken cancellationToken)
    {
        var response = await CallAsync(
            token => _client.ObserveAsync(new() { Epoch = Epoch() }, cancellationToken: token).ResponseAsync,
            _options.ObserveTimeout,
            changesThings: false,
            cancellationToken
        );
        return Read(
            () =>
                new HostObservation(
                    RequestMapper.FromWire(response.Agent),
                    HostMapper.FromWire(
                        Primitives.Required(response.Host, "host"),
                        [.. response.VirtualMachines.Select(VirtualMachineMapper.FromWire)]
                    ),
                    RequestMapper.FromWire(Primitives.Required(response.Token, "token"))!
                ),
            changesThings: false
        );
    }

    /// <inheritdoc />
    public async Task<ApplyOutcome> ApplyAsync(ApplyRequest request, CancellationToken cancellationToken)
    {
        var wire = RequestMapper.ToWire(request, _options.Epoch());
        var response = await CallAsync(
            token => _client.ApplyAsync(wire, cancellationToken: token).ResponseAsync,
            _options.ApplyTimeout,
            changesThings: true,
            cancellationToken
        );
        return Read(() => OperationMapper.FromWire(response), changesThings: true);
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<HostEvent> WatchAsync(
        ResumeToken? resume,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        RefuseExpired();
        // Pings alone do not find every dead peer, so silence is measured here as well.
        using var silence = new CancellationTokenSource(_options.HeartbeatTimeout, _options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        using var call = _client.Watch(
            new Wire.WatchRequest { Epoch = Epoch(), Resume = RequestMapper.ToWire(resume) },
            cancellationToken: either.Token
        );
        var reader = new HostEventReader();
        while (true)
        {
            var next = await NextAsync(call.ResponseStream, silence, either.Token, cancellationToken);
            silence.CancelAfter(_options.HeartbeatTimeout);
            if (Read(() => reader.Read(next), changesThings: false) is { } said)
            {
                yield return said;
            }
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _channel.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<Wire.WatchEvent> NextAsync(
        IAsyncStreamReader<Wire.WatchEvent> stream,
        CancellationTokenSource silence,
        CancellationToken either,
        CancellationToken caller
    )
    {
        try
        {
            return await stream.MoveNext(either)
                ? stream.Current
                : throw Fault(
                    AgentFaultKind.Unavailable,
                    AgentFaultReasons.StreamEnded,
                    $"The agent at {_endpoint} ended its event stream."
                );
        }
        catch (Exception failure) when (IsCancellation(failure) && caller.IsCancellationRequested)
        {
            throw new OperationCanceledException("The watch was cancelled.", failure, caller);
        }
        catch (Exception failure) when (IsCancellation(failure) && silence.IsCancellationRequested)
        {
            throw Fault(
                AgentFaultKind.Unavailable,
                AgentFaultReasons.HeartbeatLost,
                $"Nothing was heard from the agent at {_endpoint} for {_options.HeartbeatTimeout.TotalSeconds:0} s.",
                failure
            );
        }
        catch (RpcException failure)
        {
            throw Translate(failure, changesThings: false);
        }
    }

    private async Task<T> CallAsync<T>(
        Func<CancellationToken, Task<T>> call,
        TimeSpan timeout,
        bool changesThings,
        CancellationToken cancellationToken
    )
    {
        RefuseExpired();
        using var deadline = new CancellationTokenSource(timeout, _options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await call(either.Token);
        }
        catch (Exception failure) when (IsCancellation(failure) && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("The call was cancelled.", failure, cancellationToken);
        }
        catch (Exception failure) when (IsCancellation(failure) && deadline.IsCancellationRequested)
        {
            throw Fault(
                changesThings ? AgentFaultKind.OutcomeUnknown : AgentFaultKind.Unavailable,
                AgentFaultReasons.AgentTimedOut,
                $"The agent at {_endpoint} did not answer within {timeout.TotalSeconds:0} s.",
                failure
            );
        }
        catch (RpcException failure)
        {
            throw Translate(failure, changesThings);
        }
    }

    private T Read<T>(Func<T> read, bool changesThings)
    {
        try
        {
            return read();
        }
        catch (WireFormatException failure)
        {
            throw Fault(
                changesThings ? AgentFaultKind.OutcomeUnknown : AgentFaultKind.Unavailable,
                AgentFaultReasons.AgentNotUnderstood,
                $"The agent at {_endpoint} sent what this operator cannot read: {failure.Message} Bring both to the same version.",
                failure
            );
        }
    }

    private AgentFaultException Translate(RpcException failure, bool changesThings)
    {
        var fault = FaultMapper.FromRpcException(failure, changesThings);
        for (var cause = failure.Status.DebugException; cause is not null; cause = cause.InnerException)
        {
            if (cause is AuthenticationException)
            {
                return Fault(
                    AgentFaultKind.Unauthorized,
                    AgentFaultReasons.CertificateRefused,
                    $"No trust between this operator and the agent at {_endpoint}: {_channel.Refusal ?? cause.Message}",
                    failure
                );
            }
        }

        return new AgentFaultException(
            fault.Reason is AgentFaultReasons.AgentUnreachable or AgentFaultReasons.ConnectionLost
                ? fault with
                {
                    Message = $"The agent at {_endpoint}: {fault.Message}",
                }
                : fault,
            failure
        );
    }

    private void RefuseExpired()
    {
        var certificate = _options.Identity.Current.Certificate;
        var until = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
        if (_options.Time.GetUtcNow() > until)
        {
            throw Fault(
                AgentFaultKind.Unauthorized,
                AgentFaultReasons.CertificateExpired,
                $"The operator's certificate ({certificate.Subject}) expired at {until:u}. Renew it with «exvirt certs»."
            );
        }
    }

    private Wire.Epoch Epoch() => RequestMapper.ToWire(_options.Epoch());

    private static bool IsCancellation(Exception failure) =>
        failure is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled };

    private static AgentFaultException Fault(
        AgentFaultKind kind,
        string reason,
        string message,
        Exception? cause = null
    ) => new(new AgentFault(kind, reason, message), cause);
}

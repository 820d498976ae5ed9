using System.Collections.Concurrent;
using System.Diagnostics;
using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Runtime;
using ExchangeVirt.Runtime.Queueing;
using Microsoft.Extensions.Logging;

namespace ExchangeVirt.Operator.Observing;

/// <summary>Tells what a host's stream brought, after the fleet has taken it in. Null VMs: the host as a whole.</summary>
/// <param name="Host">The HyperVHost.</param>
/// <param name="Before">The VM before; null where it is new or the host as a whole changed.</param>
/// <param name="After">The VM now; null where it is gone or the host as a whole changed.</param>
public sealed record FleetNotice(string Host, ObservedVirtualMachine? Before, ObservedVirtualMachine? After)
{
    /// <summary>Gets whether everything on the host has to be looked at.</summary>
    public bool WholeHost => Before is null && After is null;
}

/// <summary>
/// Holds one stream to each declared host's agent, feeds <see cref="FleetView"/> from it, and opens it again whenever it
/// ends. A host out of reach keeps its last facts and is marked.
/// </summary>
public sealed partial class HostConnections(
    FleetView fleet,
    IHostAgentConnector connector,
    Epoch epoch,
    TimeProvider time,
    Func<double> chance,
    ILogger<HostConnections> logger
) : IAsyncDisposable
{
    private static readonly Backoff s_backoff = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(15));

    /// <summary>A stream is opened anew after so long, so that both sides look at each other's certificates again.</summary>
    private static readonly TimeSpan s_lifetime = TimeSpan.FromHours(6);

    private readonly ConcurrentDictionary<string, Connection> _connections = new(StringComparer.Ordinal);
    private Action<FleetNotice> _handler = static _ => { };
    private Action<string, OperationEnded> _ended = static (_, _) => { };

    /// <summary>Sets who is told; once, before the first host is declared.</summary>
    /// <param name="changed">Hears of every change, after the fleet has taken it in.</param>
    /// <param name="ended">Hears on which host which action ended, and how.</param>
    public void OnNotice(Action<FleetNotice> changed, Action<string, OperationEnded> ended)
    {
        _handler = changed;
        _ended = ended;
    }

    /// <summary>Connects to a host, or leaves the connection where endpoint and name are the same.</summary>
    public async Task EnsureAsync(string host, Uri endpoint, string serverName)
    {
        if (_connections.TryGetValue(host, out var existing))
        {
            if (existing.Endpoint == endpoint && existing.ServerName == serverName)
            {
                return;
            }

            await ReleaseAsync(host);
        }

        fleet.Declare(host);
        if (fleet.Host(host) is { Reachable: false, Reason: Reasons.Invalid })
        {
            // What was wrong with its declaration was corrected.
            fleet.MarkUnreachable(host, Reasons.Connecting, "The agent has not answered yet.");
        }

        var connection = new Connection(endpoint, serverName, connector.Connect(endpoint, serverName));
        if (_connections.TryAdd(host, connection))
        {
            connection.Running = FollowAsync(host, connection);
        }
        else
        {
            await connection.Agent.DisposeAsync();
        }
    }

    /// <summary>Ends the connection to a host whose declaration ended, and forgets what was known of it.</summary>
    public async Task ReleaseAsync(string host)
    {
        if (_connections.TryRemove(host, out var connection))
        {
            await EndAsync(connection);
        }

        fleet.Forget(host);
    }

    /// <summary>Ends the connection to a host whose declaration ended, and tells that it is nowhere now.</summary>
    public async Task ForgetAsync(string host)
    {
        await ReleaseAsync(host);
        _handler(new FleetNotice(host, Before: null, After: null));
    }

    /// <summary>Ends the connection to a host whose declaration cannot be relied on. What was known of it stays, marked so.</summary>
    public async Task RefuseAsync(string host, string reason, string message)
    {
        if (_connections.TryRemove(host, out var connection))
        {
            await EndAsync(connection);
        }

        var known = fleet.Host(host);
        fleet.MarkUnreachable(host, reason, message);
        if (known is not { Reachable: false } || known.Reason != reason || known.Message != message)
        {
            LogLost(host, reason, message);
            _handler(new FleetNotice(host, Before: null, After: null));
        }
    }

    /// <summary>Gets the agent of a host, or null where none is declared.</summary>
    public IHostAgent? Agent(string host) => _connections.GetValueOrDefault(host)?.Agent;

    /// <summary>Lists until when the certificates are valid that the agents presented when they were last connected to.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> CertificateExpiries() =>
        _connections
            .Where(static pair => pair.Value.Agent.CertificateExpiresAt is not null)
            .ToDictionary(static pair => pair.Key, static pair => pair.Value.Agent.CertificateExpiresAt!.Value);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections.Values)
        {
            await EndAsync(connection);
        }

        _connections.Clear();
    }

    private static async Task EndAsync(Connection connection)
    {
        await connection.Stop.CancelAsync();
        await connection.Running;
        await connection.Agent.DisposeAsync();
        connection.Stop.Dispose();
    }

    private static IEnumerable<OperationInFlight> Without(IEnumerable<OperationInFlight> all, string operationId) =>
        all.Where(operation => operation.OperationId != operationId);

    private async Task FollowAsync(string host, Connection connection)
    {
        // The caller goes on at once: a connection's first wait may be long.
        await Task.Yield();
        // The stream outlives the pass that asked for it, and is no part of its trace.
        Activity.Current = null;
        var cancellationToken = connection.Stop.Token;
        ResumeToken? resume = null;
        var failures = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            // Not all at once, where all were opened at once.
            using var lifetime = new CancellationTokenSource(s_lifetime * (1 - (0.2 * chance())), time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.Token);
            try
            {
                // What is known holds again once all that was missed was taken in; null: it does already, or a snapshot says so.
                ulong? missed = null;
                await foreach (var next in connection.Agent.WatchAsync(resume, either.Token))
                {
                    if (next is WatchOpened { Resumed: true } opened)
                    {
                        missed = opened.Newest;
                    }

                    resume = next.Token ?? resume;
                    failures = next is HostUnavailable ? failures : 0;
                    Take(host, next);
                    if (missed is { } newest && (next is HostHeartbeat || resume?.Sequence >= newest))
                    {
                        missed = null;
                        Revive(host);
                    }
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (OperationCanceledException) when (lifetime.IsCancellationRequested)
            {
                // It goes on where it was: the host stays known, and nothing is missed.
            }
            catch (AgentFaultException fault)
            {
                await LoseAsync(host, fault, cancellationToken);
            }
            catch (Exception exception)
            {
                // Whatever it was, the host must not be taken for watched; the next stream begins with a snapshot.
                LogBroken(exception, host);
                resume = null;
                fleet.MarkUnreachable(
                    host,
                    Reasons.StreamBroken,
                    $"The operator could not take in what the agent said: {exception.Message}"
                );
                _handler(new FleetNotice(host, Before: null, After: null));
            }

            failures++;
            try
            {
                await Task.Delay(s_backoff.Delay(failures, chance()), time, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task LoseAsync(string host, AgentFaultException fault, CancellationToken cancellationToken)
    {
        var known = fleet.Host(host);
        fleet.MarkUnreachable(host, fault.Reason, fault.Message);
        if (known is not { Reachable: false } || known.Reason != fault.Reason)
        {
            LogLost(host, fault.Reason, fault.Message);
            _handler(new FleetNotice(host, Before: null, After: null));
        }

        if (fault is { Kind: AgentFaultKind.StaleEpoch, Fault.NewestCounter: { } newest })
        {
            await RaiseAsync(host, newest, cancellationToken);
        }
    }

    private async Task RaiseAsync(string host, ulong newest, CancellationToken cancellationToken)
    {
        try
        {
            await epoch.RaiseAboveAsync(newest, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The stream is being ended: nothing needs the epoch any more.
        }
        catch (Exception exception)
        {
            // The agent refuses until it is raised; the next stream meets that again, and tries again.
            LogNotRaised(ExpectedFailure.StackOf(exception), host, newest, ExpectedFailure.Describe(exception));
        }
    }

    private void Revive(string host)
    {
        fleet.Revive(host);
        LogConnected(host);
        _handler(new FleetNotice(host, Before: null, After: null));
    }

    private void Take(string host, HostEvent next)
    {
        switch (next)
        {
            case HostSnapshot snapshot:
                fleet.Replace(host, snapshot.Host);
                LogConnected(host);
                _handler(new FleetNotice(host, Before: null, After: null));
                break;
            case HostFactsChanged changed:
                fleet.UpdateHost(host, changed.Facts);
                _handler(new FleetNotice(host, Before: null, After: null));
                break;
            case VirtualMachineChanged changed:
                _handler(new FleetNotice(host, fleet.Upsert(host, changed.VirtualMachine), changed.VirtualMachine));
                break;
            case VirtualMachineRemoved removed:
                if (fleet.Remove(host, removed.Id) is { } gone)
                {
                    _handler(new FleetNotice(host, gone, After: null));
                }

                break;
            case OperationBegan began:
                fleet.UpdateOperations(host, all => [.. Without(all, began.Operation.OperationId), began.Operation]);
                break;
            case OperationEnded ended:
                fleet.UpdateOperations(host, all => [.. Without(all, ended.OperationId)]);
                if (ended.Fault is { } fault)
                {
                    LogOperationFailed(host, ended.Action, ended.OperationId, fault.Reason, fault.Message);
                }

                _ended(host, ended);
                break;
            case HostUnavailable unavailable:
                fleet.MarkUnreachable(host, unavailable.Fault.Reason, unavailable.Fault.Message);
                LogLost(host, unavailable.Fault.Reason, unavailable.Fault.Message);
                _handler(new FleetNotice(host, Before: null, After: null));
                break;
        }
    }

    [LoggerMessage(EventId = 1004, Level = LogLevel.Error, Message = "The stream of host {Host} broke")]
    private partial void LogBroken(Exception exception, string host);

    [LoggerMessage(
        EventId = 1005,
        Level = LogLevel.Warning,
        Message = "The epoch could not be raised above {Newest}, which the agent of {Host} has seen: {Problem}"
    )]
    private partial void LogNotRaised(Exception? exception, string host, ulong newest, string problem);

    [LoggerMessage(EventId = 1001, Level = LogLevel.Information, Message = "Host {Host} is connected")]
    private partial void LogConnected(string host);

    [LoggerMessage(
        EventId = 1002,
        Level = LogLevel.Warning,
        Message = "Host {Host} is out of reach ({Reason}): {Text}"
    )]
    private partial void LogLost(string host, string reason, string text);

    [LoggerMessage(
        EventId = 1003,
        Level = LogLevel.Warning,
        Message = "On host {Host}, {Action} ({OperationId}) failed ({Reason}): {Text}"
    )]
    private partial void LogOperationFailed(string host, string action, string operationId, string reason, string text);

    private sealed class Connection(Uri endpoint, string serverName, IHostAgent agent)
    {
        public Uri Endpoint { get; } = endpoint;

        public string ServerName { get; } = serverName;

        public IHostAgent Agent { get; } = agent;

        public CancellationTokenSource Stop { get; } = new();

        public Task Running { get; set; } = Task.CompletedTask;
    }
}

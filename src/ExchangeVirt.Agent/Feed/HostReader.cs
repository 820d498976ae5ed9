using ExchangeVirt.Agent.Operations;
using ExchangeVirt.Agent.State;
using ExchangeVirt.Agent.Tracing;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.HyperV;

namespace ExchangeVirt.Agent.Feed;

/// <summary>How often the host is looked at.</summary>
/// <param name="Resync">A full read corrects what events lost; varied by a fifth, so that a fleet does not read in step.</param>
/// <param name="PauseCheck">How often the pause marker is looked at for the stream; actions look at it themselves.</param>
/// <param name="RetryFrom">The first pause after a failure.</param>
/// <param name="RetryTo">The longest pause after failures.</param>
public sealed record ReadPace(TimeSpan Resync, TimeSpan PauseCheck, TimeSpan RetryFrom, TimeSpan RetryTo);

/// <summary>Keeps the feed in step with the host: its events are hints, what they name is read again.</summary>
/// <param name="driver">The host.</param>
/// <param name="feed">Where it is told.</param>
/// <param name="pause">The off switch.</param>
/// <param name="pace">How often.</param>
/// <param name="time">The clock.</param>
/// <param name="chance">Gives numbers from 0 up to 1.</param>
/// <param name="logger">The log.</param>
public sealed partial class HostReader(
    IHyperVDriver driver,
    HostFeed feed,
    PauseMarker pause,
    ReadPace pace,
    TimeProvider time,
    Func<double> chance,
    ILogger<HostReader> logger
) : BackgroundService
{
    // Beyond this many, one full read costs less than reading one by one.
    private const int FewMachines = 8;

    private readonly SemaphoreSlim _signal = new(0);
    private readonly SemaphoreSlim _reading = new(1);
    private readonly Lock _gate = new();
    private readonly HashSet<Guid> _pending = [];
    private bool _everything = true;

    /// <summary>Asks that a VM be read again soon.</summary>
    public void Request(Guid id)
    {
        lock (_gate)
        {
            _pending.Add(id);
        }

        _signal.Release();
    }

    /// <summary>Asks that everything be read again soon.</summary>
    public void RequestEverything()
    {
        lock (_gate)
        {
            _everything = true;
        }

        _signal.Release();
    }

    /// <summary>Reads everything now.</summary>
    /// <exception cref="HyperVException">The host cannot be read; the feed says so too.</exception>
    public async Task<ObservedHost> ReadEverythingAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        using var span = AgentTracing.Begin("Read", "host", id: null);
        try
        {
            feed.SetPaused(pause.Reason);
            var host = await driver.ReadHostAsync(cancellationToken);
            feed.SetHost(host);
            return host;
        }
        catch (HyperVException failure)
        {
            AgentTracing.End(span, failure.Reason);
            feed.SetUnavailable(Faults.From(failure));
            throw;
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _signal.Dispose();
        _reading.Dispose();
        base.Dispose();
    }

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        RequestEverything();
        return Task.WhenAll(
            ReadOnRequestAsync(stoppingToken),
            ListenAsync(stoppingToken),
            ResyncAsync(stoppingToken),
            WatchPauseAsync(stoppingToken)
        );
    }

    private async Task ReadOnRequestAsync(CancellationToken stop)
    {
        var failures = 0;
        while (true)
        {
            await _signal.WaitAsync(stop);
            var (everything, some) = TakeRequests();
            if (!everything && some.Count == 0)
            {
                continue;
            }

            try
            {
                if (everything || some.Count > FewMachines || feed.IsUnavailable)
                {
                    await ReadSomeAsync(Undetailed(await ReadEverythingAsync(stop)), stop);
                }
                else
                {
                    await ReadSomeAsync(some, stop);
                }

                failures = 0;
            }
            catch (HyperVException failure)
            {
                LogUnreadable(failure.Reason, failure.Message);
                await Task.Delay(Retry(failures++), time, stop);
                RequestEverything();
            }
        }
    }

    // A full read leaves out what costs a call per disk; it is learned one VM at a time, after the rest was told.
    private static IReadOnlyList<Guid> Undetailed(ObservedHost host) =>
        [
            .. host
                .VirtualMachines.Where(static machine =>
                    machine.Disks?.Any(static disk => disk.Path is not null && disk.Type is null) == true
                )
                .Select(static machine => machine.Id),
        ];

    private async Task ReadSomeAsync(IReadOnlyList<Guid> ids, CancellationToken stop)
    {
        foreach (var id in ids)
        {
            await _reading.WaitAsync(stop);
            using var span = AgentTracing.Begin("Read", "virtual machine", id);
            try
            {
                feed.SetMachine(id, await driver.ReadVirtualMachineAsync(id, stop));
            }
            catch (HyperVException failure) when (failure.Kind == FaultKind.Unavailable)
            {
                AgentTracing.End(span, failure.Reason);
                feed.SetUnavailable(Faults.From(failure));
                throw;
            }
            finally
            {
                _reading.Release();
            }
        }
    }

    private async Task ListenAsync(CancellationToken stop)
    {
        var failures = 0;
        while (true)
        {
            var since = time.GetTimestamp();
            var looking = LookOnceListeningAsync(stop);
            try
            {
                await foreach (var change in driver.WatchAsync(stop))
                {
                    if (change.VirtualMachineId is { } id)
                    {
                        Request(id);
                    }
                    else
                    {
                        RequestEverything();
                    }
                }
            }
            catch (HyperVException failure)
            {
                LogDeaf(failure.Reason, failure.Message);
            }

            failures = time.GetElapsedTime(since) > pace.RetryTo ? 0 : failures + 1;
            await looking;
            await Task.Delay(Retry(failures), time, stop);
        }
    }

    // What happened before the subscription stood is found by looking; that it stands, nothing says, so a moment is given.
    private async Task LookOnceListeningAsync(CancellationToken stop)
    {
        await Task.Delay(pace.RetryFrom, time, stop);
        RequestEverything();
    }

    private async Task ResyncAsync(CancellationToken stop)
    {
        while (true)
        {
            await Task.Delay(pace.Resync * (0.8 + (0.4 * chance())), time, stop);
            RequestEverything();
        }
    }

    private async Task WatchPauseAsync(CancellationToken stop)
    {
        while (true)
        {
            feed.SetPaused(pause.Reason);
            await Task.Delay(pace.PauseCheck, time, stop);
        }
    }

    private (bool Everything, IReadOnlyList<Guid> Some) TakeRequests()
    {
        lock (_gate)
        {
            var taken = (_everything, (IReadOnlyList<Guid>)[.. _pending]);
            _everything = false;
            _pending.Clear();
            return taken;
        }
    }

    private TimeSpan Retry(int failures)
    {
        var longest = Math.Min(
            pace.RetryFrom.TotalSeconds * Math.Pow(2, Math.Min(failures, 16)),
            pace.RetryTo.TotalSeconds
        );
        return TimeSpan.FromSeconds(longest * (0.5 + (0.5 * chance())));
    }

    [LoggerMessage(EventId = 2101, Level = LogLevel.Warning, Message = "The host cannot be read ({Reason}): {Problem}")]
    private partial void LogUnreadable(string reason, string problem);

    [LoggerMessage(EventId = 2102, Level = LogLevel.Warning, Message = "The host's events ended ({Reason}): {Problem}")]
    private partial void LogDeaf(string reason, string problem);
}

using ExchangeVirt.Runtime;
using ExchangeVirt.Runtime.Queueing;
using ExchangeVirt.Runtime.Stores;
using Microsoft.Extensions.Logging;

namespace ExchangeVirt.Operator.Observing;

/// <summary>How decisions and actions learn whether everything is paused.</summary>
/// <param name="Heard">Gives it as last heard, for deciding: whatever is decided is asked again before it is done.</param>
/// <param name="Fresh">Reads it fresh, as before each action.</param>
public sealed record PauseReading(
    Func<CancellationToken, Task<PauseState?>> Heard,
    Func<CancellationToken, Task<PauseState?>> Fresh
);

/// <summary>
/// Follows the off switch for everything, so that deciding costs no read of the store. What is not known, because nothing was
/// heard yet or the watch broke, is read fresh.
/// </summary>
public sealed partial class PauseWatch
{
    private static readonly Backoff s_backoff = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(30));

    private readonly IControlState _control;
    private readonly PauseSwitch _switch;
    private readonly TimeProvider _time;
    private readonly Func<double> _chance;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();

    // Null where the watch is not up, or a fresh read has failed since it told something.
    private Known? _known;
    private bool _isUp;
    private long _told;

    /// <summary>Makes a watch that has heard nothing yet.</summary>
    /// <param name="control">Where the switch is.</param>
    /// <param name="time">The clock of the back-off.</param>
    /// <param name="chance">Yields numbers from 0 (inclusive) to 1 (exclusive), for jitter.</param>
    /// <param name="logger">Hears of a watch that broke.</param>
    public PauseWatch(IControlState control, TimeProvider time, Func<double> chance, ILogger<PauseWatch> logger)
    {
        _control = control;
        _switch = new PauseSwitch(control);
        _time = time;
        _chance = chance;
        _logger = logger;
        Reading = new PauseReading(HeardAsync, FreshAsync);
    }

    /// <summary>Gets whether everything is paused, as last heard; null where nothing was, or the watch is not up.</summary>
    public bool? IsPaused
    {
        get
        {
            lock (_lock)
            {
                return _known is { } known ? known.State is { IsPaused: true } : null;
            }
        }
    }

    /// <summary>Gets the two ways to learn of the switch.</summary>
    public PauseReading Reading { get; }

    /// <summary>Follows the switch until cancelled, whatever becomes of the watch.</summary>
    /// <param name="changed">Is told of every change after it is known here.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(Action changed, CancellationToken cancellationToken)
    {
        for (var failures = 0; !cancellationToken.IsCancellationRequested; )
        {
            try
            {
                await foreach (var value in _control.WatchControlAsync(PauseSwitch.Name, cancellationToken))
                {
                    failures = 0;
                    lock (_lock)
                    {
                        _isUp = true;
                        _told++;
                        _known = new Known(_switch.Understand(value));
                    }

                    changed();
                }
            }
            catch (Exception exception)
            {
                // Stopping is how this ends; anything else is no reason to end the operator, or to trust what was heard last.
                if (cancellationToken.IsCancellationRequested)
                {
                    return;
                }

                LogBroken(ExpectedFailure.StackOf(exception), ExpectedFailure.Describe(exception));
            }

            lock (_lock)
            {
                _isUp = false;
                _known = null;
            }

            failures++;
            try
            {
                await Task.Delay(s_backoff.Delay(failures, _chance()), _time, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private Task<PauseState?> HeardAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_known is { } known)
            {
                return Task.FromResult(known.State);
            }
        }

        return FreshAsync(cancellationToken);
    }

    private async Task<PauseState?> FreshAsync(CancellationToken cancellationToken)
    {
        long told;
        lock (_lock)
        {
            told = _told;
        }

        var state = await _switch.ReadAsync(cancellationToken);
        lock (_lock)
        {
            // What was read is newer than what was heard before: else whoever decides would again and again decide what must
            // not be done. What the watch told meanwhile is newer still.
            if (_isUp && told == _told)
            {
                _known = state is { IsAssumed: true } ? null : new Known(state);
            }
        }

        return state;
    }

    [LoggerMessage(
        EventId = 1021,
        Level = LogLevel.Warning,
        Message = "The watch of the off switch broke, and until it is back the switch is read fresh for each decision: {Problem}"
    )]
    private partial void LogBroken(Exception? exception, string problem);

    private sealed record Known(PauseState? State);
}

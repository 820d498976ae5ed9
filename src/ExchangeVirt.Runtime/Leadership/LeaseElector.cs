using ExchangeVirt.Runtime.Stores;
using Microsoft.Extensions.Logging;

namespace ExchangeVirt.Runtime.Leadership;

/// <summary>Tells that leadership was lost, so that everything had to stop.</summary>
/// <param name="message">How it was lost.</param>
public sealed class LeadershipLostException(string message) : Exception(message);

/// <summary>
/// Lets one of several processes work, by a lease. Whoever works stops by itself when it cannot renew the lease in time, before
/// anyone else may take it; all times are measured on this machine, so that a clock that jumps or differs changes nothing.
/// </summary>
/// <remarks>Source of the protocol: https://kubernetes.io/docs/concepts/architecture/leases/</remarks>
public sealed partial class LeaseElector
{
    private readonly ILeaseStore _leases;
    private readonly LeaseElectorOptions _options;
    private readonly TimeProvider _time;
    private readonly Func<double> _chance;
    private readonly ILogger _logger;

    // What was last seen of the lease, and when by this machine's own clock.
    private LeaseView? _seen;
    private long _seenAt;
    private long _renewedAt;
    private long _lookedAt;
    private volatile bool _leading;
    private string? _fault;

    /// <summary>Makes an elector that does nothing until it runs.</summary>
    /// <param name="leases">The lease.</param>
    /// <param name="options">Names and times.</param>
    /// <param name="time">The clock.</param>
    /// <param name="chance">Yields numbers from 0 (inclusive) to 1 (exclusive), so that candidates do not look all at once.</param>
    /// <param name="logger">Hears of every change and of failures.</param>
    /// <exception cref="InvalidOperationException">The options do not fit together.</exception>
    public LeaseElector(
        ILeaseStore leases,
        LeaseElectorOptions options,
        TimeProvider time,
        Func<double> chance,
        ILogger<LeaseElector> logger
    )
    {
        options.Validate();
        _leases = leases;
        _options = options;
        _time = time;
        _chance = chance;
        _logger = logger;
        _lookedAt = time.GetTimestamp();
    }

    /// <summary>Gets whether this process leads now: it holds the lease and renewed it within the deadline.</summary>
    public bool IsLeading => _leading && _time.GetElapsedTime(Volatile.Read(ref _renewedAt)) < _options.RenewDeadline;

    /// <summary>Gets who holds the lease, as last seen; null where nobody does.</summary>
    public string? Holder => Volatile.Read(ref _seen)?.Holder;

    /// <summary>Gets how long ago the lease was last read or written.</summary>
    public TimeSpan SinceLook => _time.GetElapsedTime(Volatile.Read(ref _lookedAt));

    /// <summary>
    /// Waits for the lease, works while it is held, and gives it back: at once when asked to stop, so that another goes on
    /// without waiting.
    /// </summary>
    /// <param name="lead">The work; asked to stop before the lease can be lost, and waited for before it is given back.</param>
    /// <param name="cancellationToken">Asks to stop.</param>
    /// <exception cref="LeadershipLostException">The lease could not be renewed in time, or was taken by somebody else.</exception>
    public async Task RunAsync(Func<CancellationToken, Task> lead, CancellationToken cancellationToken)
    {
        await AcquireAsync(cancellationToken);
        using var deadline = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        using var working = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        deadline.CancelAfter(_options.RenewDeadline - _time.GetElapsedTime(_renewedAt));
        using var renewing = new CancellationTokenSource();
        var renewal = RenewAsync(deadline, renewing.Token);
        try
        {
            await lead(working.Token);
            cancellationToken.ThrowIfCancellationRequested();
            ThrowIfLost(deadline);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            ThrowIfLost(deadline);
            throw;
        }
        finally
        {
            await renewing.CancelAsync();
            await renewal;
            var held = IsLeading && !deadline.IsCancellationRequested;
            _leading = false;
            if (held)
            {
                await ReleaseAsync();
            }
        }
    }

    /// <summary>Reads the lease fresh and makes sure that this process holds it still.</summary>
    /// <exception cref="LeadershipLostException">It does not.</exception>
    public async Task EnsureLeadingAsync(CancellationToken cancellationToken)
    {
        var lease = await _leases.GetAsync(cancellationToken);
        if (!IsLeading || lease?.Holder != _options.Identity)
        {
            throw new LeadershipLostException(
                $"{_options.Identity} leads no longer: the lease is held by {lease?.Holder ?? "nobody"}."
            );
        }
    }

    private void ThrowIfLost(CancellationTokenSource deadline)
    {
        if (deadline.IsCancellationRequested)
        {
            throw new LeadershipLostException(
                _fault
                    ?? $"The lease was not renewed within {_options.RenewDeadline.TotalSeconds:0.#} s, so all work was stopped before another takes it."
            );
        }
    }

    private async Task AcquireAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await TryAcquireAsync(cancellationToken))
            {
                _leading = true;
                LogAcquired(_options.Identity, _seen!.Transitions);
                return;
            }

            await Task.Delay(_options.RetryPeriod * (1 + (_chance() * 0.2)), _time, cancellationToken);
        }
    }

    private async Task<bool> TryAcquireAsync(CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(_options.RenewDeadline, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        var started = _time.GetTimestamp();
        try
        {
            var lease = await _leases.GetAsync(either.Token);
            See(lease);
            if (!IsFree(lease))
            {
                return false;
            }

            var now = _time.GetUtcNow();
            See(
                await _leases.WriteAsync(
                    new LeaseView(
                        _options.Identity,
                        _options.LeaseDuration,
                        now,
                        now,
                        lease is null ? 0 : lease.Transitions + 1,
                        lease?.Version ?? ""
                    ),
                    either.Token
                )
            );
            Volatile.Write(ref _renewedAt, started);
            return true;
        }
        catch (Exception exception) when (exception is ResourceConflictException or ResourceNotFoundException)
        {
            // Another was faster.
            return false;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotAcquired(ExpectedFailure.StackOf(exception), _options.Identity, ExpectedFailure.Describe(exception));
            return false;
        }
    }

    private bool IsFree(LeaseView? lease)
    {
        // A lease of our own name is one of our own life before: nobody else has the name.
        if (lease?.Holder is not { Length: > 0 } holder || holder == _options.Identity)
        {
            return true;
        }

        var duration = lease.Duration > _options.LeaseDuration ? lease.Duration : _options.LeaseDuration;
        return _time.GetElapsedTime(_seenAt) >= duration;
    }

    private async Task RenewAsync(CancellationTokenSource deadline, CancellationToken cancellationToken)
    {
        while (!deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            try
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
                await Task.Delay(_options.RetryPeriod, _time, either.Token);
                var started = _time.GetTimestamp();
                if (!await TryRenewAsync(either.Token))
                {
                    await deadline.CancelAsync();
                    return;
                }

                Volatile.Write(ref _renewedAt, started);
                deadline.CancelAfter(_options.RenewDeadline - _time.GetElapsedTime(started));
            }
            catch (OperationCanceledException)
                when (deadline.IsCancellationRequested || cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // Until the deadline it may be tried again.
                LogNotRenewed(
                    ExpectedFailure.StackOf(exception),
                    _options.Identity,
                    ExpectedFailure.Describe(exception)
                );
            }
        }
    }

    /// <returns>False where somebody else holds the lease.</returns>
    private async Task<bool> TryRenewAsync(CancellationToken cancellationToken)
    {
        var lease = await _leases.GetAsync(cancellationToken);
        if (lease is not null && lease.Holder != _options.Identity)
        {
            See(lease);
            _fault = $"The lease is held by {lease.Holder ?? "nobody"} and no longer by {_options.Identity}.";
            return false;
        }

        // A lease that was deleted is made again; were another one faster, the write is a conflict, and the next look tells.
        See(
            await _leases.WriteAsync(
                (lease ?? _seen! with { Version = "" }) with
                {
                    Duration = _options.LeaseDuration,
                    RenewTime = _time.GetUtcNow(),
                },
                cancellationToken
            )
        );
        return true;
    }

    private async Task ReleaseAsync()
    {
        using var late = new CancellationTokenSource(_options.RetryPeriod, _time);
        try
        {
            if (await _leases.GetAsync(late.Token) is { } lease && lease.Holder == _options.Identity)
            {
                See(
                    await _leases.WriteAsync(
                        lease with
                        {
                            Holder = null,
                            Duration = TimeSpan.FromSeconds(1),
                            RenewTime = _time.GetUtcNow(),
                        },
                        late.Token
                    )
                );
                LogReleased(_options.Identity);
            }
        }
        catch (Exception exception)
        {
            // Whoever comes next waits for the lease's duration instead.
            LogNotReleased(ExpectedFailure.StackOf(exception), _options.Identity, ExpectedFailure.Describe(exception));
        }
    }

    private void See(LeaseView? lease)
    {
        Volatile.Write(ref _lookedAt, _time.GetTimestamp());
        if (lease == _seen && lease is not null)
        {
            return;
        }

        if (lease?.Holder != _seen?.Holder)
        {
            LogHolder(lease?.Holder ?? "nobody");
        }

        _seenAt = _time.GetTimestamp();
        Volatile.Write(ref _seen, lease);
    }

    [LoggerMessage(
        EventId = 4031,
        Level = LogLevel.Information,
        Message = "{Identity} holds the lease, the {Transitions}th to do so after the first, and begins to work"
    )]
    private partial void LogAcquired(string identity, int transitions);

    [LoggerMessage(
        EventId = 4032,
        Level = LogLevel.Warning,
        Message = "{Identity} could not ask for the lease: {Problem}"
    )]
    private partial void LogNotAcquired(Exception? exception, string identity, string problem);

    [LoggerMessage(
        EventId = 4033,
        Level = LogLevel.Warning,
        Message = "{Identity} could not renew the lease: {Problem}"
    )]
    private partial void LogNotRenewed(Exception? exception, string identity, string problem);

    [LoggerMessage(EventId = 4034, Level = LogLevel.Information, Message = "{Identity} gave the lease back")]
    private partial void LogReleased(string identity);

    [LoggerMessage(
        EventId = 4035,
        Level = LogLevel.Warning,
        Message = "{Identity} could not give the lease back: {Problem}"
    )]
    private partial void LogNotReleased(Exception? exception, string identity, string problem);

    [LoggerMessage(EventId = 4036, Level = LogLevel.Information, Message = "The lease is held by {Holder}")]
    private partial void LogHolder(string holder);
}

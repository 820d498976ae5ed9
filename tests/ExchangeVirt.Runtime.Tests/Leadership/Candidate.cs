using ExchangeVirt.Runtime.Leadership;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.Runtime.Tests.Leadership;

/// <summary>A process that wants to work.</summary>
internal sealed class Candidate : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task? _mayEnd;
    private readonly FakeTimeProvider _time;
    private readonly Task _running;

    /// <param name="elector">Lets it work.</param>
    /// <param name="mayEnd">What its work waits for when asked to stop; a failed one fails the work at its beginning.</param>
    /// <param name="time">The clock.</param>
    public Candidate(LeaseElector elector, Task? mayEnd, FakeTimeProvider time)
    {
        Elector = elector;
        _mayEnd = mayEnd;
        _time = time;
        _running = RunAsync();
    }

    public LeaseElector Elector { get; }

    public int Begun { get; private set; }

    public bool IsWorking { get; private set; }

    public Exception? Failure { get; private set; }

    /// <summary>Gets when its work stopped last.</summary>
    public DateTimeOffset StoppedAt { get; private set; }

    public bool HasEnded => _running.IsCompleted;

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await Elector.RunAsync(WorkAsync, _stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // It was asked to stop.
        }
        catch (Exception failure)
        {
            Failure = failure;
        }
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        Begun++;
        IsWorking = true;
        try
        {
            if (_mayEnd is { IsFaulted: true })
            {
                await _mayEnd;
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken);
        }
        catch (OperationCanceledException) when (_mayEnd is { IsFaulted: false })
        {
            await _mayEnd;
        }
        finally
        {
            IsWorking = false;
            StoppedAt = _time.GetUtcNow();
        }
    }
}

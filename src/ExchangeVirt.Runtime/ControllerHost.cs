using ExchangeVirt.Runtime.Informers;

namespace ExchangeVirt.Runtime;

/// <summary>Runs informers and controllers in the right order, and ends them together.</summary>
public sealed class ControllerHost
{
    private readonly IReadOnlyList<IInformer> _informers;
    private readonly IReadOnlyList<IController> _controllers;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Makes a host that does nothing until it runs.</summary>
    /// <param name="informers">All informers that any controller reads from.</param>
    /// <param name="controllers">Started when every informer has synced: a decision never rests on half a picture.</param>
    /// <param name="time">The clock.</param>
    public ControllerHost(IReadOnlyList<IInformer> informers, IReadOnlyList<IController> controllers, TimeProvider time)
    {
        _informers = informers;
        _controllers = controllers;
        _time = time;
    }

    /// <summary>Completes when the controllers were started.</summary>
    public Task Started => _started.Task;

    /// <summary>Whether no controller has anything ready or under way.</summary>
    public bool IsIdle => _controllers.All(controller => controller.IsIdle);

    /// <summary>Runs until cancelled, then waits for the passes under way. If any part fails, all are stopped.</summary>
    /// <exception cref="Exception">What the failed part threw.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<Task> running = [.. _informers.Select(informer => informer.RunAsync(stop.Token))];
        try
        {
            var synced = Task.WhenAll(_informers.Select(informer => informer.Synced)).WaitAsync(stop.Token);
            if (await Task.WhenAny([synced, .. running]) == synced && synced.IsCompletedSuccessfully)
            {
                running.AddRange(_controllers.Select(controller => controller.RunAsync(stop.Token)));
                _started.TrySetResult();
                await Task.WhenAny([.. running, Task.Delay(Timeout.InfiniteTimeSpan, _time, stop.Token)]);
            }
        }
        finally
        {
            await stop.CancelAsync();
            _started.TrySetCanceled(CancellationToken.None);
            await EndAsync(running);
        }
    }

    /// <summary>Waits until no controller had anything ready or under way for some time.</summary>
    /// <param name="quiet">For how long; long enough for a write to come back as a change.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task WhenQuietAsync(TimeSpan quiet, CancellationToken cancellationToken)
    {
        const int looks = 10;
        await Started.WaitAsync(cancellationToken);
        for (var calm = 0; calm < looks; calm = IsIdle ? calm + 1 : 0)
        {
            await Task.Delay(quiet / looks, _time, cancellationToken);
        }
    }

    private static async Task EndAsync(IEnumerable<Task> running)
    {
        List<Exception> failures = [];
        foreach (var task in running)
        {
            try
            {
                await task;
            }
            catch (OperationCanceledException)
            {
                // Everything was cancelled: this is the end that was asked for.
            }
            catch (Exception exception)
            {
                failures.Add(exception);
            }
        }

        if (failures.Count > 0)
        {
            throw new AggregateException("A part of the runtime failed, so all were stopped.", failures);
        }
    }
}

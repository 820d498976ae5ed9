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

    /// <summary>Gets the informers.</summary>
    public IReadOnlyList<IInformer> Informers => _informers;

    /// <summary>Gets a task that ends when every informer holds what the store held at its first list.</summary>
    public Task Synced => Task.WhenAll(_informers.Select(static informer => informer.Synced));

    /// <summary>Watches and works until cancelled, then waits for the passes under way. If any part fails, all are stopped.</summary>
    /// <exception cref="AggregateException">What the failed parts threw.</exception>
    public Task RunAsync(CancellationToken cancellationToken) =>
        TogetherAsync([WatchAsync, WorkAsync], cancellationToken);

    /// <summary>Follows the store until cancelled, and works on nothing: what it hears waits for <see cref="WorkAsync"/>.</summary>
    /// <exception cref="AggregateException">What the failed parts threw.</exception>
    public Task WatchAsync(CancellationToken cancellationToken) =>
        TogetherAsync(
            _informers.Select(static informer => (Func<CancellationToken, Task>)informer.RunAsync),
            cancellationToken
        );

    /// <summary>Works until cancelled, once what is watched is whole, then waits for the passes under way.</summary>
    /// <exception cref="AggregateException">What the failed parts threw.</exception>
    public async Task WorkAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Synced.WaitAsync(cancellationToken);
            _started.TrySetResult();
            await TogetherAsync(
                _controllers.Select(static each => (Func<CancellationToken, Task>)each.RunAsync),
                cancellationToken
            );
        }
        finally
        {
            _started.TrySetCanceled(CancellationToken.None);
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

    // What fails takes the others with it: half of it would decide on half a picture.
    private static async Task TogetherAsync(
        IEnumerable<Func<CancellationToken, Task>> parts,
        CancellationToken cancellationToken
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = parts.Select(part => part(stop.Token)).ToList();
        await Task.WhenAny(running);
        await stop.CancelAsync();
        await EndAsync(running);
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
            catch (AggregateException several)
            {
                failures.AddRange(several.InnerExceptions);
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

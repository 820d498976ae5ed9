using System.Collections.Concurrent;
using System.Diagnostics;
using ExchangeVirt.Runtime.Informers;
using ExchangeVirt.Runtime.Queueing;
using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace ExchangeVirt.Runtime;

/// <summary>Works until cancelled; the part of a controller that a host needs.</summary>
public interface IController
{
    /// <summary>Whether no object is ready or being worked on; delayed ones may be left.</summary>
    bool IsIdle { get; }

    /// <summary>Works until cancelled; passes under way are ended before it returns.</summary>
    Task RunAsync(CancellationToken cancellationToken);
}

/// <summary>
/// Feeds the objects of a kind to an <see cref="IEntityController{T}"/>, one pass at a time for each object, and decides in
/// one place when to look again.
/// </summary>
public sealed partial class Controller<T> : IController, IDisposable
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private readonly IEntityController<T> _entityController;
    private readonly FinalizerRunner<T> _finalizers;
    private readonly UnreadableObjects<T> _unreadable;
    private readonly IResourceStore _store;
    private readonly Informer<T> _informer;
    private readonly ResourceCache<T> _cache;
    private readonly ControllerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly WorkQueue<ResourceKey> _queue;
    private readonly ConcurrentDictionary<ResourceKey, T> _gone = new();
    private readonly string _kind = ResourceType.Of<T>().Kind;
    private readonly string _span = $"Reconcile {ResourceType.Of<T>().Kind}";
    private readonly ControllerMetrics _metrics;

    /// <summary>Makes a controller that hears of every change that the informer sees, and works when it runs.</summary>
    /// <param name="entityController">Makes the passes.</param>
    /// <param name="finalizers">Run in this order before a deleted object goes.</param>
    /// <param name="store">Where finalizers are written, and where an object is read after a conflict.</param>
    /// <param name="informer">Where objects are read; must not run yet.</param>
    /// <param name="options">Workers, resync and back-off.</param>
    /// <param name="time">The clock.</param>
    /// <param name="chance">Yields numbers from 0 (inclusive) to 1 (exclusive), for jitter.</param>
    /// <param name="logger">Hears of failures.</param>
    public Controller(
        IEntityController<T> entityController,
        IReadOnlyList<IEntityFinalizer<T>> finalizers,
        IResourceStore store,
        Informer<T> informer,
        ControllerOptions options,
        TimeProvider time,
        Func<double> chance,
        ILogger<Controller<T>> logger
    )
    {
        _entityController = entityController;
        _finalizers = new FinalizerRunner<T>(finalizers, store);
        _unreadable = new UnreadableObjects<T>(store, options, [.. finalizers.Select(static each => each.Identifier)]);
        _store = store;
        _informer = informer;
        _cache = informer.Cache;
        _options = options;
        _time = time;
        _logger = logger;
        // Named as controller-runtime does where nobody says otherwise.
        var name = _kind.ToLowerInvariant();
        _metrics = new ControllerMetrics(name, options.Workers);
        _queue = new WorkQueue<ResourceKey>(new WorkQueueOptions(name) { Backoff = options.Backoff }, time, chance);
        informer.AddHandler(OnChange);
        informer.AddUnreadableHandler(unreadable => _queue.Add(unreadable.Key));
    }

    /// <inheritdoc />
    public bool IsIdle => _queue.IsIdle;

    /// <summary>Asks for a pass over one object, as after something in the world around it changed.</summary>
    public void Enqueue(ResourceKey key, WorkPriority priority = WorkPriority.Change) => _queue.Add(key, priority);

    /// <summary>Asks for a pass over one object later.</summary>
    public void EnqueueAfter(ResourceKey key, TimeSpan delay, WorkPriority priority = WorkPriority.Change) =>
        _queue.AddAfter(key, delay, priority);

    /// <inheritdoc />
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.Register(_queue.ShutDown);
        Task[] loops =
        [
            ResyncAsync(cancellationToken),
            .. Enumerable.Range(0, _options.Workers).Select(_ => WorkAsync(cancellationToken)),
        ];
        await Task.WhenAll(loops);
    }

    /// <inheritdoc />
    public void Dispose() => _queue.Dispose();

    private void OnChange(ResourceChange<T> change)
    {
        // Deleted and made again between two passes: the new one has another UID, and the old one must be let go first.
        if (change.Before is { } before && before.Metadata.Uid != change.After?.Metadata.Uid)
        {
            _gone[change.Key] = before;
        }

        _queue.Add(change.Key);
    }

    private async Task ResyncAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(_options.ResyncPeriod, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                foreach (var key in _cache.Keys())
                {
                    _queue.Add(key, WorkPriority.Resync);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping is how this ends.
        }
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        // A controller that never truly waits would else keep its first worker's caller from starting the second.
        await Task.Yield();
        while (await _queue.TakeAsync() is { } key)
        {
            var started = _time.GetTimestamp();
            _metrics.Begin();
            try
            {
                await ProcessAsync(key, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // The pass was asked to stop; what it left undone is seen by the first pass of the next process.
            }
            finally
            {
                _queue.Done(key);
                _metrics.End(_time.GetElapsedTime(started));
            }
        }
    }

    private async Task ProcessAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        using var span = RuntimeTracing.Source.StartActivity(_span);
        span?.SetTag("reconcile.kind", _kind)
            .SetTag("reconcile.namespace", key.Namespace)
            .SetTag("reconcile.name", key.Name);
        Outcome outcome;
        try
        {
            outcome = await PassAsync(key, cancellationToken);
        }
        catch (Exception exception)
            when (exception is not OperationCanceledException && cancellationToken.IsCancellationRequested)
        {
            // Whatever it met, the next process sees it: a pass that fails while everything stops fails nothing else.
            LogStopped(exception, _kind, key);
            return;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            outcome = new Outcome(IsSuccess: false, "The pass failed.", exception, RequeueAfter: null);
        }

        var (word, delay) = Requeue(key, outcome);
        _metrics.Count(word);
        span?.SetTag("reconcile.result", word);
        if (outcome.IsWaiting)
        {
            LogWaiting(_kind, key, outcome.Message, delay.TotalSeconds);
        }
        else if (!outcome.IsSuccess)
        {
            Fail(key, outcome, delay, span);
        }
    }

    private void Fail(ResourceKey key, Outcome outcome, TimeSpan delay, Activity? span)
    {
        var stack = outcome.Error is { } error ? ExpectedFailure.StackOf(error) : null;
        _metrics.Fail(isMistake: stack is not null);
        span?.SetTag("error.type", outcome.Error?.GetType().FullName)
            .SetStatus(ActivityStatusCode.Error, outcome.Message);
        LogFailure(stack, _kind, key, outcome.Describe(), delay.TotalSeconds);
    }

    // The one place that decides when an object is looked at again.
    private (string Word, TimeSpan Delay) Requeue(ResourceKey key, Outcome outcome)
    {
        switch (outcome)
        {
            case { IsSuccess: true, RequeueAfter: null }:
                _queue.Forget(key);
                return (ControllerMetrics.Success, TimeSpan.Zero);
            case { IsSuccess: true, RequeueAfter: { } after }:
                _queue.Forget(key);
                _queue.AddAfter(key, after);
                return (ControllerMetrics.RequeueAfter, after);
            case { RequeueAfter: { } after }:
                _queue.AddAfter(key, after);
                return (outcome.IsWaiting ? ControllerMetrics.RequeueAfter : ControllerMetrics.Error, after);
            default:
                return (ControllerMetrics.Error, _queue.AddRateLimited(key));
        }
    }

    private async Task<Outcome> PassAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        if (_gone.TryGetValue(key, out var gone))
        {
            var released = await _entityController.DeletedAsync(gone.Copy(), cancellationToken);
            if (released.IsFailure)
            {
                return Outcome.Of(released);
            }

            // Only this one: it may have been made and deleted again meanwhile.
            _gone.TryRemove(KeyValuePair.Create(key, gone));
        }

        // What cannot be understood is not worked on, though an older form of it is known: it may ask for the opposite.
        if (_informer.FindUnreadable(key) is { } unreadable)
        {
            await _unreadable.PassAsync(unreadable, cancellationToken);
            return new Outcome(IsSuccess: true, "", Error: null, RequeueAfter: null);
        }

        try
        {
            return await PassAsync(key, _cache.Get(key)?.Copy(), cancellationToken);
        }
        catch (ResourceUnreadableException misfit) when (misfit.Resource.Key == key)
        {
            // The watch has not told so, and may never: one that was begun under an older definition drops what that did not know.
            await _unreadable.PassAsync(misfit.Resource, cancellationToken);
            return new Outcome(IsSuccess: true, "", Error: null, RequeueAfter: null);
        }
    }

    private async Task<Outcome> PassAsync(ResourceKey key, T? entity, CancellationToken cancellationToken)
    {
        for (var attempt = 0; entity is not null; attempt++)
        {
            try
            {
                return Outcome.Of(await PassAsync(entity, cancellationToken));
            }
            catch (Exception exception)
                when (exception is ResourceConflictException or ResourceNotFoundException
                    && attempt < _options.ConflictRetries
                )
            {
                // The cache lags behind the write that won, so the store is asked.
                LogConflict(_kind, key, exception.Message);
                entity = await _store.GetAsync<T>(key, cancellationToken);
            }
        }

        return new Outcome(IsSuccess: true, "", Error: null, RequeueAfter: null);
    }

    private async Task<ReconciliationResult<T>> PassAsync(T entity, CancellationToken cancellationToken)
    {
        if (entity.Metadata.DeletionTimestamp is not null)
        {
            return await _finalizers.FinalizeAsync(entity, cancellationToken);
        }

        entity = await _finalizers.AttachAsync(entity, cancellationToken);
        return await _entityController.ReconcileAsync(entity, cancellationToken);
    }

    [LoggerMessage(
        EventId = 4011,
        Level = LogLevel.Error,
        Message = "A pass over {Kind} {Key} failed: {Problem} Trying again in {Seconds:0.#} s"
    )]
    private partial void LogFailure(Exception? exception, string kind, ResourceKey key, string problem, double seconds);

    [LoggerMessage(EventId = 4012, Level = LogLevel.Debug, Message = "{Kind} {Key} changed during the pass: {Problem}")]
    private partial void LogConflict(string kind, ResourceKey key, string problem);

    [LoggerMessage(
        EventId = 4014,
        Level = LogLevel.Debug,
        Message = "A pass over {Kind} {Key} failed while everything stopped"
    )]
    private partial void LogStopped(Exception exception, string kind, ResourceKey key);

    [LoggerMessage(
        EventId = 4013,
        Level = LogLevel.Debug,
        Message = "A pass over {Kind} {Key} waits: {Problem} Looking again in {Seconds:0.#} s"
    )]
    private partial void LogWaiting(string kind, ResourceKey key, string problem, double seconds);

    private sealed record Outcome(bool IsSuccess, string Message, Exception? Error, TimeSpan? RequeueAfter)
    {
        public bool IsWaiting { get; private init; }

        public string Describe() => Error is null ? Message : $"{Message} {ExpectedFailure.Describe(Error)}";

        public static Outcome Of(ReconciliationResult<T> result) =>
            new(result.IsSuccess, result.ErrorMessage ?? "", result.Error, result.RequeueAfter)
            {
                IsWaiting = result.IsWaiting,
            };
    }
}

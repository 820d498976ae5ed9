using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace ExchangeVirt.Runtime.Informers;

/// <summary>Fills a cache from a store and keeps it so, whatever happens to the watch.</summary>
public interface IInformer
{
    /// <summary>Completes when the cache holds what the store held at the first list.</summary>
    Task Synced { get; }

    /// <summary>Works until cancelled.</summary>
    Task RunAsync(CancellationToken cancellationToken);
}

/// <summary>
/// Lists, then watches from the list's version, and lists again when the version has expired. Objects that vanished between
/// two lists are told as deleted.
/// </summary>
public sealed partial class Informer<T> : IInformer
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private readonly IResourceStore _store;
    private readonly InformerOptions _options;
    private readonly TimeProvider _time;
    private readonly Func<double> _chance;
    private readonly ILogger _logger;
    private readonly List<Action<ResourceChange<T>>> _handlers = [];
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _resourceVersion;
    private int _failures;

    /// <summary>Makes an informer that does nothing until it runs.</summary>
    /// <param name="store">Where the objects are.</param>
    /// <param name="options">Idle time and back-off.</param>
    /// <param name="time">The clock.</param>
    /// <param name="chance">Yields numbers from 0 (inclusive) to 1 (exclusive), for jitter.</param>
    /// <param name="logger">Hears of failures.</param>
    public Informer(
        IResourceStore store,
        InformerOptions options,
        TimeProvider time,
        Func<double> chance,
        ILogger<Informer<T>> logger
    )
    {
        _store = store;
        _options = options;
        _time = time;
        _chance = chance;
        _logger = logger;
    }

    /// <summary>The objects as last heard.</summary>
    public ResourceCache<T> Cache { get; } = new();

    /// <inheritdoc />
    public Task Synced => _synced.Task;

    /// <summary>The version that the cache has reached; null before the first list.</summary>
    public string? ResourceVersion => Volatile.Read(ref _resourceVersion);

    /// <summary>Adds a handler that is told of every change after the cache has it. It only enqueues keys; it must not throw.</summary>
    /// <remarks>Add handlers before the informer runs, or they miss what is there.</remarks>
    public void AddHandler(Action<ResourceChange<T>> handler) => _handlers.Add(handler);

    /// <inheritdoc />
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        string? from = null;
        while (true)
        {
            var started = _time.GetTimestamp();
            TimeSpan rest;
            try
            {
                from ??= await ListAsync(cancellationToken);
                await WatchAsync(from, cancellationToken);
                _failures = 0;
                rest = _options.LeastPeriod - _time.GetElapsedTime(started);
            }
            catch (ResourceVersionExpiredException) when (!cancellationToken.IsCancellationRequested)
            {
                // What is watched from is gone for good; a store that expires every list is slowed down all the same.
                _resourceVersion = null;
                rest = RestAfterFailure(started);
            }
            catch (Exception exception)
            {
                // Stopping may cut a watch short in any way (it may just have counted as silent): that is no failure.
                cancellationToken.ThrowIfCancellationRequested();
                rest = RestAfterFailure(started);
                LogFailure(exception, ResourceType.Of<T>().Kind, rest.TotalSeconds);
            }

            from = _resourceVersion;
            if (rest > TimeSpan.Zero)
            {
                await Task.Delay(rest, _time, cancellationToken);
            }
        }
    }

    private TimeSpan RestAfterFailure(long started)
    {
        // A watch that lived long was healthy; counting from its first event would let a store that always breaks after
        // one event be asked without end.
        _failures = _time.GetElapsedTime(started) >= _options.Healthy ? 1 : _failures + 1;
        return _options.Backoff.Delay(_failures, _chance());
    }

    private async Task<string> ListAsync(CancellationToken cancellationToken)
    {
        var list = await _store.ListAsync<T>(cancellationToken);
        var gone = Cache.Keys().ToHashSet();
        foreach (var unreadable in list.Unreadable)
        {
            gone.Remove(unreadable.Key);
            LogUnreadable(ResourceType.Of<T>().Kind, unreadable.Key, unreadable.Message);
        }

        foreach (var entity in list.Items)
        {
            var key = entity.Key();
            gone.Remove(key);
            Apply(key, entity);
        }

        foreach (var key in gone)
        {
            Apply(key, null);
        }

        Volatile.Write(ref _resourceVersion, list.ResourceVersion);
        _synced.TrySetResult();
        return list.ResourceVersion;
    }

    private async Task WatchAsync(string from, CancellationToken cancellationToken)
    {
        using var idle = new CancellationTokenSource(_options.Idle, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, idle.Token);
        try
        {
            await foreach (var change in _store.WatchAsync<T>(from, either.Token))
            {
                idle.CancelAfter(_options.Idle);
                if (change.Object is { } entity)
                {
                    Apply(entity.Key(), change.Type is ResourceEventType.Deleted ? null : entity);
                }
                else if (change.Type is not ResourceEventType.Bookmark)
                {
                    // Some object cannot be read; only a list can tell which, and whether it still exists.
                    throw new ResourceVersionExpiredException("A change of an unreadable object was told.");
                }

                Volatile.Write(ref _resourceVersion, change.ResourceVersion);
            }
        }
        catch (OperationCanceledException canceled) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The watch was silent for {_options.Idle}.", canceled);
        }
    }

    private void Apply(ResourceKey key, T? entity)
    {
        var before = Cache.Set(key, entity);
        if (before is null && entity is null)
        {
            return;
        }

        // A list after an expired watch tells mostly what is known already.
        if (before?.Metadata.ResourceVersion is { } version && version == entity?.Metadata.ResourceVersion)
        {
            return;
        }

        var change = new ResourceChange<T>(key, before, entity);
        foreach (var handler in _handlers)
        {
            handler(change);
        }
    }

    [LoggerMessage(
        EventId = 4001,
        Level = LogLevel.Warning,
        Message = "Listing or watching {Kind} failed; trying again in {Seconds:0.#} s"
    )]
    private partial void LogFailure(Exception exception, string kind, double seconds);

    [LoggerMessage(EventId = 4002, Level = LogLevel.Warning, Message = "{Kind} {Key} cannot be read: {Problem}")]
    private partial void LogUnreadable(string kind, ResourceKey key, string problem);
}

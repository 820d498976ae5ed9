using System.Collections.Concurrent;
using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace ExchangeVirt.Runtime.Informers;

/// <summary>Fills a cache from a store and keeps it so, whatever happens to the watch.</summary>
public interface IInformer
{
    /// <summary>The kind that it follows.</summary>
    string Kind { get; }

    /// <summary>Completes when the cache holds what the store held at the first list.</summary>
    Task Synced { get; }

    /// <summary>How long ago the store was last heard: by a list, an event or a bookmark. What is cached may be older by no more.</summary>
    TimeSpan SinceHeard { get; }

    /// <summary>How long ago the store was last heard or asked; one that neither hears nor asks is stuck.</summary>
    TimeSpan SinceActive { get; }

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
    private readonly List<Action<UnreadableResource>> _unreadableHandlers = [];
    private readonly ConcurrentDictionary<ResourceKey, UnreadableResource> _unreadable = new();
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _resourceVersion;
    private long _heardAt;
    private long _activeAt;
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
        _heardAt = time.GetTimestamp();
        _activeAt = _heardAt;
    }

    /// <summary>The objects as last heard. One that cannot be read any more stays as it was when it last could.</summary>
    public ResourceCache<T> Cache { get; } = new();

    /// <summary>The objects that cannot be read as they are now, in no particular order.</summary>
    public IReadOnlyCollection<UnreadableResource> Unreadable =>
        (IReadOnlyCollection<UnreadableResource>)_unreadable.Values;

    /// <inheritdoc />
    public string Kind => ResourceType.Of<T>().Kind;

    /// <inheritdoc />
    public Task Synced => _synced.Task;

    /// <inheritdoc />
    public TimeSpan SinceHeard => _time.GetElapsedTime(Volatile.Read(ref _heardAt));

    /// <inheritdoc />
    public TimeSpan SinceActive => _time.GetElapsedTime(Volatile.Read(ref _activeAt));

    /// <summary>The version that the cache has reached; null before the first list.</summary>
    public string? ResourceVersion => Volatile.Read(ref _resourceVersion);

    /// <summary>Adds a handler that is told of every change after the cache has it. It only enqueues keys; it must not throw.</summary>
    /// <remarks>Add handlers before the informer runs, or they miss what is there.</remarks>
    public void AddHandler(Action<ResourceChange<T>> handler) => _handlers.Add(handler);

    /// <summary>Adds a handler that is told of every object that cannot be read, and once more when it can be again or is gone, after the cache has it.</summary>
    /// <remarks>Like the others it only enqueues keys. <see cref="FindUnreadable"/> tells which of both it is.</remarks>
    public void AddUnreadableHandler(Action<UnreadableResource> handler) => _unreadableHandlers.Add(handler);

    /// <summary>Finds an object that cannot be read as it is now.</summary>
    /// <returns>Null where it can be, and where there is none.</returns>
    public UnreadableResource? FindUnreadable(ResourceKey key) => _unreadable.GetValueOrDefault(key);

    /// <inheritdoc />
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        string? from = null;
        while (true)
        {
            var started = _time.GetTimestamp();
            Volatile.Write(ref _activeAt, started);
            TimeSpan rest;
            try
            {
                from ??= await ListAsync(cancellationToken);
                await WatchAsync(from, cancellationToken);
                _failures = 0;
                rest = _options.LeastPeriod - _time.GetElapsedTime(started);
            }
            catch (SilentWatchException silent) when (!cancellationToken.IsCancellationRequested)
            {
                // Either nothing happens there and the server says so seldom, or it is gone: opening it anew tells which.
                rest = TimeSpan.Zero;
                LogSilent(Kind, silent.Message);
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
                LogFailure(
                    ExpectedFailure.StackOf(exception),
                    Kind,
                    ExpectedFailure.Describe(exception),
                    rest.TotalSeconds
                );
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
        var gone = Cache.Keys().Concat(_unreadable.Keys).ToHashSet();
        foreach (var unreadable in list.Unreadable)
        {
            gone.Remove(unreadable.Key);
            Apply(unreadable);
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

        Hear(list.ResourceVersion);
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
                var key = change.Object?.Key() ?? change.Unreadable?.Key;
                if (key is { } gone && change.Type is ResourceEventType.Deleted)
                {
                    Apply(gone, null);
                }
                else if (change.Object is { } entity)
                {
                    Apply(entity.Key(), entity);
                }
                else if (change.Unreadable is { } unreadable)
                {
                    Apply(unreadable);
                }

                Hear(change.ResourceVersion);
            }
        }
        catch (OperationCanceledException canceled) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SilentWatchException($"Nothing was heard for {_options.Idle}.", canceled);
        }
    }

    private void Hear(string version)
    {
        Volatile.Write(ref _resourceVersion, version);
        var now = _time.GetTimestamp();
        Volatile.Write(ref _heardAt, now);
        Volatile.Write(ref _activeAt, now);
    }

    private void Apply(UnreadableResource unreadable)
    {
        _unreadable[unreadable.Key] = unreadable;
        LogUnreadable(Kind, unreadable.Key, unreadable.Message);
        Tell(unreadable);
    }

    private void Tell(UnreadableResource unreadable)
    {
        foreach (var handler in _unreadableHandlers)
        {
            handler(unreadable);
        }
    }

    private void Apply(ResourceKey key, T? entity)
    {
        // The cache has it first: between the two it is unreadable still, and never the last good state taken for the present one.
        var before = Cache.Set(key, entity);
        if (_unreadable.TryRemove(key, out var unreadable))
        {
            Tell(unreadable);
        }

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
        Message = "Listing or watching {Kind} failed: {Problem} Trying again in {Seconds:0.#} s"
    )]
    private partial void LogFailure(Exception? exception, string kind, string problem, double seconds);

    [LoggerMessage(EventId = 4003, Level = LogLevel.Debug, Message = "The watch of {Kind} is opened anew: {Why}")]
    private partial void LogSilent(string kind, string why);

    [LoggerMessage(EventId = 4002, Level = LogLevel.Warning, Message = "{Kind} {Key} cannot be read: {Problem}")]
    private partial void LogUnreadable(string kind, ResourceKey key, string problem);

    private sealed class SilentWatchException(string message, Exception cause) : Exception(message, cause);
}

using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ExchangeVirt.Runtime.Manifests;
using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace ExchangeVirt.Runtime.Directories;

/// <summary>
/// Plays the API server for a directory: people own the manifests, the operator owns the state beside them. Every write is
/// on the disk before it is seen by anyone.
/// </summary>
/// <remarks>
/// Files are written under one lock and without yielding: writes are small, and their order is the order of versions.
/// </remarks>
public sealed partial class DirectoryStore : IResourceStore, IControlState, IDisposable
{
    private readonly Lock _lock = new();
    private readonly DirectoryStoreOptions _options;
    private readonly IManifestParser _parser;
    private readonly TimeProvider _time;
    private readonly Func<Guid> _newUid;
    private readonly IChangeHints _hints;
    private readonly ILogger _logger;
    private readonly StateLayout _layout;
    private readonly StateLock _held;
    private readonly StateFiles _files;
    private readonly EventFiles _events;
    private readonly DirectoryControlState _control;
    private readonly DirectoryRequests _requests;
    private readonly SettledManifests _manifests;
    private readonly ChangeHistory _history;
    private readonly Dictionary<ObjectId, StoredObject> _objects;
    private bool _disposed;

    private DirectoryStore(
        DirectoryStoreOptions options,
        IManifestParser parser,
        TimeProvider time,
        Func<Guid> newUid,
        IChangeHints hints,
        ILogger logger,
        StateLock held
    )
    {
        (_options, _parser, _time, _newUid, _hints, _logger, _held) = (
            options,
            parser,
            time,
            newUid,
            hints,
            logger,
            held
        );
        _layout = new StateLayout(options.StateDirectory);
        (_files, var objects) = StateFiles.Open(_layout, LogRecovered);
        _objects = objects.ToDictionary(entry => entry.Id);
        _history = new ChangeHistory(_files.Version, options.History);
        _files.Tidy();
        _events = new EventFiles(_layout, LogRecovered);
        _events.Prune(_objects.Keys.ToHashSet(), time.GetUtcNow() - TimeSpan.FromDays(1));
        _control = new DirectoryControlState(options.StateDirectory, time);
        _requests = new DirectoryRequests(options.StateDirectory);
        _manifests = new SettledManifests(
            new ManifestScanner(options.ManifestDirectory, _layout.Root, options.Limits),
            options.Settle,
            options.Reread,
            time
        );

        // Made here so that they can be watched.
        Directory.CreateDirectory(_layout.Requests);
        Directory.CreateDirectory(_layout.Control);
    }

    /// <summary>Takes a state directory for this process and reads it.</summary>
    /// <param name="options">The two directories and the rules.</param>
    /// <param name="parser">Understands the manifests.</param>
    /// <param name="time">The clock.</param>
    /// <param name="newUid">Makes UIDs of new objects.</param>
    /// <param name="hints">Shortens the wait for the next look.</param>
    /// <param name="logger">Hears of what is wrong with manifests and state.</param>
    /// <exception cref="StateLockedException">Another operator has the state directory.</exception>
    /// <exception cref="StateVersionException">The state is of a newer version of the product.</exception>
    /// <exception cref="StateDamagedException">An object's state cannot be read, nor the copy before it.</exception>
    public static DirectoryStore Open(
        DirectoryStoreOptions options,
        IManifestParser parser,
        TimeProvider time,
        Func<Guid> newUid,
        IChangeHints hints,
        ILogger<DirectoryStore> logger
    )
    {
        var held = StateLock.Acquire(new StateLayout(options.StateDirectory), time);
        try
        {
            return new DirectoryStore(options, parser, time, newUid, hints, logger, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public Task<ResourceList<T>> ListAsync<T>(CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        List<StoredObject> entries;
        string version;
        lock (_lock)
        {
            var kind = ResourceType.Of<T>().Kind;
            entries = [.. _objects.Values.Where(entry => entry.Kind == kind && !entry.Ended)];
            version = Text(_files.Version);
        }

        List<T> items = [];
        List<UnreadableResource> unreadable = [];
        foreach (var entry in entries)
        {
            var (entity, misfit) = Read<T>(entry);
            if (entity is not null)
            {
                items.Add(entity);
            }
            else
            {
                unreadable.Add(misfit!);
            }
        }

        return Task.FromResult(new ResourceList<T>(items, version) { Unreadable = unreadable });
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<ResourceEvent<T>> WatchAsync<T>(
        string fromResourceVersion,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var kind = ResourceType.Of<T>().Kind;
        var reached = long.TryParse(fromResourceVersion, CultureInfo.InvariantCulture, out var from) ? from : -1;
        while (true)
        {
            var (changes, version, added) = ChangesAfter(kind, reached, fromResourceVersion);
            foreach (var change in changes)
            {
                var (entity, misfit) = Read<T>(change.Entry);
                yield return new ResourceEvent<T>(change.Type, entity, Text(change.Version)) { Unreadable = misfit };
            }

            reached = version;
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var quiet = Task.Delay(_options.BookmarkInterval, _time, enough.Token);
            var isQuiet = await Task.WhenAny(added, quiet) == quiet;
            await enough.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
            if (isQuiet)
            {
                yield return new ResourceEvent<T>(ResourceEventType.Bookmark, Object: null, Text(reached));
            }
        }
    }

    /// <inheritdoc />
    public Task<T?> GetAsync<T>(ResourceKey key, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        lock (_lock)
        {
            if (Find(new ObjectId(ResourceType.Of<T>().Kind, key)) is not { } entry)
            {
                return Task.FromResult<T?>(null);
            }

            var (entity, misfit) = Read<T>(entry);
            return Task.FromResult<T?>(entity ?? throw new ResourceUnreadableException(misfit!));
        }
    }

    /// <inheritdoc />
    public Task<T> UpdateStatusAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        using var document = JsonDocument.Parse(KubernetesJson.Serialize(entity));
        var status =
            document.RootElement.TryGetProperty("status", out var said) && said.ValueKind is not JsonValueKind.Null
                ? new RawJson(CanonicalJson.Of(said))
                : null;
        lock (_lock)
        {
            var entry = Current_NeedsLock(entity);
            return Task.FromResult(
                ObjectView.As<T>(entry.Status == status ? entry : Put_NeedsLock(entry with { Status = status }))
            );
        }
    }

    /// <inheritdoc />
    public Task<T> PatchMetadataAsync<T>(T entity, MetadataPatch patch, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        lock (_lock)
        {
            return Task.FromResult(ObjectView.As<T>(Patch_NeedsLock(Current_NeedsLock(entity), patch)));
        }
    }

    /// <inheritdoc />
    public Task<bool> DeleteAsync<T>(ResourceKey key, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return Task.FromResult(Delete_NeedsLock(new ObjectId(ResourceType.Of<T>().Kind, key)));
        }
    }

    /// <inheritdoc />
    /// <remarks>A directory that vanishes deletes nothing, and a kind has no object here that could be deleted.</remarks>
    public Task<ScopeEnding?> FindScopeEndingAsync<T>(ResourceKey key, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => Task.FromResult<ScopeEnding?>(null);

    /// <inheritdoc />
    public Task RecordEventAsync(EventRecord record, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _events.Add(record);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<EventRecord>> ListEventsAsync(
        string? kind,
        ResourceKey? key,
        CancellationToken cancellationToken
    )
    {
        lock (_lock)
        {
            return Task.FromResult(_events.List(kind, key));
        }
    }

    /// <inheritdoc />
    public string CommandOptions => _control.CommandOptions;

    /// <inheritdoc />
    public Task<ControlValue?> GetControlAsync(string name, CancellationToken cancellationToken) =>
        _control.GetControlAsync(name, cancellationToken);

    /// <inheritdoc />
    public Task<ControlValue> SetControlAsync(
        string name,
        string value,
        string? expectedRevision,
        CancellationToken cancellationToken
    ) => _control.SetControlAsync(name, value, expectedRevision, cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<ControlValue?> WatchControlAsync(string name, CancellationToken cancellationToken) =>
        _control.WatchControlAsync(name, cancellationToken);

    /// <summary>Releases the state directory; nothing is written to it any more.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            // The next owner may have it from here on: a pass that is late must not write into its state.
            _disposed = true;
            _held.Dispose();
        }
    }

    private static string Text(long version) => version.ToString(CultureInfo.InvariantCulture);

    private (IReadOnlyList<ChangeHistory.Change> Changes, long Version, Task Added) ChangesAfter(
        string kind,
        long reached,
        string from
    )
    {
        lock (_lock)
        {
            // A version from the future is one of another life of this state directory.
            var changes = reached > _files.Version ? null : _history.After(kind, reached);
            return changes is null
                ? throw new ResourceVersionExpiredException(
                    $"What happened since version {from} is not known any more."
                )
                : (changes, _files.Version, _history.Added);
        }
    }
}

using System.Runtime.CompilerServices;
using System.Text.Json;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime;
using ExchangeVirt.Runtime.Directories;
using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Operator.Tests.Support;

/// <summary>The directory store as the operator sees it: it counts what is written and does on request what an API server does.</summary>
internal sealed class StoreUnderTest(DirectoryStore inner) : IResourceStore, IControlState
{
    private readonly Lock _lock = new();
    private readonly List<string> _writes = [];
    private readonly List<EventRecord> _events = [];
    private int _controlReads;
    private int _gets;

    /// <summary>Gets or sets what is being deleted around an object.</summary>
    public Func<ResourceKey, ScopeEnding?> ScopeEnding { get; set; } = static _ => null;

    /// <summary>Gets or sets what an API server let pass that a manifest file would be refused for: it changes what is handed out.</summary>
    public Action<object> Spoil { get; set; } = static _ => { };

    /// <summary>Gets or sets what a newer version wrote into an object, so that it cannot be read; null from it: nothing.</summary>
    public Func<object, string?> Misfit { get; set; } = static _ => null;

    /// <summary>Gets or sets what is done before each write, such as another's write or a failure.</summary>
    public Action<string, object> BeforeWrite { get; set; } = static (_, _) => { };

    /// <summary>Gets or sets what reading a control value throws; null: nothing.</summary>
    public Func<string, Exception?> ControlFailure { get; set; } = static _ => null;

    /// <summary>Gets or sets what a watch of control values throws after its first value; null: nothing.</summary>
    public Func<Exception?> ControlWatchFailure { get; set; } = static () => null;

    /// <summary>Gets or sets the objects whose changes a watch that is dead does not tell, though it looks alive.</summary>
    public Func<object, bool> Unheard { get; set; } = static _ => false;

    /// <summary>Gets or sets whether such a watch is that of control values.</summary>
    public bool ControlUnheard { get; set; }

    public int ControlReads => Volatile.Read(ref _controlReads);

    public int Gets => Volatile.Read(ref _gets);

    /// <summary>Gets the writes that changed something, each as <c>what kind key</c>.</summary>
    public IReadOnlyList<string> Writes
    {
        get
        {
            lock (_lock)
            {
                return [.. _writes];
            }
        }
    }

    public IReadOnlyList<EventRecord> Events
    {
        get
        {
            lock (_lock)
            {
                return [.. _events];
            }
        }
    }

    public Task<ResourceList<T>> ListAsync<T>(CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => ListSpoiltAsync<T>(cancellationToken);

    public async IAsyncEnumerable<ResourceEvent<T>> WatchAsync<T>(
        string fromResourceVersion,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        await foreach (var change in inner.WatchAsync<T>(fromResourceVersion, cancellationToken))
        {
            if (change.Object is null || !Unheard(change.Object))
            {
                yield return change.Object is null ? change
                : UnreadOf(change.Object) is { } unread ? change with { Object = null, Unreadable = unread }
                : change with { Object = Spoilt(change.Object) };
            }
        }
    }

    public async Task<T?> GetAsync<T>(ResourceKey key, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        Interlocked.Increment(ref _gets);
        return await inner.GetAsync<T>(key, cancellationToken) is not { } entity ? null
            : UnreadOf(entity) is { } unread ? throw new ResourceUnreadableException(unread)
            : Spoilt(entity);
    }

    public async Task<T> UpdateStatusAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        BeforeWrite("status", entity);
        var version = entity.Metadata.ResourceVersion;
        var stored = await inner.UpdateStatusAsync(entity, cancellationToken);
        Note("status", stored, stored.Metadata.ResourceVersion != version);
        return Spoilt(stored);
    }

    public async Task<T> PatchMetadataAsync<T>(T entity, MetadataPatch patch, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        BeforeWrite("metadata", entity);
        var version = entity.Metadata.ResourceVersion;
        var stored = await inner.PatchMetadataAsync(entity, patch, cancellationToken);
        Note("metadata", stored, stored.Metadata.ResourceVersion != version);
        return Spoilt(stored);
    }

    public Task WriteUnreadableStatusAsync<T>(
        UnreadableResource resource,
        string status,
        CancellationToken cancellationToken
    )
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        inner.WriteUnreadableStatusAsync<T>(resource, status, cancellationToken);

    public Task WriteUnreadableFinalizersAsync<T>(
        UnreadableResource resource,
        IReadOnlyList<string> finalizers,
        CancellationToken cancellationToken
    )
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        inner.WriteUnreadableFinalizersAsync<T>(resource, finalizers, cancellationToken);

    public Task<bool> DeleteAsync<T>(ResourceKey key, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => inner.DeleteAsync<T>(key, cancellationToken);

    public Task<ScopeEnding?> FindScopeEndingAsync<T>(ResourceKey key, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        try
        {
            return Task.FromResult(ScopeEnding(key));
        }
        catch (Exception exception)
        {
            return Task.FromException<ScopeEnding?>(exception);
        }
    }

    public Task RecordEventAsync(EventRecord record, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _events.Add(record);
        }

        return inner.RecordEventAsync(record, cancellationToken);
    }

    public Task<IReadOnlyList<EventRecord>> ListEventsAsync(
        string? kind,
        ResourceKey? key,
        CancellationToken cancellationToken
    ) => inner.ListEventsAsync(kind, key, cancellationToken);

    public Task<ControlValue?> GetControlAsync(string name, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _controlReads);
        return ControlFailure(name) is { } failure
            ? Task.FromException<ControlValue?>(failure)
            : inner.GetControlAsync(name, cancellationToken);
    }

    public Task<ControlValue> SetControlAsync(
        string name,
        string value,
        string? expectedRevision,
        CancellationToken cancellationToken
    ) => inner.SetControlAsync(name, value, expectedRevision, cancellationToken);

    public async IAsyncEnumerable<ControlValue?> WatchControlAsync(
        string name,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var value in inner.WatchControlAsync(name, cancellationToken))
        {
            if (!ControlUnheard)
            {
                yield return value;
            }

            if (ControlWatchFailure() is { } failure)
            {
                throw failure;
            }
        }
    }

    private async Task<ResourceList<T>> ListSpoiltAsync<T>(CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var list = await inner.ListAsync<T>(cancellationToken);
        return list with
        {
            Items = [.. list.Items.Where(entity => UnreadOf(entity) is null).Select(Spoilt)],
            Unreadable = [.. list.Unreadable, .. list.Items.Select(UnreadOf).OfType<UnreadableResource>()],
        };
    }

    private UnreadableResource? UnreadOf<T>(T entity)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        Misfit(entity) is { } message
            ? new UnreadableResource(entity.Key(), message)
            {
                Json = JsonSerializer.Serialize(entity, ResourceJson.Options),
            }
            : null;

    private T Spoilt<T>(T entity)
        where T : class
    {
        Spoil(entity);
        return entity;
    }

    private void Note<T>(string what, T stored, bool changed)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        if (changed)
        {
            lock (_lock)
            {
                _writes.Add($"{what} {stored.Kind} {stored.Metadata.NamespaceProperty}/{stored.Metadata.Name}");
            }
        }
    }
}

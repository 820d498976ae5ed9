using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Runtime.Kubernetes;

/// <summary>
/// Keeps the objects in a cluster: lists by pages, watches from a version, and writes only what is the operator's own. Nothing
/// that a user or a GitOps tool owns is ever written.
/// </summary>
public sealed class KubernetesStore : IResourceStore
{
    private static readonly ResourceType s_namespaces = new("", "v1", "Namespace", "namespaces");
    private static readonly ResourceType s_definitions = new(
        "apiextensions.k8s.io",
        "v1",
        "CustomResourceDefinition",
        "customresourcedefinitions"
    );

    private readonly KubernetesApi _api;
    private readonly KubernetesStoreOptions _options;
    private readonly Func<double> _chance;
    private readonly StatusMemory _memory = new();
    private readonly ObjectReader _reader;
    private readonly StatusWriter _status;
    private readonly EventWriter _events;

    /// <summary>Makes the store.</summary>
    /// <param name="api">The connection; it stays the caller's.</param>
    /// <param name="options">Names and limits.</param>
    /// <param name="chance">Yields numbers from 0 (inclusive) to 1 (exclusive), so that watches do not all end at once.</param>
    public KubernetesStore(KubernetesApi api, KubernetesStoreOptions options, Func<double> chance)
    {
        _api = api;
        _options = options;
        _chance = chance;
        _reader = new ObjectReader(options.Json, _memory, options.FieldManager);
        _status = new StatusWriter(api, options.FieldManager);
        _events = new EventWriter(api, options);
    }

    /// <inheritdoc />
    public async Task<ResourceList<T>> ListAsync<T>(CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var type = ResourceType.Of<T>();
        List<T> items = [];
        List<UnreadableResource> unreadable = [];
        string? version = null;
        await foreach (var page in PagedList.ReadAsync(_api, ApiPath.Of(type), _options.PageSize, cancellationToken))
        {
            version = ObjectReader.VersionOf(page);
            foreach (var element in page.GetProperty("items").EnumerateArray())
            {
                var (entity, misfit) = _reader.Read<T>(element);
                if (entity is not null)
                {
                    items.Add(entity);
                }
                else
                {
                    unreadable.Add(misfit!);
                }
            }
        }

        if (version is null)
        {
            throw NotServed(type);
        }

        _memory.Keep(type, items.Select(static entity => entity.Key()).ToHashSet());
        return new ResourceList<T>(items, version) { Unreadable = unreadable };
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<ResourceEvent<T>> WatchAsync<T>(
        string fromResourceVersion,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var type = ResourceType.Of<T>();
        // A version is the server's own word; one that it would read as «now» or «any» is none to go on from.
        if (fromResourceVersion is "" or "0")
        {
            throw new ResourceVersionExpiredException($"«{fromResourceVersion}» is no version to watch from.");
        }

        var seconds = (int)(_options.WatchLifetime.TotalSeconds * (1 + _chance()));
        var path = string.Create(
            CultureInfo.InvariantCulture,
            $"{ApiPath.Of(type)}?watch=true&allowWatchBookmarks=true&resourceVersion={ApiPath.Escape(fromResourceVersion)}&timeoutSeconds={seconds}"
        );
        await foreach (var change in WatchStream.ReadAsync(_api, path, cancellationToken))
        {
            using (change)
            {
                var element = change.Object;
                if (change.Type is ResourceEventType.Bookmark)
                {
                    yield return new ResourceEvent<T>(change.Type, Object: null, ObjectReader.VersionOf(element));
                    continue;
                }

                var (entity, misfit) = _reader.Read<T>(element);
                if (change.Type is ResourceEventType.Deleted)
                {
                    _memory.Forget(type, ObjectReader.KeyOf(element));
                }

                yield return new ResourceEvent<T>(change.Type, entity, ObjectReader.VersionOf(element))
                {
                    Unreadable = misfit,
                };
            }
        }
    }

    /// <inheritdoc />
    public async Task<T?> GetAsync<T>(ResourceKey key, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        using var document = await _api.TryGetAsync(ApiPath.Of(ResourceType.Of<T>(), key), cancellationToken);
        return document is null ? null : Must<T>(document);
    }

    /// <inheritdoc />
    public async Task<T> UpdateStatusAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var type = ResourceType.Of<T>();
        var key = entity.Key();
        var status = _reader.StatusOf(entity) ?? "{}";
        if (_memory.IsSame(type, key, entity.Metadata.ResourceVersion, status))
        {
            return entity;
        }

        using var written = await _status.WriteAsync(
            type,
            key,
            entity.Metadata.ResourceVersion,
            status,
            _memory.IsClaimed(type, key),
            cancellationToken
        );
        var stored = Must<T>(written);
        _memory.NoteKept(type, key, status, _reader.StatusOf(stored) ?? "{}");
        return stored;
    }

    /// <inheritdoc />
    public async Task<T> PatchMetadataAsync<T>(T entity, MetadataPatch patch, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        JsonObject metadata = [];
        if (
            patch.Finalizers is { } finalizers
            && !finalizers.SequenceEqual(entity.Metadata.Finalizers ?? [], StringComparer.Ordinal)
        )
        {
            metadata["finalizers"] = new JsonArray([.. finalizers.Select(static name => (JsonNode)name)]);
        }

        JsonObject annotations = [];
        foreach (var (name, value) in patch.SetAnnotations)
        {
            if (entity.GetAnnotation(name) != value)
            {
                annotations[name] = value;
            }
        }

        foreach (var name in patch.RemoveAnnotations.Where(name => entity.GetAnnotation(name) is not null))
        {
            annotations[name] = null;
        }

        if (annotations.Count > 0)
        {
            metadata["annotations"] = annotations;
        }

        if (metadata.Count == 0)
        {
            return entity;
        }

        using var written = await PatchMetadataAsync(
            ResourceType.Of<T>(),
            entity.Key(),
            entity.Metadata.ResourceVersion,
            metadata,
            cancellationToken
        );
        return Must<T>(written);
    }

    /// <inheritdoc />
    public async Task WriteUnreadableStatusAsync<T>(
        UnreadableResource resource,
        string status,
        CancellationToken cancellationToken
    )
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        using var written = await _status.WriteAsync(
            ResourceType.Of<T>(),
            resource.Key,
            VersionOf(resource),
            status,
            isClaimed: false,
            cancellationToken
        );
    }

    /// <inheritdoc />
    public async Task WriteUnreadableFinalizersAsync<T>(
        UnreadableResource resource,
        IReadOnlyList<string> finalizers,
        CancellationToken cancellationToken
    )
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        using var written = await PatchMetadataAsync(
            ResourceType.Of<T>(),
            resource.Key,
            VersionOf(resource),
            new JsonObject { ["finalizers"] = new JsonArray([.. finalizers.Select(static name => (JsonNode)name)]) },
            cancellationToken
        );
    }

    /// <inheritdoc />
    public async Task<bool> DeleteAsync<T>(ResourceKey key, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        try
        {
            await _api.DeleteAsync(ApiPath.Of(ResourceType.Of<T>(), key), cancellationToken);
            return true;
        }
        catch (ResourceNotFoundException)
        {
            return false;
        }
    }

    /// <inheritdoc />
    public async Task<ScopeEnding?> FindScopeEndingAsync<T>(ResourceKey key, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var type = ResourceType.Of<T>();
        var definition = new ResourceKey(null, $"{type.Plural}.{type.Group}");
        if (await IsEndingAsync(s_definitions, definition, cancellationToken))
        {
            return new ScopeEnding(ScopeKind.CustomResourceDefinition, definition.Name);
        }

        return
            key.Namespace is { } inNamespace
            && await IsEndingAsync(s_namespaces, new ResourceKey(null, inNamespace), cancellationToken)
            ? new ScopeEnding(ScopeKind.Namespace, inNamespace)
            : null;
    }

    /// <inheritdoc />
    public Task RecordEventAsync(EventRecord record, CancellationToken cancellationToken) =>
        _events.WriteAsync(record, cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<EventRecord>> ListEventsAsync(
        string? kind,
        ResourceKey? key,
        CancellationToken cancellationToken
    ) => _events.ListAsync(kind, key, cancellationToken);

    private Task<JsonDocument> PatchMetadataAsync(
        ResourceType type,
        ResourceKey key,
        string version,
        JsonObject metadata,
        CancellationToken cancellationToken
    )
    {
        metadata["resourceVersion"] = version;
        return _api.MergeAsync(
            ApiPath.Of(type, key),
            new JsonObject { ["metadata"] = metadata },
            _options.MetadataFieldManager,
            cancellationToken
        );
    }

    // One that is gone has ended.
    private async Task<bool> IsEndingAsync(ResourceType type, ResourceKey key, CancellationToken cancellationToken)
    {
        using var scope = await _api.TryGetAsync(ApiPath.Of(type, key), cancellationToken);
        return scope is null
            || (
                scope.RootElement.GetProperty("metadata").TryGetProperty("deletionTimestamp", out var deleted)
                && deleted.ValueKind is JsonValueKind.String
            );
    }

    private T Must<T>(JsonDocument document)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var (entity, misfit) = _reader.Read<T>(document.RootElement);
        return entity ?? throw new ResourceUnreadableException(misfit!);
    }

    private static string VersionOf(UnreadableResource resource)
    {
        using var document = JsonDocument.Parse(resource.Json);
        return ObjectReader.VersionOf(document.RootElement);
    }

    private static ResourceNotFoundException NotServed(ResourceType type) =>
        new(
            $"The API server does not serve {type.Plural} of {type.ApiVersion}. Install the custom resource definitions."
        );
}

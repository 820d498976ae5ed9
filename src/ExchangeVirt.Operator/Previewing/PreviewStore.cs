using System.Runtime.CompilerServices;
using ExchangeVirt.Runtime;
using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Operator.Previewing;

/// <summary>Holds objects in memory for a look at what would be done: what is written to it reaches nobody.</summary>
/// <param name="entities">The objects, of all kinds.</param>
public sealed class PreviewStore(IReadOnlyList<IKubernetesObject<V1ObjectMeta>> entities)
    : IResourceStore,
        IControlState
{
    private const string Version = "1";

    /// <inheritdoc />
    public Task<ResourceList<T>> ListAsync<T>(CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        Task.FromResult(new ResourceList<T>([.. entities.OfType<T>()], Version));

    /// <inheritdoc />
    public async IAsyncEnumerable<ResourceEvent<T>> WatchAsync<T>(
        string fromResourceVersion,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var never = new TaskCompletionSource();
        await never.Task.WaitAsync(cancellationToken);
        yield break;
    }

    /// <inheritdoc />
    public Task<T?> GetAsync<T>(ResourceKey key, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        Task.FromResult(entities.OfType<T>().FirstOrDefault(entity => entity.Key() == key));

    /// <inheritdoc />
    public Task<T> UpdateStatusAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => Task.FromResult(entity.Copy());

    /// <inheritdoc />
    public Task<T> PatchMetadataAsync<T>(T entity, MetadataPatch patch, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => throw ReadOnly();

    /// <inheritdoc />
    public Task WriteUnreadableStatusAsync<T>(
        UnreadableResource resource,
        string status,
        CancellationToken cancellationToken
    )
        where T : class, IKubernetesObject<V1ObjectMeta> => throw ReadOnly();

    /// <inheritdoc />
    public Task WriteUnreadableFinalizersAsync<T>(
        UnreadableResource resource,
        IReadOnlyList<string> finalizers,
        CancellationToken cancellationToken
    )
        where T : class, IKubernetesObject<V1ObjectMeta> => throw ReadOnly();

    /// <inheritdoc />
    public Task<bool> DeleteAsync<T>(ResourceKey key, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => throw ReadOnly();

    /// <inheritdoc />
    public Task<ScopeEnding?> FindScopeEndingAsync<T>(ResourceKey key, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => Task.FromResult<ScopeEnding?>(null);

    /// <inheritdoc />
    public Task RecordEventAsync(EventRecord record, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task<IReadOnlyList<EventRecord>> ListEventsAsync(
        string? kind,
        ResourceKey? key,
        CancellationToken cancellationToken
    ) => Task.FromResult<IReadOnlyList<EventRecord>>([]);

    /// <inheritdoc />
    public Task<ControlValue?> GetControlAsync(string name, CancellationToken cancellationToken) =>
        Task.FromResult<ControlValue?>(null);

    /// <inheritdoc />
    public Task<ControlValue> SetControlAsync(
        string name,
        string value,
        string? expectedRevision,
        CancellationToken cancellationToken
    ) => throw ReadOnly();

    /// <inheritdoc />
    public async IAsyncEnumerable<ControlValue?> WatchControlAsync(
        string name,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        yield return null;
        var never = new TaskCompletionSource();
        await never.Task.WaitAsync(cancellationToken);
    }

    private static InvalidOperationException ReadOnly() => new("A preview changes nothing.");
}

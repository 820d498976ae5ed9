using k8s;
using k8s.Models;

namespace ExchangeVirt.Runtime.Stores;

/// <summary>
/// Keeps the declared objects and what is said about them. Controllers cannot tell whether a cluster or a directory is
/// behind it. Every object handed out is the caller's own copy.
/// </summary>
public interface IResourceStore
{
    /// <summary>Lists all objects of a kind in all namespaces.</summary>
    Task<ResourceList<T>> ListAsync<T>(CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>Follows the changes of a kind after a version. Ends only by cancellation, error, or the store's will.</summary>
    /// <param name="fromResourceVersion">The version of a list or of an event.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <exception cref="ResourceVersionExpiredException">The version is too old, or of another life of the store: list again.</exception>
    IAsyncEnumerable<ResourceEvent<T>> WatchAsync<T>(string fromResourceVersion, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>Reads one object fresh from the store.</summary>
    /// <returns>Null where there is no such object.</returns>
    /// <exception cref="ResourceUnreadableException">It does not fit its type.</exception>
    Task<T?> GetAsync<T>(ResourceKey key, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>Writes the status of an object and nothing else of it. An unchanged status is not written.</summary>
    /// <returns>The object as stored, with its new version, or with the old one where nothing changed.</returns>
    /// <exception cref="ResourceConflictException">The object changed since <paramref name="entity"/> was read.</exception>
    /// <exception cref="ResourceNotFoundException">The object is gone.</exception>
    Task<T> UpdateStatusAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>Changes finalizers and annotations of an object. Removing the last finalizer of a deleted object ends it.</summary>
    /// <returns>The object as stored; for one that ended, its last state.</returns>
    /// <exception cref="ResourceConflictException">The object changed since <paramref name="entity"/> was read.</exception>
    /// <exception cref="ResourceNotFoundException">The object is gone.</exception>
    Task<T> PatchMetadataAsync<T>(T entity, MetadataPatch patch, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>Writes the status of an object that cannot be read as its type, so that whoever made it hears why.</summary>
    /// <param name="resource">The object as it was read.</param>
    /// <param name="status">The whole status as JSON: what is left out of it is removed.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ResourceConflictException">The object changed since it was read.</exception>
    /// <exception cref="ResourceNotFoundException">The object is gone.</exception>
    Task WriteUnreadableStatusAsync<T>(UnreadableResource resource, string status, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>Sets the finalizers of an object that cannot be read as its type, so that it can end all the same.</summary>
    /// <exception cref="ResourceConflictException">The object changed since it was read.</exception>
    /// <exception cref="ResourceNotFoundException">The object is gone.</exception>
    Task WriteUnreadableFinalizersAsync<T>(
        UnreadableResource resource,
        IReadOnlyList<string> finalizers,
        CancellationToken cancellationToken
    )
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>Asks for the end of an object: sets its deletionTimestamp while finalizers remain, else removes it.</summary>
    /// <returns>False where there is no such object, which is no error.</returns>
    Task<bool> DeleteAsync<T>(ResourceKey key, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>Finds out, fresh from the store, whether an object's namespace or its kind itself is being deleted.</summary>
    /// <param name="key">The object.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null where neither is; also where the store has no such scopes, as a directory.</returns>
    /// <exception cref="Exception">It cannot be told now: whoever would destroy something waits.</exception>
    Task<ScopeEnding?> FindScopeEndingAsync<T>(ResourceKey key, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>Adds an event to those of its object; the same event again raises its count.</summary>
    Task RecordEventAsync(EventRecord record, CancellationToken cancellationToken);

    /// <summary>Lists events, the latest last.</summary>
    /// <param name="kind">Only those about objects of this kind. Null: all.</param>
    /// <param name="key">Only those about this object. Null: all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<IReadOnlyList<EventRecord>> ListEventsAsync(
        string? kind,
        ResourceKey? key,
        CancellationToken cancellationToken
    );
}

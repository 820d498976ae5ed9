using k8s;
using k8s.Models;

namespace ExchangeVirt.Runtime;

/// <summary>Brings the world in line with one object. Level-triggered: it is told which object, never what changed.</summary>
public interface IEntityController<T>
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    /// <summary>Makes one pass. Passes over the same object never overlap.</summary>
    /// <param name="entity">The object, a copy of its own, that is not being deleted.</param>
    /// <param name="cancellationToken">Asks to stop soon.</param>
    Task<ReconciliationResult<T>> ReconcileAsync(T entity, CancellationToken cancellationToken);

    /// <summary>
    /// Lets go of what is held in memory for an object that is gone. Not called for what vanished while the process was
    /// down: what must not be missed belongs in an <see cref="IEntityFinalizer{T}"/>.
    /// </summary>
    /// <param name="entity">The object as it was last seen.</param>
    /// <param name="cancellationToken">Asks to stop soon.</param>
    Task<ReconciliationResult<T>> DeletedAsync(T entity, CancellationToken cancellationToken);
}

/// <summary>Does what must be done before a deleted object may go.</summary>
public interface IEntityFinalizer<T>
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    /// <summary>The finalizer's name in metadata, qualified by a domain.</summary>
    string Identifier { get; }

    /// <summary>Makes one pass over an object whose deletion was asked for. A success releases the object.</summary>
    /// <param name="entity">The object, a copy of its own.</param>
    /// <param name="cancellationToken">Asks to stop soon.</param>
    Task<ReconciliationResult<T>> FinalizeAsync(T entity, CancellationToken cancellationToken);
}

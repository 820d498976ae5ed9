using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Runtime;

/// <summary>Keeps the finalizers of a controller on living objects and runs them on deleted ones.</summary>
internal sealed class FinalizerRunner<T>(IReadOnlyList<IEntityFinalizer<T>> finalizers, IResourceStore store)
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    /// <summary>Adds the finalizers that are missing, before anything is done that they would have to undo.</summary>
    public async Task<T> AttachAsync(T entity, CancellationToken cancellationToken)
    {
        var present = entity.Metadata.Finalizers ?? [];
        var missing = finalizers
            .Select(finalizer => finalizer.Identifier)
            .Except(present, StringComparer.Ordinal)
            .ToList();
        return missing.Count == 0
            ? entity
            : await store.PatchMetadataAsync(
                entity,
                new MetadataPatch { Finalizers = [.. present, .. missing] },
                cancellationToken
            );
    }

    /// <summary>Runs the finalizers that the object still carries, in order; the first that fails ends the pass.</summary>
    public async Task<ReconciliationResult<T>> FinalizeAsync(T entity, CancellationToken cancellationToken)
    {
        var result = ReconciliationResult<T>.Success(entity);
        foreach (var finalizer in finalizers)
        {
            if (entity.Metadata.Finalizers?.Contains(finalizer.Identifier, StringComparer.Ordinal) is not true)
            {
                continue;
            }

            result = await finalizer.FinalizeAsync(entity, cancellationToken);
            if (result.IsFailure)
            {
                return result;
            }

            var left = result.Entity.Metadata.Finalizers.Where(name => name != finalizer.Identifier).ToList();

            // The work is done: stopping now would have it done a second time.
            entity = await store.PatchMetadataAsync(
                result.Entity,
                new MetadataPatch { Finalizers = left },
                CancellationToken.None
            );
        }

        return result;
    }
}

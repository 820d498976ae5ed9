using ExchangeVirt.Resources.Mapping;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime;
using ExchangeVirt.Runtime.Stores;
using k8s;

namespace ExchangeVirt.Operator.Acting;

/// <summary>
/// Writes a VM's status while others write to the object too, and makes sure before each action that what it rests on is what
/// is stored.
/// </summary>
/// <remarks>
/// A store refuses a write over any change at all. Most changes (a label, somebody's annotation) mean nothing here, and a plan
/// that was begun anew for each of them would never come to its end under a busy writer.
/// </remarks>
public sealed class StoredStatus(IResourceStore store)
{
    private const int Attempts = 8;
    private const string OwnAnnotations = ApiGroup.Group + "/";

    /// <summary>Writes the status that the object holds.</summary>
    /// <param name="entity">The object with its new status.</param>
    /// <param name="before">The status that the new one was made from, as it was stored.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ResourceConflictException">Something changed that the status was made from.</exception>
    /// <exception cref="ResourceNotFoundException">The object is gone.</exception>
    public async Task<ExchangeVirtualMachine> WriteAsync(
        ExchangeVirtualMachine entity,
        ExchangeVirtualMachineStatus? before,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await store.UpdateStatusAsync(entity, cancellationToken);
            }
            catch (ResourceConflictException) when (attempt < Attempts)
            {
                var latest = await store.GetAsync<ExchangeVirtualMachine>(entity.Key(), cancellationToken);
                if (latest is null || !SameWord(latest, entity) || !Same(latest.Status, before))
                {
                    throw;
                }

                latest.Status = entity.Status;
                entity = latest;
            }
        }
    }

    /// <summary>
    /// Reads the object and its policy fresh and refuses where a person said something new, or where what is noted of it is not
    /// what is stored. A watch may be silent for minutes before it is known to be dead.
    /// </summary>
    /// <param name="entity">The object, as it was decided about.</param>
    /// <param name="policy">The policy that was decided by; null where there was none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ResourceConflictException">It is planned afresh.</exception>
    /// <exception cref="ResourceUnreadableException">The object, or its policy, is not understood any more.</exception>
    public async Task ConfirmAsync(
        ExchangeVirtualMachine entity,
        VirtualizationPolicy? policy,
        CancellationToken cancellationToken
    )
    {
        var latest = await store.GetAsync<ExchangeVirtualMachine>(entity.Key(), cancellationToken);
        if (latest is null || !SameWord(latest, entity) || !SameCommitments(latest.Status, entity.Status))
        {
            throw new ResourceConflictException(
                $"{entity.Key()} was changed while its plan was being carried out; it is planned afresh."
            );
        }

        var name = Desired.PolicyNameOf(entity);
        var ruling = await store.GetAsync<VirtualizationPolicy>(new ResourceKey(null, name), cancellationToken);
        if (ruling?.Metadata.Uid != policy?.Metadata.Uid || ruling?.Metadata.Generation != policy?.Metadata.Generation)
        {
            throw new ResourceConflictException(
                $"The policy {name} was changed while a plan for {entity.Key()} was being carried out; it is planned afresh."
            );
        }
    }

    // All by which a person can say what is to be done, or not done, about this object.
    private static bool SameWord(ExchangeVirtualMachine left, ExchangeVirtualMachine right) =>
        left.Metadata.Uid == right.Metadata.Uid
        && left.Metadata.Generation == right.Metadata.Generation
        && left.Metadata.DeletionTimestamp == right.Metadata.DeletionTimestamp
        && OwnOf(left).SequenceEqual(OwnOf(right));

    private static IEnumerable<KeyValuePair<string, string>> OwnOf(ExchangeVirtualMachine entity) =>
        (entity.Metadata.Annotations ?? new Dictionary<string, string>())
            .Where(static annotation => annotation.Key.StartsWith(OwnAnnotations, StringComparison.Ordinal))
            .OrderBy(static annotation => annotation.Key, StringComparer.Ordinal);

    // What actions rest on: the binding, the identity, and how far an operation has come.
    private static bool SameCommitments(ExchangeVirtualMachineStatus? left, ExchangeVirtualMachineStatus? right) =>
        left?.Placement?.Host == right?.Placement?.Host
        && left?.VirtualMachineId == right?.VirtualMachineId
        && Same(left?.Operation, right?.Operation);

    // As they are stored: finer times than the store keeps make no difference.
    private static bool Same<T>(T? left, T? right)
        where T : class =>
        ReferenceEquals(left, right)
        || (left is not null && right is not null && KubernetesJson.Serialize(left) == KubernetesJson.Serialize(right));
}

using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Resources.Mapping;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime;
using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Operator.Admission;

/// <summary>Gathers the other objects that the look-up rules may ask about.</summary>
public interface IAdmissionLookups
{
    /// <summary>Gathers them for one object.</summary>
    /// <param name="entity">The object; what is unsound may be missing from its spec.</param>
    /// <param name="isDeletion">Whether it is to be deleted.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="AdmissionUnavailableException">What there is is not known yet.</exception>
    Task<IDeclaredObjects> ReadAsync(
        IKubernetesObject<V1ObjectMeta> entity,
        bool isDeletion,
        CancellationToken cancellationToken
    );
}

/// <summary>Tells that nothing can be judged, because what there is is not known.</summary>
public sealed class AdmissionUnavailableException(string message) : Exception(message);

/// <summary>
/// Gathers from the informers' caches. A cache lags: what it lacks is asked of the store before it is called unknown, and
/// what it holds is read again before anybody is refused for it.
/// </summary>
/// <param name="caches">The caches.</param>
/// <param name="store">Where the objects are.</param>
/// <param name="isSynced">Tells whether the caches hold all that there is.</param>
public sealed class AdmissionLookups(Caches caches, IResourceStore store, Func<bool> isSynced) : IAdmissionLookups
{
    /// <inheritdoc />
    public async Task<IDeclaredObjects> ReadAsync(
        IKubernetesObject<V1ObjectMeta> entity,
        bool isDeletion,
        CancellationToken cancellationToken
    )
    {
        if (!isSynced())
        {
            throw new AdmissionUnavailableException("The declared objects have not been read yet.");
        }

        return new DeclaredSet(
            isDeletion
                ? await ForDeletionAsync(entity, cancellationToken)
                : await ForChangeAsync(entity, cancellationToken)
        );
    }

    private async Task<List<IKubernetesObject<V1ObjectMeta>>> ForChangeAsync(
        IKubernetesObject<V1ObjectMeta> entity,
        CancellationToken cancellationToken
    )
    {
        List<IKubernetesObject<V1ObjectMeta>> objects = [.. caches.Hosts.List()];
        var policy = (entity as ExchangeVirtualMachine)?.Spec?.PolicyName ?? (entity as HyperVHost)?.Spec?.PolicyName;
        if (policy is not null and not LookupRules.DefaultPolicy)
        {
            var key = new ResourceKey(null, policy);
            Add(
                objects,
                caches.Policies.Get(key) ?? await store.GetAsync<VirtualizationPolicy>(key, cancellationToken)
            );
        }

        if (entity is ExchangeVirtualMachine { Spec: { } spec } machine)
        {
            if (spec.Exchange?.DatabaseAvailabilityGroup is { } group)
            {
                var key = new ResourceKey(machine.Metadata.NamespaceProperty, group);
                Add(
                    objects,
                    caches.Groups.Get(key) ?? await store.GetAsync<DatabaseAvailabilityGroup>(key, cancellationToken)
                );
            }

            var namesakes = caches.NamedInHyperV(Desired.VirtualMachineNameOf(machine));
            await AddFreshAsync(objects, namesakes, cancellationToken);
        }

        return objects;
    }

    private async Task<List<IKubernetesObject<V1ObjectMeta>>> ForDeletionAsync(
        IKubernetesObject<V1ObjectMeta> entity,
        CancellationToken cancellationToken
    )
    {
        List<IKubernetesObject<V1ObjectMeta>> objects = [];
        if (entity is DatabaseAvailabilityGroup)
        {
            var members = caches.MembersOf(entity.Metadata.NamespaceProperty, entity.Metadata.Name);
            await AddFreshAsync(objects, members, cancellationToken);
        }
        else if (entity is VirtualizationPolicy)
        {
            // They only make a warning, so the cache's word is enough.
            objects.AddRange(caches.UnderPolicy(entity.Metadata.Name));
            objects.AddRange(caches.Hosts.List().Where(host => host.Spec.PolicyName == entity.Metadata.Name));
        }

        return objects;
    }

    private async Task AddFreshAsync(
        List<IKubernetesObject<V1ObjectMeta>> objects,
        IReadOnlyList<ExchangeVirtualMachine> cached,
        CancellationToken cancellationToken
    )
    {
        foreach (var machine in cached)
        {
            Add(objects, await store.GetAsync<ExchangeVirtualMachine>(machine.Key(), cancellationToken));
        }
    }

    private static void Add(List<IKubernetesObject<V1ObjectMeta>> objects, IKubernetesObject<V1ObjectMeta>? entity)
    {
        if (entity is not null)
        {
            objects.Add(entity);
        }
    }
}

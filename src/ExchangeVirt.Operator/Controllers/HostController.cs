using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Resources.Mapping;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime;
using ExchangeVirt.Runtime.Events;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Operator.Controllers;

/// <summary>Keeps the connection to one host's agent, and says in status what it sees.</summary>
public sealed class HostController(
    IResourceStore store,
    Caches caches,
    FleetView fleet,
    HostConnections connections,
    EventRecorder events,
    TimeProvider time
) : IEntityController<HyperVHost>
{
    /// <inheritdoc />
    public async Task<ReconciliationResult<HyperVHost>> ReconcileAsync(
        HyperVHost entity,
        CancellationToken cancellationToken
    )
    {
        var name = entity.Metadata.Name;
        var endpoint = new Uri(entity.Spec.Agent.Endpoint);
        await connections.EnsureAsync(name, endpoint, entity.Spec.Agent.ServerName ?? endpoint.Host);

        var view = fleet.Host(name) ?? HostView.Unknown(name, time.GetUtcNow());
        var policy = Desired.From(caches.Policies.Get(new ResourceKey(null, entity.Spec.PolicyName)));
        var before = entity.Status;
        entity.Status = HostReport.For(entity, view, Desired.From(entity, policy), time.GetUtcNow());
        entity = await store.UpdateStatusAsync(entity, cancellationToken);
        foreach (var (condition, good) in Transitions.Of(before?.Conditions, entity.Status!.Conditions))
        {
            await events.RecordAsync(
                entity,
                good ? EventType.Normal : EventType.Warning,
                condition.Reason,
                $"{condition.Type} is {condition.Status}: {condition.Message}",
                cancellationToken
            );
        }

        return ReconciliationResult<HyperVHost>.Success(entity);
    }

    /// <inheritdoc />
    public async Task<ReconciliationResult<HyperVHost>> DeletedAsync(
        HyperVHost entity,
        CancellationToken cancellationToken
    )
    {
        await connections.ReleaseAsync(entity.Metadata.Name);
        return ReconciliationResult<HyperVHost>.Success(entity);
    }
}

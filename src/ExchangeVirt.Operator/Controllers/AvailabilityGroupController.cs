using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime;
using ExchangeVirt.Runtime.Events;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Operator.Controllers;

/// <summary>
/// Grants the slot of one DAG, and nobody else does: a grant stands in the DAG's status, stored against its version, before
/// anyone acts on it, and is kept over a crash until the member serves again.
/// </summary>
public sealed class AvailabilityGroupController(
    IResourceStore store,
    Caches caches,
    FleetView fleet,
    Epoch epoch,
    EventRecorder events,
    TimeProvider time
) : IEntityController<DatabaseAvailabilityGroup>
{
    /// <inheritdoc />
    public async Task<ReconciliationResult<DatabaseAvailabilityGroup>> ReconcileAsync(
        DatabaseAvailabilityGroup entity,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var facts = GroupFactsReader.Read(entity, caches, fleet, epoch.Current.Installation);
        var members = caches.MembersOf(entity.Metadata.NamespaceProperty, entity.Metadata.Name);
        var grants = SlotKeeper.Decide(facts, [.. members.Select(SlotWish.Of)], now);
        var before = entity.Status;
        entity.Status = AvailabilityGroupReport.For(
            entity,
            facts with
            {
                Grants = grants,
            },
            members,
            epoch.Current,
            now
        );
        entity = await store.UpdateStatusAsync(entity, cancellationToken);
        await TellAsync(entity, before, grants, cancellationToken);
        return ReconciliationResult<DatabaseAvailabilityGroup>.Success(entity, SlotKeeper.LookAgainAfter(facts, now));
    }

    /// <inheritdoc />
    public Task<ReconciliationResult<DatabaseAvailabilityGroup>> DeletedAsync(
        DatabaseAvailabilityGroup entity,
        CancellationToken cancellationToken
    ) => Task.FromResult(ReconciliationResult<DatabaseAvailabilityGroup>.Success(entity));

    private async Task TellAsync(
        DatabaseAvailabilityGroup entity,
        DatabaseAvailabilityGroupStatus? before,
        IReadOnlyList<Domain.Gating.DisruptionGrant> grants,
        CancellationToken cancellationToken
    )
    {
        foreach (var grant in grants)
        {
            if (
                before?.Disruptions?.Any(old => old.Member == grant.Member && old.Operation == grant.OperationId)
                != true
            )
            {
                await events.RecordAsync(
                    entity,
                    EventType.Normal,
                    EventReasons.SlotGranted,
                    $"{grant.Member} may go down: {grant.Reason}",
                    cancellationToken
                );
            }
        }

        foreach (var old in before?.Disruptions ?? [])
        {
            if (!grants.Any(grant => grant.Member == old.Member && grant.OperationId == old.Operation))
            {
                await events.RecordAsync(
                    entity,
                    EventType.Normal,
                    EventReasons.SlotReleased,
                    $"{old.Member} is available again.",
                    cancellationToken
                );
            }
        }
    }
}

using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Resources.Rules;
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
        if (Soundness.Describe(Soundness.Check(entity)) is { } unsound)
        {
            // Who holds the slot goes on to hold it; nobody else gets it by figures that nobody can tell.
            entity.Status = AvailabilityGroupReport.Refused(entity, unsound, now);
            return ReconciliationResult<DatabaseAvailabilityGroup>.Success(
                await store.UpdateStatusAsync(entity, cancellationToken)
            );
        }

        var members = caches.MembersOf(entity.Metadata.NamespaceProperty, entity.Metadata.Name);
        if (FirstWordDue(entity, members, now) is { } due)
        {
            return ReconciliationResult<DatabaseAvailabilityGroup>.Success(entity, due);
        }

        var facts = GroupFactsReader.Read(entity, caches, fleet, epoch.Current.Installation);
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

    private TimeSpan? FirstWordDue(
        DatabaseAvailabilityGroup entity,
        IReadOnlyList<ExchangeVirtualMachine> members,
        DateTimeOffset now
    ) =>
        entity.Status is { Conditions: not null } status && status.ObservedGeneration == entity.Metadata.Generation
            ? members
                .Select(static member => member.Status?.Placement?.Host)
                .OfType<string>()
                .Where(host => caches.IsHostDeclared(host) && caches.WhyHostIsUnread(host) is null)
                .Select(host => (fleet.Host(host) ?? HostView.Unknown(host, now)).FirstWordDue(now))
                .Max()
            : null;

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

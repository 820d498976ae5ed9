using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Operator.Controllers;

/// <summary>Says of every migration that this version does not carry it out, so that nobody waits for one.</summary>
public sealed class MigrationController(IResourceStore store, TimeProvider time)
    : IEntityController<VirtualMachineMigration>
{
    private const string Message =
        "Migrations are not available yet: nothing is moved. Move the VM live in Hyper-V; it is followed there by its GUID.";

    /// <inheritdoc />
    public async Task<ReconciliationResult<VirtualMachineMigration>> ReconcileAsync(
        VirtualMachineMigration entity,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var generation = entity.Metadata.Generation ?? 0;
        entity.Status = new VirtualMachineMigrationStatus
        {
            ObservedGeneration = generation,
            Phase = "Refused",
            Conditions = Conditions.After(
                entity.Status?.Conditions,
                [
                    new Finding(ConditionTypes.Ready, false, Reasons.NotAvailableYet, Message),
                    new Finding(ConditionTypes.Stalled, true, Reasons.NotAvailableYet, Message),
                ],
                generation,
                now
            ),
        };
        entity = await store.UpdateStatusAsync(entity, cancellationToken);
        return ReconciliationResult<VirtualMachineMigration>.Success(entity);
    }

    /// <inheritdoc />
    public Task<ReconciliationResult<VirtualMachineMigration>> DeletedAsync(
        VirtualMachineMigration entity,
        CancellationToken cancellationToken
    ) => Task.FromResult(ReconciliationResult<VirtualMachineMigration>.Success(entity));
}

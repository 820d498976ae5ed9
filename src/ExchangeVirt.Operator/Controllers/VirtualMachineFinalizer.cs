using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Operator.Acting;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Resources.Mapping;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime;
using ExchangeVirt.Runtime.Events;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Operator.Controllers;

/// <summary>
/// Ends a declared VM as its deletionPolicy asks: Retain lets go of it; Delete unregisters one that is off, and waits for one
/// that runs. Files always stay.
/// </summary>
public sealed class VirtualMachineFinalizer(
    IResourceStore store,
    IEntityController<ExchangeVirtualMachine> keeper,
    SituationReader reader,
    ActionRunner runner,
    PlacementService placement,
    EventRecorder events
) : IEntityFinalizer<ExchangeVirtualMachine>
{
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(30);

    /// <inheritdoc />
    public string Identifier => "exchangevirt.io/virtual-machine";

    /// <inheritdoc />
    public async Task<ReconciliationResult<ExchangeVirtualMachine>> FinalizeAsync(
        ExchangeVirtualMachine entity,
        CancellationToken cancellationToken
    )
    {
        var situation = await reader.ReadAsync(entity, cancellationToken);
        if (situation is { Restart.TookDown: true, Sighting.Seen: not null })
        {
            // What went down by our hand comes back before anyone lets go of it.
            var pass = await keeper.ReconcileAsync(entity, cancellationToken);
            entity = pass.Entity;
            situation = await reader.ReadAsync(entity, cancellationToken);
            if (situation is { Restart.TookDown: true, Sighting.Seen: not null })
            {
                return ReconciliationResult<ExchangeVirtualMachine>.Failure(
                    entity,
                    $"{Desired.KeyOf(entity)} is being deleted in mid-restart; its VM is brought back first.",
                    requeueAfter: pass.RequeueAfter ?? s_retry
                );
            }
        }

        var policy =
            entity.Spec.DeletionPolicy is Resources.V1Alpha1.DeletionPolicy.Delete
                ? Domain.Planning.DeletionPolicy.Delete
                : Domain.Planning.DeletionPolicy.Retain;
        var plan = Planner.PlanDeletion(Decision.PlanningInputOf(situation, []), policy);
        if (plan.Actions.Count == 0 && plan.Problems.Count == 0)
        {
            placement.Release(situation.Key);
            return ReconciliationResult<ExchangeVirtualMachine>.Success(entity);
        }

        if (plan.Problems.Count > 0)
        {
            return await WaitAsync(entity, situation, plan.Problems[0].Message, cancellationToken);
        }

        var planned = plan.Actions[0];
        if (Decision.Ask(situation, planned) is GateDecision.Closed closed)
        {
            return await WaitAsync(entity, situation, closed.Message, cancellationToken);
        }

        var host = situation.Sighting.Seen!.Host.Name;
        var result = await runner.RunAsync(
            situation.Key,
            host,
            situation.Observed,
            planned,
            operationId: null,
            cancellationToken
        );
        if (result is RunResult.Failed failed)
        {
            return await WaitAsync(entity, situation, failed.Fault.Message, cancellationToken);
        }

        if (result is RunResult.GoesOn)
        {
            return await WaitAsync(entity, situation, $"{planned.Action.Name} goes on on {host}.", cancellationToken);
        }

        await events.RecordAsync(
            entity,
            EventType.Normal,
            planned.Action.Name,
            $"{ActionWords.Past(planned.Action)} (on {host}).",
            cancellationToken
        );
        placement.Release(situation.Key);
        return ReconciliationResult<ExchangeVirtualMachine>.Success(entity);
    }

    private async Task<ReconciliationResult<ExchangeVirtualMachine>> WaitAsync(
        ExchangeVirtualMachine entity,
        Situation situation,
        string why,
        CancellationToken cancellationToken
    )
    {
        var generation = entity.Metadata.Generation ?? 0;
        var message =
            $"{Desired.KeyOf(entity)} is being deleted with deletionPolicy Delete and waits: {why} To let go of the VM instead, set spec.deletionPolicy to Retain.";
        entity.Status = (entity.Status ?? new ExchangeVirtualMachineStatus()) with
        {
            ObservedGeneration = generation,
            Conditions = Conditions.After(
                entity.Status?.Conditions,
                [
                    new Finding(ConditionTypes.Ready, false, Reasons.DeletionWaits, message),
                    new Finding(ConditionTypes.Reconciling, true, Reasons.DeletionWaits, message),
                ],
                generation,
                situation.Now
            ),
        };
        entity = await store.UpdateStatusAsync(entity, cancellationToken);
        return ReconciliationResult<ExchangeVirtualMachine>.Failure(entity, message, requeueAfter: s_retry);
    }
}

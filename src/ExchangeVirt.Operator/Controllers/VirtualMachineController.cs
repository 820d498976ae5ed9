using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Operator.Acting;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Resources.Mapping;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime;
using ExchangeVirt.Runtime.Events;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Operator.Controllers;

/// <summary>Keeps one VM as declared: reads, decides, stores what must not be forgotten, acts, reports; then reads again.</summary>
public sealed class VirtualMachineController(
    IResourceStore store,
    Caches caches,
    SituationReader reader,
    PlacementService placement,
    ActionRunner runner,
    GuestShutdowns shutdowns,
    ActionFailures failures,
    EventRecorder events,
    Func<Guid> newGuid
) : IEntityController<ExchangeVirtualMachine>
{
    /// <summary>A pass that has done so many steps gives its worker to another VM, and goes on later.</summary>
    private const int MaximumSteps = 32;

    /// <inheritdoc />
    public async Task<ReconciliationResult<ExchangeVirtualMachine>> ReconcileAsync(
        ExchangeVirtualMachine entity,
        CancellationToken cancellationToken
    )
    {
        for (var step = 0; step < MaximumSteps; step++)
        {
            var decision = await DecideAsync(entity, cancellationToken);
            entity = decision.Situation.Entity;
            var operation = OperationStep.For(decision, newGuid);
            var before = entity.Status;
            entity.Status = VirtualMachineReport.For(decision, operation);
            entity = await store.UpdateStatusAsync(entity, cancellationToken);
            await TellAsync(entity, before, entity.Status!, cancellationToken);

            if (decision.Next is not { } next || !OperationStep.Covers(operation, next))
            {
                if (await shutdowns.ConfirmAsync(decision, cancellationToken) is { } corrected)
                {
                    entity.Status = entity.Status! with { Operation = corrected };
                    entity = await store.UpdateStatusAsync(entity, cancellationToken);
                    continue;
                }

                return Rest(entity, decision);
            }

            // A new operation changes the plan (a restart that was granted, a question that is now noted as asked), so that
            // what follows is decided with it; and whoever pulled a switch or changed the manifest meanwhile is heard.
            var begun = before?.Operation?.Name != operation?.Name;
            if (begun)
            {
                continue;
            }

            if (await IsOvertakenAsync(entity, decision, cancellationToken))
            {
                entity = await TakeBackAsync(entity, before, cancellationToken);
                continue;
            }

            if (!await ActAsync(entity, decision, next, operation, cancellationToken))
            {
                return Rest(entity, await DecideAsync(entity, cancellationToken));
            }
        }

        return ReconciliationResult<ExchangeVirtualMachine>.Success(entity, TimeSpan.FromSeconds(1));
    }

    /// <inheritdoc />
    public Task<ReconciliationResult<ExchangeVirtualMachine>> DeletedAsync(
        ExchangeVirtualMachine entity,
        CancellationToken cancellationToken
    )
    {
        var key = Desired.KeyOf(entity);
        failures.Forget(key);
        placement.Release(key);
        return Task.FromResult(ReconciliationResult<ExchangeVirtualMachine>.Success(entity));
    }

    private async Task<Decision> DecideAsync(ExchangeVirtualMachine entity, CancellationToken cancellationToken)
    {
        var situation = await reader.ReadAsync(entity, cancellationToken);
        var (bound, decision) = await placement.BindAsync(situation, cancellationToken);
        if (!ReferenceEquals(bound, entity))
        {
            situation = await reader.ReadAsync(bound, cancellationToken);
        }

        situation = reader.Suppose(situation, decision);
        return Decision.For(situation, decision, failures.Of(situation.Key), EstateVerdicts.Of(situation, caches));
    }

    /// <summary>Asks for the next action.</summary>
    /// <returns>Whether to go on at once.</returns>
    private async Task<bool> ActAsync(
        ExchangeVirtualMachine entity,
        Decision decision,
        PlannedAction next,
        OperationStatus? operation,
        CancellationToken cancellationToken
    )
    {
        var situation = decision.Situation;
        var host = situation.Sighting.Seen?.Host.Name ?? situation.Sighting.BoundHostName!;
        var result =
            next.Action is ShutDownGuest
                ? await shutdowns.AskAsync(decision, operation!, next, host, cancellationToken)
                : await runner.RunAsync(
                    situation.Key,
                    host,
                    situation.Observed,
                    next,
                    operationId: null,
                    cancellationToken
                );
        switch (result)
        {
            case RunResult.Done done:
                await events.RecordAsync(
                    entity,
                    EventType.Normal,
                    next.Action.Name,
                    done.Warning is null
                        ? $"{ActionWords.Past(next.Action)} on {host}."
                        : $"{ActionWords.Past(next.Action)} on {host}; Hyper-V warns: {done.Warning}",
                    cancellationToken
                );
                // What was only accepted (a guest's shutdown) or was so already shows itself by the host's stream.
                return done.Changed && next.Action is not ShutDownGuest;
            case RunResult.Failed failed when next.Action is ShutDownGuest && GuestShutdowns.WasRefused(failed.Fault):
                await FailAsync(entity, next, host, failed, cancellationToken);
                entity.Status = entity.Status! with { Operation = operation! with { ShutdownAskedAt = null } };
                await store.UpdateStatusAsync(entity, cancellationToken);
                return false;
            case RunResult.Failed failed:
                await FailAsync(entity, next, host, failed, cancellationToken);
                // Something else may be possible; the failed action itself waits for its turn.
                return true;
            default:
                return false;
        }
    }

    private Task FailAsync(
        ExchangeVirtualMachine entity,
        PlannedAction next,
        string host,
        RunResult.Failed failed,
        CancellationToken cancellationToken
    ) =>
        events.RecordAsync(
            entity,
            EventType.Warning,
            failed.Fault.Reason,
            $"{next.Action.Name} on {host}: {failed.Fault.Message}",
            cancellationToken
        );

    private async Task<bool> IsOvertakenAsync(
        ExchangeVirtualMachine entity,
        Decision decision,
        CancellationToken cancellationToken
    )
    {
        var latest = caches.VirtualMachines.Get(entity.Key());
        if (latest is not null && latest.Metadata.Generation > entity.Metadata.Generation)
        {
            throw new ResourceConflictException(
                $"{entity.Key()} was changed while its plan was being carried out; it is planned afresh."
            );
        }

        var pauses = await reader.PausesAsync(entity, decision.Situation.Policy, cancellationToken);
        return !pauses.SequenceEqual(decision.Situation.Pauses);
    }

    // What was noted as asked in this pass and is now not asked: the note goes, or the guest would be waited for in vain.
    private async Task<ExchangeVirtualMachine> TakeBackAsync(
        ExchangeVirtualMachine entity,
        ExchangeVirtualMachineStatus? before,
        CancellationToken cancellationToken
    )
    {
        if (
            before?.Operation is not { ShutdownAskedAt: null }
            || entity.Status!.Operation is not { ShutdownAskedAt: not null }
        )
        {
            return entity;
        }

        entity.Status = entity.Status with { Operation = before.Operation };
        return await store.UpdateStatusAsync(entity, cancellationToken);
    }

    private static ReconciliationResult<ExchangeVirtualMachine> Rest(
        ExchangeVirtualMachine entity,
        Decision decision
    ) => ReconciliationResult<ExchangeVirtualMachine>.Success(entity, LookAgain.After(decision));

    private async Task TellAsync(
        ExchangeVirtualMachine entity,
        ExchangeVirtualMachineStatus? before,
        ExchangeVirtualMachineStatus after,
        CancellationToken cancellationToken
    )
    {
        foreach (var (condition, good) in Transitions.Of(before?.Conditions, after.Conditions))
        {
            await events.RecordAsync(
                entity,
                good ? EventType.Normal : EventType.Warning,
                condition.Reason,
                $"{condition.Type} is {condition.Status}: {condition.Message}",
                cancellationToken
            );
        }
    }
}

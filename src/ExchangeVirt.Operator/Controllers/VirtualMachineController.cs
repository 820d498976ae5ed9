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
    StoredStatus stored,
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
        if (FirstWordDue(entity) is { } due)
        {
            return ReconciliationResult<ExchangeVirtualMachine>.Success(entity, due);
        }

        for (var step = 0; step < MaximumSteps; step++)
        {
            var decision = await DecideAsync(entity, cancellationToken);
            entity = decision.Situation.Entity;
            var operation = OperationStep.For(decision, newGuid);
            var before = entity.Status;
            entity.Status = VirtualMachineReport.For(decision, operation);
            entity = await stored.WriteAsync(entity, before, cancellationToken);
            await TellAsync(entity, before, entity.Status!, cancellationToken);

            if (decision.Next is not { } next || !OperationStep.Covers(operation, next))
            {
                if (
                    await shutdowns.ConfirmAsync(
                        decision,
                        token => StandsAsync(entity, decision, token),
                        cancellationToken
                    ) is
                    { } corrected
                )
                {
                    entity = await NoteAsync(entity, corrected, cancellationToken);
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

            if (!await StandsAsync(entity, decision, cancellationToken))
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

    /// <summary>Asks, as before each action, whether everything that a person may have said is still as it was decided by.</summary>
    /// <returns>False where a switch was pulled or released.</returns>
    /// <exception cref="ResourceConflictException">The object or its policy was changed.</exception>
    private async Task<bool> StandsAsync(
        ExchangeVirtualMachine entity,
        Decision decision,
        CancellationToken cancellationToken
    )
    {
        await stored.ConfirmAsync(entity, caches.PolicyOf(entity), cancellationToken);
        var pauses = await reader.PausesNowAsync(entity, cancellationToken);
        return pauses.SequenceEqual(decision.Situation.Pauses);
    }

    // What was said of it last holds until the hosts that may hold it had the time to answer.
    private TimeSpan? FirstWordDue(ExchangeVirtualMachine entity) =>
        entity.Status is { Conditions: not null } status && status.ObservedGeneration == entity.Metadata.Generation
            ? reader.FirstWordDue(entity)
            : null;

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
                await NoteAsync(entity, operation! with { ShutdownAskedAt = null }, cancellationToken);
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

        return await NoteAsync(entity, before.Operation, cancellationToken);
    }

    private Task<ExchangeVirtualMachine> NoteAsync(
        ExchangeVirtualMachine entity,
        OperationStatus? operation,
        CancellationToken cancellationToken
    )
    {
        var before = entity.Status!;
        entity.Status = before with { Operation = operation };
        return stored.WriteAsync(entity, before, cancellationToken);
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

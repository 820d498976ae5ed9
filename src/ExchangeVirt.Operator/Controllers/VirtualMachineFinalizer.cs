using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Operator.Acting;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime;
using ExchangeVirt.Runtime.Events;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Operator.Controllers;

/// <summary>
/// Ends a declared VM as its deletionPolicy asks: Retain lets go of it; Delete unregisters one that is off, and waits for one
/// that runs. Files always stay. What nobody asked for of this one object (its namespace or kind goes, it is protected, its
/// host is gone for good) lets go of the VM too.
/// </summary>
public sealed class VirtualMachineFinalizer(
    StoredStatus stored,
    RetentionReader retentions,
    IEntityController<ExchangeVirtualMachine> keeper,
    Caches caches,
    SituationReader reader,
    ActionRunner runner,
    PlacementService placement,
    EventRecorder events,
    TimeProvider time
) : IEntityFinalizer<ExchangeVirtualMachine>
{
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(30);

    private readonly MassDeletion _massDeletion = new(time);

    /// <inheritdoc />
    public string Identifier => DeletionPolicies.Finalizer;

    /// <inheritdoc />
    public async Task<ReconciliationResult<ExchangeVirtualMachine>> FinalizeAsync(
        ExchangeVirtualMachine entity,
        CancellationToken cancellationToken
    )
    {
        var situation = await reader.ReadAsync(entity, cancellationToken);
        var isDownByUs = situation.Restart is { TookDown: true };
        var retention = await retentions.ReadAsync(entity, cancellationToken);
        if ((retention is Retention.Retain && !isDownByUs) || WasNeverMade(situation))
        {
            return await ReleaseAsync(situation, retention as Retention.Retain, cancellationToken);
        }

        if (isDownByUs && DeletionPolicies.IsConfirmed(entity))
        {
            return await ReleaseAsync(
                situation,
                new Retention.Retain(
                    EventReasons.RetainedAsItIs,
                    "Its deletion was confirmed while a restart was under way"
                ),
                cancellationToken
            );
        }

        if (await ReachAsync(situation, isDownByUs, cancellationToken) is { } unreached)
        {
            return unreached;
        }

        if (isDownByUs && situation.Sighting.Seen is not null)
        {
            // What went down by our hand comes back before anyone lets go of it.
            var (waits, after) = await BringBackAsync(entity, cancellationToken);
            if (waits is not null)
            {
                return waits;
            }

            situation = after;
        }

        return retention switch
        {
            Retention.Retain retain => await ReleaseAsync(situation, retain, cancellationToken),
            Retention.Untold untold => await WaitAsync(
                situation,
                new DeletionHold(Reasons.DeletionWaits, untold.Message),
                cancellationToken
            ),
            _ => await UnregisterAsync(situation, cancellationToken),
        };
    }

    // Nothing was ever asked of a host for it.
    private static bool WasNeverMade(Situation situation) =>
        situation.Sighting.Seen is null
        && situation.Entity.Status is null or { VirtualMachineId: null, Placement: null, Operation: null };

    private async Task<ReconciliationResult<ExchangeVirtualMachine>?> ReachAsync(
        Situation situation,
        bool isDownByUs,
        CancellationToken cancellationToken
    )
    {
        switch (Reach.Of(situation, caches.IsHostDeclared))
        {
            case Reach.Undeclared undeclared:
                return await ReleaseAsync(
                    situation,
                    new Retention.Retain(
                        EventReasons.RetainedOutOfReach,
                        $"Its host {undeclared.Host} is not declared any more"
                    ),
                    cancellationToken
                );
            case Reach.Silent silent when situation.Now >= silent.Until:
                return await ReleaseAsync(
                    situation,
                    new Retention.Retain(
                        EventReasons.RetainedOutOfReach,
                        $"Nothing was heard of {Names(silent)} for {Reach.Patience.TotalMinutes:0} min"
                    ),
                    cancellationToken
                );
            case Reach.Silent silent:
                var what = isDownByUs
                    ? "its VM, which went down by a restart, is to be brought back"
                    : "may hold its VM";
                return await WaitAsync(
                    situation,
                    new DeletionHold(
                        Reasons.DeletionWaits,
                        $"{Names(silent)} does not answer and {what}. Bring the agent back, or delete the HyperVHost if it is gone for good; at {silent.Until:u} the object is let go of and the VM kept.",
                        LookAgainAfter: Sooner(silent.Until - situation.Now)
                    )
                    {
                        Exit = isDownByUs ? HowToLetGo(situation) : DeletionHold.SetRetain,
                    },
                    cancellationToken
                );
            default:
                return null;
        }
    }

    private async Task<(ReconciliationResult<ExchangeVirtualMachine>? Waits, Situation After)> BringBackAsync(
        ExchangeVirtualMachine entity,
        CancellationToken cancellationToken
    )
    {
        var pass = await keeper.ReconcileAsync(entity, cancellationToken);
        var after = await reader.ReadAsync(pass.Entity, cancellationToken);
        if (after is not { Restart.TookDown: true, Sighting.Seen: not null })
        {
            return (null, after);
        }

        // Its status says how far the restart is; that it holds a deletion up is said once an hour.
        var message = $"It is being deleted in mid-restart; its VM is brought back first. {HowToLetGo(after)}";
        await events.RecordAsync(after.Entity, EventType.Warning, Reasons.DeletionWaits, message, cancellationToken);
        return (
            ReconciliationResult<ExchangeVirtualMachine>.Wait(
                after.Entity,
                $"{after.Key}: {message}",
                Sooner(pass.RequeueAfter ?? s_retry)
            ),
            after
        );
    }

    private async Task<ReconciliationResult<ExchangeVirtualMachine>> UnregisterAsync(
        Situation situation,
        CancellationToken cancellationToken
    )
    {
        var plan = Planner.PlanDeletion(Decision.PlanningInputOf(situation, []), Domain.Planning.DeletionPolicy.Delete);
        if (plan.Actions.Count == 0 && plan.Problems.Count == 0)
        {
            return await ReleaseAsync(situation, retain: null, cancellationToken);
        }

        if (HoldOf(situation, plan) is { } hold)
        {
            return await WaitAsync(situation, hold, cancellationToken);
        }

        // Whoever pulled a switch, or set the policy to Retain, a moment ago is heard.
        var planned = plan.Actions[0];
        await stored.ConfirmAsync(situation.Entity, caches.PolicyOf(situation.Entity), cancellationToken);
        situation = situation with { Pauses = await reader.PausesNowAsync(situation.Entity, cancellationToken) };
        if (Decision.Ask(situation, planned) is GateDecision.Closed closed)
        {
            return await WaitAsync(situation, Waiting(closed.Message), cancellationToken);
        }

        var host = situation.Sighting.Seen!.Host.Name;
        switch (
            await runner.RunAsync(
                situation.Key,
                host,
                situation.Observed,
                planned,
                operationId: null,
                cancellationToken
            )
        )
        {
            case RunResult.Failed failed:
                return await WaitAsync(situation, Waiting(failed.Fault.Message), cancellationToken);
            case RunResult.GoesOn:
                return await WaitAsync(
                    situation,
                    Waiting($"{planned.Action.Name} goes on on {host}."),
                    cancellationToken
                );
            default:
                await events.RecordAsync(
                    situation.Entity,
                    EventType.Normal,
                    planned.Action.Name,
                    $"{ActionWords.Past(planned.Action)} (on {host}).",
                    cancellationToken
                );
                return await ReleaseAsync(situation, retain: null, cancellationToken);
        }
    }

    // An accident with many is told before what each of them waits for by itself.
    private DeletionHold? HoldOf(Situation situation, VirtualMachinePlan plan)
    {
        var many = _massDeletion.Check(situation.Entity, caches.VirtualMachines.List());
        return many is { NeedsPerson: true } ? many
            : plan.Problems is [var problem, ..] ? Waiting(problem)
            : Decision.Ask(situation, plan.Actions[0]) is GateDecision.Closed closed
                ? Waiting(closed.Message) with
                {
                    LookAgainAfter = Sooner(closed.OpensAt - situation.Now),
                }
            : many;
    }

    private async Task<ReconciliationResult<ExchangeVirtualMachine>> ReleaseAsync(
        Situation situation,
        Retention.Retain? retain,
        CancellationToken cancellationToken
    )
    {
        if (retain is { Reason: { } reason })
        {
            var sighting = situation.Sighting;
            var id = situation.Entity.Status?.VirtualMachineId ?? "none that is known";
            var host = sighting.Seen?.Host.Name ?? sighting.BoundHostName ?? "no host that is known";
            await events.RecordAsync(
                situation.Entity,
                EventType.Warning,
                reason,
                $"{retain.Why}: the object is let go of, and the VM {situation.Desired.VirtualMachineName} (GUID {id}, on {host}) stays as it is.",
                cancellationToken
            );
        }

        placement.Release(situation.Key);
        return ReconciliationResult<ExchangeVirtualMachine>.Success(situation.Entity);
    }

    private async Task<ReconciliationResult<ExchangeVirtualMachine>> WaitAsync(
        Situation situation,
        DeletionHold hold,
        CancellationToken cancellationToken
    )
    {
        var entity = situation.Entity;
        var before = entity.Status;
        var generation = entity.Metadata.Generation ?? 0;
        var message = $"{situation.Key} is being deleted and waits: {hold.Message} {hold.Exit}".TrimEnd();
        entity.Status = (before ?? new ExchangeVirtualMachineStatus()) with
        {
            ObservedGeneration = generation,
            Conditions = Conditions.After(
                before?.Conditions,
                [
                    new Finding(ConditionTypes.Ready, false, hold.Reason, message),
                    new Finding(
                        hold.NeedsPerson ? ConditionTypes.Stalled : ConditionTypes.Reconciling,
                        true,
                        hold.Reason,
                        message
                    ),
                ],
                generation,
                situation.Now
            ),
        };
        entity = await stored.WriteAsync(entity, before, cancellationToken);
        return ReconciliationResult<ExchangeVirtualMachine>.Wait(entity, message, hold.LookAgainAfter ?? s_retry);
    }

    private static DeletionHold Waiting(PlanProblem problem)
    {
        var hold = new DeletionHold(Reasons.DeletionWaits, problem.Message, problem.Stalled);
        // What only a deletion waits for names the way out itself.
        return
            problem.Reason
                is PlanReasons.InventoryIncomplete
                    or PlanReasons.DeletionWaitsForOff
                    or PlanReasons.DeletionWaitsForCheckpoints
            ? hold with
            {
                Exit = "",
            }
            : hold;
    }

    private static DeletionHold Waiting(string why) => new(Reasons.DeletionWaits, why);

    private static string Names(Reach.Silent silent) =>
        string.Join(", ", silent.Hosts.Select(static host => $"{host.Name} ({host.Reason})"));

    private static string HowToLetGo(Situation situation) =>
        $"To let go of it as it is, annotate the object with {DeletionPolicies.ConfirmationAnnotation}: {situation.Entity.Metadata.Uid}.";

    private static TimeSpan Sooner(TimeSpan? wait) => wait is { Ticks: > 0 } given && given < s_retry ? given : s_retry;
}

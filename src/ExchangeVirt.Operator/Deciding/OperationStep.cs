using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Operator.Deciding;

/// <summary>
/// Decides which operation a VM's status must hold before its next action is asked for, so that the operator can die at any
/// point and go on from there. Pure.
/// </summary>
public static class OperationStep
{
    /// <summary>The name of the wish for a DAG's slot, which the DAG's controller grants.</summary>
    public const string RequestName = "RestartRequested";

    /// <summary>Gives the operation to be stored.</summary>
    /// <param name="decision">What is decided.</param>
    /// <param name="newId">Makes the id of a new operation.</param>
    /// <returns>Null where none is under way.</returns>
    public static OperationStatus? For(Decision decision, Func<Guid> newId)
    {
        var current = decision.Situation.Entity.Status?.Operation;
        return current?.Name switch
        {
            RestartOperations.RestartName when decision.Situation.Restart is { } restart => Continue(
                decision,
                current,
                restart
            ),
            RequestName => Requested(decision, current),
            RestartOperations.CreateName => Created(decision, current) ?? Begin(decision, newId),
            _ => Begin(decision, newId),
        };
    }

    /// <summary>Whether the next action may be asked for with the operation that is stored: a restart needs its own, and in a DAG the slot.</summary>
    public static bool Covers(OperationStatus? operation, PlannedAction next) =>
        !next.BeginsRestart || operation?.Name == RestartOperations.RestartName;

    /// <summary>Whether a DAG's grant covers an operation.</summary>
    public static bool IsGranted(AvailabilityGroupFacts? group, string member, OperationStatus operation) =>
        group?.Grants.Any(grant => grant.Member == member && grant.OperationId == operation.Id) == true;

    private static OperationStatus? Begin(Decision decision, Func<Guid> newId)
    {
        var situation = decision.Situation;
        switch (decision.Next)
        {
            case { Action: CreateVirtualMachine }:
                return new OperationStatus
                {
                    Name = RestartOperations.CreateName,
                    Stage = "Creating",
                    StartedAt = situation.Now,
                    PowerStateAfter = situation.Desired.PowerState == DesiredPowerState.Running ? "Running" : "Off",
                };
            case { BeginsRestart: true } next:
                var begun = RestartOperations.ToStatus(
                    new RestartOperation(
                        newId().ToString("D"),
                        situation.Now,
                        ShutdownAskedAt: null,
                        decision.Plan.ReturnToRunning
                    ),
                    ReasonOf(next, decision)
                );
                return situation.Desired.Exchange.AvailabilityGroup is null || next.Cause is ActionCause.Recovery
                    ? begun
                    : begun with
                    {
                        Name = RequestName,
                        Stage = "WaitingForSlot",
                    };
            default:
                return null;
        }
    }

    private static OperationStatus? Requested(Decision decision, OperationStatus current)
    {
        // The wish ends when nothing needs it any more or a gate closed meanwhile; nothing was asked of the guest yet.
        if (decision.Next is not { BeginsRestart: true })
        {
            return null;
        }

        return IsGranted(decision.Situation.Group, decision.Situation.Key.Name, current)
            ? RestartOperations.ToStatus(
                new RestartOperation(
                    current.Id!,
                    decision.Situation.Now,
                    ShutdownAskedAt: null,
                    decision.Plan.ReturnToRunning
                ),
                current.Reason
            )
            : current;
    }

    private static OperationStatus? Created(Decision decision, OperationStatus current)
    {
        var observed = decision.Situation.Observed;
        var over =
            observed is not null
            && (
                observed.PowerState is PowerState.Running
                || decision.Situation.Desired.PowerState is not DesiredPowerState.Running
            );
        return over ? null : current with { Stage = observed is null ? "Creating" : "Starting" };
    }

    private static OperationStatus? Continue(Decision decision, OperationStatus current, RestartOperation restart)
    {
        if (decision.Plan.RestartPhase is RestartPhase.Returned && IsBack(decision))
        {
            return null;
        }

        if (restart.ShutdownAskedAt is null && (decision.Next is null || LacksSlot(decision, current)))
        {
            // A gate closed before anything was asked: the wish and the DAG's slot are given back.
            return null;
        }

        var now = decision.Situation.Now;
        if (decision.Plan.RestartPhase is RestartPhase.Off && restart.OffSeenAt is null)
        {
            restart = restart with { OffSeenAt = now };
        }

        // Stored before the question is sent, so that the guest is asked once whatever dies in between, and what went down by
        // our hand comes back.
        restart = decision.Next?.Action switch
        {
            ShutDownGuest or DiscardSavedState when restart.ShutdownAskedAt is null => restart with
            {
                ShutdownAskedAt = now,
            },
            StartVirtualMachine => restart with { StartAskedAt = restart.StartAskedAt ?? now },
            _ => restart,
        };
        var status = RestartOperations.ToStatus(restart, current.Reason);
        return decision.Next?.Action is DiscardSavedState ? status with { Stage = "DiscardingSavedState" } : status;
    }

    // Begun while the VM was in no DAG, or in another one: the slot of this one has to be wished for first.
    private static bool LacksSlot(Decision decision, OperationStatus current) =>
        decision is { Situation.Group: { } group, Next.Action: ShutDownGuest }
        && !IsGranted(group, decision.Situation.Key.Name, current);

    // A DAG's member keeps its slot, and so its operation, until it serves again.
    private static bool IsBack(Decision decision)
    {
        var situation = decision.Situation;
        return situation.Group is not { } group
            || situation.Observed?.PowerState is not PowerState.Running
            || group.Members.FirstOrDefault(member => member.Name == situation.Key.Name) is not { } member
            || AvailabilityGroupBudget.IsAvailable(group.Group, member, situation.Now);
    }

    private static string ReasonOf(PlannedAction next, Decision decision) =>
        next.Action is ShutDownGuest shutdown
            ? shutdown.Reason
            : $"{next.Action.Name} of {decision.Situation.Desired.VirtualMachineName}";
}

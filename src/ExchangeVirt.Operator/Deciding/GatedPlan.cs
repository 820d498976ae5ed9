using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Planning;

namespace ExchangeVirt.Operator.Deciding;

/// <summary>An action of a plan with what its gate said.</summary>
/// <param name="Planned">The action.</param>
/// <param name="Closed">The first closed gate; null where all are open.</param>
/// <param name="AfterShutdown">Whether it waits for the shutdown before it in the plan, and is judged with it.</param>
public sealed record GatedAction(PlannedAction Planned, GateDecision.Closed? Closed, bool AfterShutdown);

/// <summary>A plan, each action with its gate; pure.</summary>
public static class GatedPlan
{
    /// <summary>
    /// Asks the gates about every action. What follows a shutdown in the plan is one restart with it: the shutdown's gate
    /// speaks for all of it. What rests on something that may not be done (a VM that is not there yet, a mark, a disk) waits
    /// with it.
    /// </summary>
    public static IReadOnlyList<GatedAction> Of(VirtualMachinePlan plan, Func<PlannedAction, GateDecision> gate)
    {
        List<GatedAction> gated = [];
        GatedAction? shutdown = null;
        GateDecision.Closed? barrier = null;
        GateDecision.Closed? missingDisk = null;
        foreach (var planned in plan.Actions)
        {
            if (shutdown is not null)
            {
                gated.Add(new GatedAction(planned, shutdown.Closed, AfterShutdown: true));
                continue;
            }

            var closed =
                barrier
                ?? (planned.Action is StartVirtualMachine ? missingDisk : null)
                ?? gate(planned) as GateDecision.Closed;
            var action = new GatedAction(planned, closed, AfterShutdown: false);
            gated.Add(action);
            if (closed is not null)
            {
                barrier ??= Gate.IsFoundation(planned) ? closed : null;
                missingDisk ??= Gate.LacksDisk(planned, closed) ? closed : null;
            }

            shutdown = planned.Action is ShutDownGuest or DiscardSavedState ? action : null;
        }

        return gated;
    }

    /// <summary>Finds what is to be done now: the first action whose gates are open and which waits for no shutdown.</summary>
    /// <param name="actions">The plan's actions.</param>
    /// <param name="deferred">Whether an action failed of late and its time has not come again.</param>
    /// <returns>Null where nothing is: what rests on a failed action waits for its next attempt.</returns>
    public static PlannedAction? Next(IReadOnlyList<GatedAction> actions, Func<PlannedAction, bool> deferred)
    {
        foreach (var action in actions.Where(static action => action.Closed is null && !action.AfterShutdown))
        {
            if (!deferred(action.Planned))
            {
                return action.Planned;
            }

            if (Gate.IsFoundation(action.Planned))
            {
                return null;
            }
        }

        return null;
    }
}

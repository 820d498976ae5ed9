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
    /// speaks for all of it.
    /// </summary>
    public static IReadOnlyList<GatedAction> Of(VirtualMachinePlan plan, Func<PlannedAction, GateDecision> gate)
    {
        List<GatedAction> gated = [];
        GatedAction? shutdown = null;
        foreach (var planned in plan.Actions)
        {
            if (shutdown is not null)
            {
                gated.Add(new GatedAction(planned, shutdown.Closed, AfterShutdown: true));
                continue;
            }

            var action = new GatedAction(planned, gate(planned) as GateDecision.Closed, AfterShutdown: false);
            gated.Add(action);
            shutdown = planned.Action is ShutDownGuest or DiscardSavedState ? action : null;
        }

        return gated;
    }

    /// <summary>Finds what is to be done now: the first action whose gates are open and which waits for no shutdown.</summary>
    /// <param name="actions">The plan's actions.</param>
    /// <param name="deferred">Whether an action failed of late and its time has not come again.</param>
    public static PlannedAction? Next(IReadOnlyList<GatedAction> actions, Func<PlannedAction, bool> deferred) =>
        actions
            .FirstOrDefault(action => action.Closed is null && !action.AfterShutdown && !deferred(action.Planned))
            ?.Planned;
}

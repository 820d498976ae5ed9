using ExchangeVirt.Domain.Planning;

namespace ExchangeVirt.Domain.Gating;

/// <summary>Asks the eight gates of safety in their order. Pure; asked again before each action.</summary>
public static class Gate
{
    /// <summary>Decides whether one action may be done now; the first closed gate names the refusal.</summary>
    public static GateDecision Check(GateInput input, PlannedAction action)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(action);

        var bringsBack = action.Action is StartVirtualMachine && input.Restart is { TookDown: true };
        return PausedGate.Check(input, bringsBack)
            ?? EnforcementGate.Check(input, bringsBack)
            ?? KnownGate.Check(input, bringsBack)
            ?? BusyGate.Check(input, action)
            ?? ContentionGate.Check(input, action)
            ?? (
                IsExempt(input, action)
                    ? AvailabilityGroupGate.CheckRecovery(input, action)
                    : RateGate.Check(input, action)
                        ?? WindowGate.Check(input, action)
                        ?? AvailabilityGroupGate.Check(input, action)
            ) as GateDecision
            ?? new GateDecision.Open();
    }

    /// <summary>
    /// Asks only the gates that rest on what is declared and on the time: switches, enforcement, windows. For a look that has
    /// no facts of hosts; what it calls open may still be closed by the others.
    /// </summary>
    /// <returns>Null where none of these is closed.</returns>
    public static GateDecision.Closed? CheckDeclared(GateInput input, PlannedAction action)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(action);

        return PausedGate.Check(input, bringsBack: false)
            ?? EnforcementGate.Check(input, bringsBack: false)
            ?? WindowGate.Check(input, action);
    }

    /// <summary>Chooses what of a plan is done next: the first action whose gate is open, unless something before it that is closed is what it rests on.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="check">The gates, as <see cref="Check"/> with this moment's facts.</param>
    public static NextStep Next(VirtualMachinePlan plan, Func<PlannedAction, GateDecision> check)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(check);

        PlannedAction? next = null;
        GateDecision.Closed? barrier = null;
        GateDecision.Closed? missingDisk = null;
        var refusals = new List<Refusal>();
        foreach (var action in plan.Actions)
        {
            var closed =
                barrier
                ?? (action.Action is StartVirtualMachine ? missingDisk : null)
                ?? check(action) as GateDecision.Closed;
            if (closed is not null)
            {
                refusals.Add(new Refusal(action, closed));
                barrier ??= IsFoundation(action) ? closed : null;
                missingDisk ??= LacksDisk(action, closed) ? closed : null;
            }
            else if (next is null)
            {
                next = action;
            }
        }

        return new NextStep(next, refusals);
    }

    /// <summary>Recovery is not disruption, and a restart once begun is finished though a window closes.</summary>
    private static bool IsExempt(GateInput input, PlannedAction action) =>
        action.Cause == ActionCause.Recovery
        || (
            input.Restart is { TookDown: true }
            && action.Action is not (ShutDownGuest or MergeCheckpoint or UnregisterVirtualMachine)
        );

    /// <summary>Whether what follows in a plan makes no sense, or no good, without it. A VM bound by its GUID may wait for its mark.</summary>
    private static bool IsFoundation(PlannedAction action) =>
        action.Action is CreateVirtualMachine or ShutDownGuest or DiscardSavedState
        || action is { Action: MarkOwner, Cause: ActionCause.Creation };

    /// <summary>Whether a start would come without a disk. A switch that stops all but bringing back what we took down is no such case.</summary>
    private static bool LacksDisk(PlannedAction action, GateDecision.Closed closed) =>
        action.Action is AttachDisk && closed.Gate is not (GateName.Paused or GateName.Enforcement);
}

/// <summary>What is done next, and what waits.</summary>
/// <param name="Action">The action; null where nothing may be done.</param>
/// <param name="Refusals">Every action of the plan that may not be done now, with the gate it waits for.</param>
public sealed record NextStep(PlannedAction? Action, IReadOnlyList<Refusal> Refusals);

/// <summary>An action that waits.</summary>
/// <param name="Action">The action.</param>
/// <param name="Gate">What it waits for.</param>
public sealed record Refusal(PlannedAction Action, GateDecision.Closed Gate);

using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Planning;

/// <summary>Decides about a VM that has a saved state: reported, or discarded after a grace. Never resumed.</summary>
internal static class SavedStatePlanner
{
    public static PowerDecision Decide(PlanningInput input, ObservedVirtualMachine observed)
    {
        var (problem, lookAgainAt) = Refuse(input, observed);
        var discards = problem is null;
        var state = discards ? SettingState.Drifted : SettingState.Blocked;
        return new PowerDecision
        {
            TakeDown = discards ? new DiscardSavedState() : null,

            // A saved VM ran when it was saved, so that it is meant to run unless declared stopped.
            Start = discards && input.Desired.PowerState != DesiredPowerState.Stopped ? ActionCause.Recovery : null,
            WaitReason = problem?.Reason,
            Settings =
            [
                PowerPlanner.CompareSavedState(observed, state, problem?.Reason),
                .. PowerPlanner.ComparePowerState(input, observed, state, problem?.Reason),
            ],
            Problems = problem is null ? [] : [problem],
            LookAgainAt = lookAgainAt,
        };
    }

    private static (PlanProblem? Problem, DateTimeOffset? LookAgainAt) Refuse(
        PlanningInput input,
        ObservedVirtualMachine observed
    )
    {
        if (observed.PowerState != PowerState.Saved)
        {
            return (
                Problem(
                    PlanReasons.SavedStateFound,
                    $"{observed.Name} is {observed.PowerState} and has a saved state of a kind that is not discarded from here. Delete "
                        + "the saved state in Hyper-V, then start it.",
                    stalled: true
                ),
                null
            );
        }

        if (observed.PowerStateSince is not { } since)
        {
            return (
                Problem(
                    PlanReasons.SavedStateBusy,
                    $"{observed.Name} is saved; since when is not known, so that nothing is done.",
                    stalled: input.Policy.SavedState == SavedStatePolicy.Report
                ),
                null
            );
        }

        var graceEnds = since + input.Policy.SavedStateGrace;
        if (input.Now < graceEnds)
        {
            return (
                Problem(
                    PlanReasons.SavedStateGrace,
                    $"{observed.Name} is saved since {since:u}; an offline backup does that for seconds. It is looked at again at {graceEnds:u}.",
                    stalled: false
                ),
                graceEnds
            );
        }

        return input.Policy.SavedState == SavedStatePolicy.Report
            ? (
                Problem(
                    PlanReasons.SavedStateFound,
                    $"{observed.Name} is saved since {since:u}, which Microsoft does not support for Exchange. Delete the saved state in "
                        + $"Hyper-V (never resume it) and start the VM, or set spec.savedState: DiscardAndColdBoot in policy {input.Policy.Name}.",
                    stalled: true
                ),
                null
            )
            : (RefuseWhileAtWork(observed), null);
    }

    private static PlanProblem? RefuseWhileAtWork(ObservedVirtualMachine observed)
    {
        var work =
            observed.Operation != VirtualMachineOperation.None ? $"Hyper-V is at work on it ({observed.Operation})"
            : observed.Checkpoints is null ? "whether a backup's checkpoint is there is not known"
            : observed.Checkpoints.Any(c => c.Kind == CheckpointKind.Recovery) ? "a backup's checkpoint is there"
            : null;
        return work is null
            ? null
            : Problem(
                PlanReasons.SavedStateBusy,
                $"{observed.Name} is saved and its saved state is not discarded yet: {work}.",
                stalled: false
            );
    }

    private static PlanProblem Problem(string reason, string message, bool stalled) =>
        new(reason, message, stalled, SettingNames.SavedState);
}

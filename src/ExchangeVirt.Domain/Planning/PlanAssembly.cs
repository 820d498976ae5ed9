using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Planning;

/// <summary>Puts the compared settings and the decision about power into one ordered plan.</summary>
internal sealed class PlanAssembly(
    PlanningInput input,
    ObservedVirtualMachine observed,
    RestartPhase phase,
    Comparison comparison,
    PowerDecision power,
    IReadOnlyList<PlanProblem> refusals
)
{
    private bool IsUp => observed.PowerState == PowerState.Running;

    /// <summary>Whether the VM is truly off: off with a saved state is no state to write settings in.</summary>
    private PowerState WritableState =>
        observed is { PowerState: PowerState.Off, HasSavedState: true } ? PowerState.FastSaved : observed.PowerState;

    private ActionCause DifferenceCause =>
        input.AppliedGeneration == input.Generation ? ActionCause.Drift : ActionCause.Change;

    public VirtualMachinePlan Build()
    {
        IReadOnlyList<PlannedAction> actions = refusals.Count == 0 ? [.. Actions()] : [.. ActionsWhileRefused()];
        return new VirtualMachinePlan
        {
            Actions = actions,
            Settings = [.. comparison.Differences.Select(Describe), .. power.Settings.Select(Refused)],
            Problems = [.. refusals, .. comparison.Problems, .. power.Problems, .. OverdueInTransition()],
            Notices = comparison.Notices,
            NeedsRestart = actions.Any(a => a.Action is ShutDownGuest) && power.Start is not null,
            ReturnToRunning = input.Restart?.ReturnToRunning ?? power.Start is not null,
            RestartPhase = phase,
            LookAgainAt = power.LookAgainAt,
        };
    }

    /// <summary>What we took down is brought back although the manifest went wrong meanwhile; the settings wait.</summary>
    private IEnumerable<PlannedAction> ActionsWhileRefused()
    {
        var onlyTheManifest = refusals.All(problem =>
            problem.Reason
                is PlanReasons.UnsupportedDesiredValue
                    or PlanReasons.GenerationMismatch
                    or PlanReasons.Invalid
        );
        if (onlyTheManifest && phase == RestartPhase.Off && power.Start is { } cause)
        {
            yield return Start(cause);
        }
    }

    private IEnumerable<PlannedAction> Actions()
    {
        if (observed.Owner is null && SettingPowerRequirement.Notes.AllowedWhile(observed.PowerState))
        {
            yield return new PlannedAction
            {
                Action = new MarkOwner(input.Owner),
                Cause = input.VirtualMachineId == observed.Id ? ActionCause.Drift : ActionCause.Creation,
            };
        }

        var now = comparison.Differences.Where(d => d.IsDrifted && IsDoneNow(d)).ToList();
        foreach (var difference in now)
        {
            yield return Correct(difference);
        }

        if (power.TakeDown is { } takeDown)
        {
            // While the VM is off anyway, everything that waits rides along; merges never do.
            var ridingAlong = comparison
                .Differences.Where(d => d.IsDrifted && !now.Contains(d) && d.Action is not MergeCheckpoint)
                .ToList();
            yield return TakeDown(takeDown, ridingAlong);
            foreach (var difference in ridingAlong)
            {
                yield return Correct(difference);
            }
        }

        if (power.Start is { } cause)
        {
            yield return Start(cause);
        }
    }

    private bool IsDoneNow(SettingDifference difference) =>
        difference.Requirement.AllowedWhile(WritableState)
        && (!IsUp || !difference.IsRollout || (phase == RestartPhase.None && power.TakeDown is null));

    private PlannedAction Correct(SettingDifference difference) =>
        new()
        {
            Action = difference.Action!,
            Setting = difference.Name,
            NeedsOff = difference.Requirement.NeedsOff,
            Disruptive = IsUp && (difference.IsRollout || difference.Requirement.NeedsOff),
            Reversible = difference.Reversible,
            Cause = CauseOf(difference),
        };

    private ActionCause CauseOf(SettingDifference difference) =>
        difference.IsRollout ? ActionCause.Change : DifferenceCause;

    private PlannedAction TakeDown(VirtualMachineAction takeDown, List<SettingDifference> ridingAlong) =>
        takeDown is DiscardSavedState
            ? new PlannedAction
            {
                Action = takeDown,
                Setting = SettingNames.SavedState,
                BeginsRestart = input.Restart is null,
                Reversible = false,
                Cause = ActionCause.Recovery,
            }
            : new PlannedAction
            {
                Action = takeDown,
                Setting = power.Start is null ? SettingNames.PowerState : null,
                BeginsRestart = input.Restart is null,
                Disruptive = true,
                Cause = ridingAlong.Exists(d => CauseOf(d) == ActionCause.Change)
                    ? ActionCause.Change
                    : DifferenceCause,
            };

    private static PlannedAction Start(ActionCause cause) =>
        new() { Action = new StartVirtualMachine(), Cause = cause };

    private SettingComparison Describe(SettingDifference difference)
    {
        var (state, reason) = StateOf(difference);
        return new SettingComparison(difference.Name, difference.Desired, difference.Observed, state, reason);
    }

    private (SettingState State, string? Reason) StateOf(SettingDifference difference)
    {
        if (difference.IsUnknown)
        {
            return (SettingState.Unknown, null);
        }

        if (difference.BlockedReason is { } blocked)
        {
            return (blocked == PlanReasons.Contended ? SettingState.Contended : SettingState.Blocked, blocked);
        }

        if (!difference.IsDrifted)
        {
            return (SettingState.InSync, null);
        }

        if (refusals.Count > 0)
        {
            return (SettingState.Blocked, refusals[0].Reason);
        }

        if (IsDoneNow(difference))
        {
            return (phase == RestartPhase.Off ? SettingState.Correcting : SettingState.Drifted, null);
        }

        return power.WaitReason is { } wait and not PlanReasons.Transition ? (SettingState.Blocked, wait)
            : phase is RestartPhase.ShuttingDown or RestartPhase.Overdue ? (SettingState.Correcting, null)
            : difference.Action is MergeCheckpoint ? (SettingState.Drifted, power.WaitReason)
            : difference.Requirement.NeedsOff || power.TakeDown is not null
                ? (SettingState.RestartPending, power.WaitReason)
            : (SettingState.Drifted, power.WaitReason);
    }

    private SettingComparison Refused(SettingComparison setting) =>
        refusals.Count > 0 && setting.State is SettingState.Drifted or SettingState.Correcting
            ? setting with
            {
                State = SettingState.Blocked,
                Reason = refusals[0].Reason,
            }
            : setting;

    /// <summary>A guest that hangs while stopping is overdue as one that still runs is.</summary>
    private IEnumerable<PlanProblem> OverdueInTransition()
    {
        if (phase == RestartPhase.Overdue && observed.PowerState == PowerState.Stopping)
        {
            yield return PowerPlanner.Overdue(input, observed);
        }
    }
}

using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Planning;

/// <summary>Decides about the VM's power: never off by force, never saved, never resumed.</summary>
internal static class PowerPlanner
{
    /// <summary>Decides.</summary>
    /// <param name="input">The facts.</param>
    /// <param name="observed">The VM.</param>
    /// <param name="phase">How far a restart of ours has come.</param>
    /// <param name="differences">The settings.</param>
    public static PowerDecision Decide(
        PlanningInput input,
        ObservedVirtualMachine observed,
        RestartPhase phase,
        IReadOnlyList<SettingDifference> differences
    ) =>
        observed.PowerState switch
        {
            PowerState.Running => WhileRunning(input, observed, phase, differences),
            PowerState.Off when observed.HasSavedState == true => SavedStatePlanner.Decide(input, observed),
            PowerState.Off => WhileOff(input, observed, differences),
            PowerState.Saved or PowerState.FastSaved => SavedStatePlanner.Decide(input, observed),
            PowerState.Paused => Waiting(
                input,
                observed,
                PlanReasons.VirtualMachinePaused,
                $"{observed.Name} is paused; Exchange does not run and its cluster heartbeat is lost. Resume it or shut it down in "
                    + "Hyper-V: a paused VM is never resumed from here.",
                stalled: true
            ),
            PowerState.Unknown => Waiting(
                input,
                observed,
                PlanReasons.PowerStateUnknown,
                $"The host does not tell in which power state {observed.Name} is. Nothing is done that depends on it.",
                stalled: false
            ),
            _ => Waiting(
                input,
                observed,
                PlanReasons.Transition,
                $"{observed.Name} is {observed.PowerState}; it is looked at again when it has arrived.",
                stalled: false
            ) with
            {
                LookAgainAt = phase == RestartPhase.ShuttingDown ? Deadline(input) : null,
            },
        };

    /// <summary>Compares the saved state, whatever is done about it.</summary>
    public static SettingComparison CompareSavedState(
        ObservedVirtualMachine observed,
        SettingState whereFound,
        string? reason = null
    ) =>
        observed switch
        {
            { PowerState: PowerState.Saved or PowerState.FastSaved } or { HasSavedState: true } => new(
                SettingNames.SavedState,
                SettingWords.None,
                nameof(PowerState.Saved),
                whereFound,
                reason
            ),
            { HasSavedState: null } => new(
                SettingNames.SavedState,
                SettingWords.None,
                Observed: null,
                SettingState.Unknown
            ),
            _ => new(SettingNames.SavedState, SettingWords.None, SettingWords.None, SettingState.InSync),
        };

    /// <summary>Compares the power state where it is managed.</summary>
    public static IEnumerable<SettingComparison> ComparePowerState(
        PlanningInput input,
        ObservedVirtualMachine observed,
        SettingState whereOther,
        string? reason = null
    )
    {
        if (input.Desired.PowerState is not { } wanted)
        {
            yield break;
        }

        var reached =
            (wanted, observed.PowerState)
            is
                (DesiredPowerState.Running, PowerState.Running)
                or
                (DesiredPowerState.Stopped, PowerState.Off);
        var words = wanted == DesiredPowerState.Stopped ? nameof(PowerState.Off) : nameof(PowerState.Running);
        yield return observed.PowerState == PowerState.Unknown
            ? new SettingComparison(SettingNames.PowerState, words, Observed: null, SettingState.Unknown, reason)
            : new SettingComparison(
                SettingNames.PowerState,
                words,
                observed.PowerState.ToString(),
                reached ? SettingState.InSync : whereOther,
                reached ? null : reason
            );
    }

    private static PowerDecision WhileRunning(
        PlanningInput input,
        ObservedVirtualMachine observed,
        RestartPhase phase,
        IReadOnlyList<SettingDifference> differences
    )
    {
        var stop = input.Desired.PowerState == DesiredPowerState.Stopped;
        var waiting = differences.Where(d => d.IsDrifted && d.Requirement.NeedsOff).Select(d => d.Name).ToList();
        var takeDown = phase is RestartPhase.None or RestartPhase.Begun && (stop || waiting.Count > 0);
        var decision = new PowerDecision
        {
            TakeDown = takeDown ? new ShutDownGuest(ShutdownText(input, stop, waiting)) : null,
            Start = takeDown && !stop ? ActionCause.Recovery : null,
            Settings =
            [
                CompareSavedState(observed, SettingState.Drifted),
                .. ComparePowerState(
                    input,
                    observed,
                    phase is RestartPhase.ShuttingDown or RestartPhase.Overdue
                        ? SettingState.Correcting
                        : SettingState.Drifted
                ),
            ],
            LookAgainAt = phase == RestartPhase.ShuttingDown ? Deadline(input) : null,
        };
        return phase == RestartPhase.Overdue ? decision with { Problems = [Overdue(input, observed)] } : decision;
    }

    /// <summary>Says that the guest did not shut down in time. It stays so until the VM is off.</summary>
    public static PlanProblem Overdue(PlanningInput input, ObservedVirtualMachine observed) =>
        new(
            PlanReasons.ShutdownDeadlinePassed,
            $"{observed.Name} was asked to shut down at {input.Restart?.ShutdownAskedAt:u} and is {observed.PowerState} after "
                + $"{input.Desired.ShutdownTimeout.TotalMinutes:0} min. It is not asked again and never turned off. Look at its console "
                + "(it may install updates); once it is off, it is corrected and started.",
            Stalled: true
        );

    private static PowerDecision WhileOff(
        PlanningInput input,
        ObservedVirtualMachine observed,
        IReadOnlyList<SettingDifference> differences
    )
    {
        var start = StartRules.Decide(input, observed, differences);
        return new PowerDecision
        {
            Start = start.Cause,
            Settings =
            [
                CompareSavedState(observed, SettingState.Blocked),
                .. ComparePowerState(
                    input,
                    observed,
                    start.Problem is not null ? SettingState.Blocked
                        : input.Restart is not null ? SettingState.Correcting
                        : SettingState.Drifted,
                    start.Problem?.Reason
                ),
            ],
            Problems = start.Problem is { } problem ? [problem] : [],
            LookAgainAt = start.LookAgainAt,
        };
    }

    private static PowerDecision Waiting(
        PlanningInput input,
        ObservedVirtualMachine observed,
        string reason,
        string message,
        bool stalled
    )
    {
        var state = stalled ? SettingState.Blocked : SettingState.Correcting;
        return new PowerDecision
        {
            WaitReason = reason,
            Settings =
            [
                CompareSavedState(observed, SettingState.Blocked, reason),
                .. ComparePowerState(input, observed, state, reason),
            ],
            Problems = [new PlanProblem(reason, message, stalled)],
        };
    }

    private static DateTimeOffset? Deadline(PlanningInput input) =>
        input.Restart?.ShutdownAskedAt + input.Desired.ShutdownTimeout;

    private static string ShutdownText(PlanningInput input, bool stop, List<string> waiting) =>
        stop
            ? $"{input.Desired.Key} is declared stopped"
            : $"Restart of {input.Desired.Key} to apply {string.Join(", ", waiting)}";
}

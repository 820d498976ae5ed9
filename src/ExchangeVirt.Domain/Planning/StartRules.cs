using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Planning;

/// <summary>Decides whether a VM that is off is started now, and why.</summary>
internal static class StartRules
{
    /// <summary>Decides: a cause where it is started, a problem where it should be and is not, neither where it stays off.</summary>
    public static StartDecision Decide(
        PlanningInput input,
        ObservedVirtualMachine observed,
        IReadOnlyList<SettingDifference> differences
    )
    {
        if (!ShouldRun(input))
        {
            return new StartDecision(null, null);
        }

        if (observed.HasSavedState is null)
        {
            return Refuse(
                PlanReasons.SavedStateUnknown,
                $"{observed.Name} is off, but the host did not say whether it has a saved state, which a start might resume. "
                    + "It is started once the host says."
            );
        }

        // What we took down comes back, whatever else is wrong with it.
        if (input.Restart is { TookDown: true })
        {
            return new StartDecision(ActionCause.Recovery, null);
        }

        if (differences.FirstOrDefault(IsDiskInDoubt) is { } disk)
        {
            return Refuse(
                PlanReasons.DiskNotAttached,
                $"{observed.Name} is not started while {disk.Name} ({disk.Desired}) is {disk.Observed ?? "in doubt"}: Exchange would "
                    + "find its databases gone. Mend the disk, or correct spec.disks."
            );
        }

        if (input.NeverStarted)
        {
            return new StartDecision(ActionCause.Creation, null);
        }

        return input.AppliedPowerState == DesiredPowerState.Stopped
            ? new StartDecision(ActionCause.Change, null)
            : AfterGrace(input, observed);
    }

    private static bool ShouldRun(PlanningInput input) =>
        input.Desired.PowerState switch
        {
            DesiredPowerState.Running => true,
            DesiredPowerState.Stopped => false,
            _ => input.Restart is { ReturnToRunning: true, TookDown: true },
        };

    private static bool IsDiskInDoubt(SettingDifference difference) =>
        difference.Name.StartsWith(SettingNames.Disk(""), StringComparison.Ordinal)
        && (difference.IsUnknown || difference.BlockedReason is not null);

    private static StartDecision AfterGrace(PlanningInput input, ObservedVirtualMachine observed)
    {
        if (observed.PowerStateSince is not { } since)
        {
            return Refuse(
                PlanReasons.ShutDownByPerson,
                $"{observed.Name} is off and nobody here shut it down; since when is not known, so that it is not started. Start it in "
                    + "Hyper-V, or declare powerState: Stopped."
            );
        }

        var startsAt = since + input.Policy.RestartGrace;
        if (input.Now >= startsAt)
        {
            return new StartDecision(ActionCause.Recovery, null);
        }

        return Refuse(
            PlanReasons.ShutDownByPerson,
            $"{observed.Name} is off since {since:u} and nobody here shut it down. It is started at {startsAt:u}; to keep it off, "
                + "declare powerState: Stopped or annotate it with exchangevirt.io/hold."
        ) with
        {
            LookAgainAt = startsAt,
        };
    }

    private static StartDecision Refuse(string reason, string message) =>
        new(null, new PlanProblem(reason, message, Stalled: false, SettingNames.PowerState));
}

/// <summary>Whether a VM is started.</summary>
/// <param name="Cause">Why it is; null where it is not.</param>
/// <param name="Problem">Why it is not although it should run.</param>
/// <param name="LookAgainAt">When time alone changes that.</param>
internal sealed record StartDecision(ActionCause? Cause, PlanProblem? Problem, DateTimeOffset? LookAgainAt = null);

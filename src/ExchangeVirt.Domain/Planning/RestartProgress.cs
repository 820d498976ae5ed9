using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Planning;

/// <summary>Reads off a VM how far a restart of ours has come.</summary>
internal static class RestartProgress
{
    /// <summary>How old facts may be for their uptime to be trusted against the operator's clock.</summary>
    private static readonly TimeSpan s_uptimeMargin = TimeSpan.FromMinutes(10);

    public static RestartPhase PhaseOf(PlanningInput input, ObservedVirtualMachine observed)
    {
        if (input.Restart is not { } restart)
        {
            return RestartPhase.None;
        }

        switch (observed.PowerState)
        {
            case PowerState.Off:
                // Off, and not by our hand: whoever shut it down did so before we asked for anything.
                return restart.TookDown ? RestartPhase.Off : RestartPhase.Returned;
            case PowerState.Running when HasBeenOff(restart) || HasBootedSince(restart, input.Now, observed):
                return RestartPhase.Returned;
            case PowerState.Starting when HasBeenOff(restart):
                return RestartPhase.Starting;
        }

        return restart.ShutdownAskedAt is not { } askedAt ? RestartPhase.Begun
            : input.Now >= askedAt + input.Desired.ShutdownTimeout ? RestartPhase.Overdue
            : RestartPhase.ShuttingDown;
    }

    private static bool HasBeenOff(RestartOperation restart) =>
        restart.OffSeenAt is not null || restart.StartAskedAt is not null;

    /// <summary>Nobody may have looked while it was off: somebody started it by hand, or the guest rebooted.</summary>
    private static bool HasBootedSince(RestartOperation restart, DateTimeOffset now, ObservedVirtualMachine observed) =>
        restart.ShutdownAskedAt is { } askedAt
        && observed.Uptime is { } uptime
        && uptime + s_uptimeMargin < now - askedAt;
}

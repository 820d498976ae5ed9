using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;

namespace ExchangeVirt.Domain.Gating;

/// <summary>Gate 7: when a VM may be disrupted, and when users' checkpoints may be merged.</summary>
internal static class WindowGate
{
    /// <summary>What a restart is given beside the guest's shutdown: settings, start, boot.</summary>
    private static readonly TimeSpan s_restartReserve = TimeSpan.FromMinutes(30);

    public static GateDecision.Closed? Check(GateInput input, PlannedAction action)
    {
        if (action.Action is MergeCheckpoint)
        {
            return CheckMerge(input);
        }

        if (!action.Disruptive)
        {
            return null;
        }

        var key = input.VirtualMachine.Key;
        return input.Rules.Disruption switch
        {
            Disruption.Anytime => null,
            Disruption.MaintenanceWindow => CheckIntervals(
                input,
                action.Action is ShutDownGuest ? input.VirtualMachine.ShutdownTimeout + s_restartReserve : TimeSpan.Zero
            ),
            Disruption.Approval => Closed(
                GateReasons.ApprovalNotAvailableYet,
                $"{key} is disrupted only with a person's approval, which is not available yet. Set disruption: MaintenanceWindow or "
                    + "Anytime, or do it yourself."
            ),
            _ => Closed(
                GateReasons.DisruptionNever,
                $"{key} is never disrupted (disruption: Never on its policy or itself). Change that, or restart it yourself."
            ),
        };
    }

    private static GateDecision.Closed? CheckMerge(GateInput input) =>
        input.Rules.RemoveUserCheckpoints switch
        {
            CheckpointRemoval.Anytime => null,
            CheckpointRemoval.MaintenanceWindow => CheckIntervals(input, TimeSpan.Zero),
            _ => Closed(
                GateReasons.CheckpointRemovalNever,
                $"Users' checkpoints of {input.VirtualMachine.Key} are not merged. Set checkpoints.removeUserCheckpoints on its policy."
            ),
        };

    private static GateDecision.Closed? CheckIntervals(GateInput input, TimeSpan needed)
    {
        var windows = Join(input.MaintenanceIntervals);
        if (windows.Count == 0)
        {
            return Closed(
                GateReasons.NoMaintenanceWindow,
                $"{input.VirtualMachine.Key} waits for a maintenance window and its policy defines none. Add one to spec.maintenanceWindows."
            );
        }

        var now = input.Now;
        var open = windows.Find(w => w.OpensAt <= now && now < w.ClosesAt);
        if (open is not null && open.ClosesAt - now >= needed)
        {
            return null;
        }

        var next = windows.Find(w => w.OpensAt > now && w.ClosesAt - w.OpensAt >= needed);
        var outlook = next is null
            ? $"No coming window of {needed.TotalMinutes:0} min or more is known: lengthen one, or add one"
            : $"The next, {next.Name}, opens at {next.OpensAt:u}";
        return open is null
            ? Closed(
                GateReasons.MaintenanceWindow,
                $"{input.VirtualMachine.Key} waits for a maintenance window. {outlook}.",
                next?.OpensAt
            )
            : Closed(
                GateReasons.MaintenanceWindowTooShort,
                $"Window {open.Name} closes at {open.ClosesAt:u}; a restart of {input.VirtualMachine.Key} needs {needed.TotalMinutes:0} min "
                    + $"(shutdown timeout and {s_restartReserve.TotalMinutes:0} min). {outlook}.",
                next?.OpensAt
            );
    }

    /// <summary>Sorts the intervals and joins those that touch or overlap: two windows in a row are one long one.</summary>
    private static List<MaintenanceInterval> Join(IReadOnlyList<MaintenanceInterval> intervals)
    {
        var joined = new List<MaintenanceInterval>();
        foreach (var interval in intervals.Where(i => i.ClosesAt > i.OpensAt).OrderBy(i => i.OpensAt))
        {
            if (joined.Count > 0 && interval.OpensAt <= joined[^1].ClosesAt)
            {
                var last = joined[^1];
                joined[^1] = last with
                {
                    ClosesAt = interval.ClosesAt > last.ClosesAt ? interval.ClosesAt : last.ClosesAt,
                };
            }
            else
            {
                joined.Add(interval);
            }
        }

        return joined;
    }

    private static GateDecision.Closed Closed(string reason, string message, DateTimeOffset? opensAt = null) =>
        new(GateName.Window, reason, message, opensAt);
}

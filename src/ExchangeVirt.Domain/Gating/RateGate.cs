using ExchangeVirt.Domain.Planning;

namespace ExchangeVirt.Domain.Gating;

/// <summary>Gate 6: a wrong commit reaches only so many VMs within an hour. Drift and recovery are not counted.</summary>
internal static class RateGate
{
    private const int NoLimit = 100;
    private static readonly TimeSpan s_span = TimeSpan.FromHours(1);

    public static GateDecision.Closed? Check(GateInput input, PlannedAction action)
    {
        if (
            action.Cause != ActionCause.Change
            || input.Rate is not { MaximumPercent: < NoLimit, ThisOneCounted: false } rate
        )
        {
            return null;
        }

        // A small estate must be able to change at all.
        var allowed = Math.Max(1, rate.Total * rate.MaximumPercent / 100);
        var recent = rate.ChangedAt.Where(at => at > input.Now - s_span).Order().ToList();
        if (recent.Count < allowed)
        {
            return null;
        }

        var opensAt = recent[^allowed] + s_span;
        return new GateDecision.Closed(
            GateName.Rate,
            GateReasons.RateLimited,
            $"{recent.Count} of {rate.Total} VMs were changed within the hour; {allowed} may be (maxChangedPerHour {rate.MaximumPercent}%). "
                + $"{input.VirtualMachine.Key} follows at {opensAt:u}.",
            opensAt
        );
    }
}

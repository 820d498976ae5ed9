using Wire = ExchangeVirt.Agent.Contract.Wire;

namespace ExchangeVirt.Agent.Feed;

/// <summary>Tells a change worth saying from figures that move all the time.</summary>
internal static class FeedComparison
{
    public static bool Differs(Wire.HostFacts before, Wire.HostFacts after)
    {
        var left = before.Clone();
        left.ObservedAt = after.ObservedAt;
        return !left.Equals(after);
    }

    public static bool Differs(Wire.VirtualMachine before, Wire.VirtualMachine after)
    {
        // A guest that was restarted from inside shows it by nothing else.
        if (before.Uptime is { } earlier && after.Uptime is { } later && later.ToTimeSpan() < earlier.ToTimeSpan())
        {
            return true;
        }

        var (left, right) = (before.Clone(), after.Clone());
        (left.Uptime, right.Uptime) = (null, null);
        left.Memory?.ClearAssignedBytes();
        right.Memory?.ClearAssignedBytes();
        return !left.Equals(right);
    }
}

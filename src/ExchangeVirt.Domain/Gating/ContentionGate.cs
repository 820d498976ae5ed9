using ExchangeVirt.Domain.Planning;

namespace ExchangeVirt.Domain.Gating;

/// <summary>Gate 5: a setting that something else keeps changing back is no longer written.</summary>
public static class ContentionGate
{
    /// <summary>How often a setting is changed back before it counts as contended.</summary>
    public const int Limit = 3;

    /// <summary>Within which time.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromHours(1);

    /// <summary>Finds the reversals that make a setting contended: the first three within an hour. Waiting does not end it, because not writing is what stopped the quarrel.</summary>
    /// <returns>The three; empty where the setting is not contended.</returns>
    public static IReadOnlyList<SettingReversal> Find(IEnumerable<SettingReversal> history, string setting)
    {
        ArgumentNullException.ThrowIfNull(history);
        var times = history.Where(r => r.Setting == setting).OrderBy(r => r.At).ToList();
        for (var first = 0; first + Limit <= times.Count; first++)
        {
            if (times[first + Limit - 1].At - times[first].At <= Span)
            {
                return times.GetRange(first, Limit);
            }
        }

        return [];
    }

    internal static GateDecision.Closed? Check(GateInput input, PlannedAction action)
    {
        if (action.Setting is not { } setting || Find(input.Reversals, setting) is not { Count: > 0 } quarrel)
        {
            return null;
        }

        var times = string.Join(", ", quarrel.Select(r => $"{r.At:u} {r.Written} → {r.Found}"));
        return new GateDecision.Closed(
            GateName.Contention,
            GateReasons.SettingContended,
            $"{setting} of {input.VirtualMachine.VirtualMachineName} was changed back {Limit} times within an hour ({times}). It is no longer "
                + "written. Find what else sets it; a new generation of the manifest starts afresh."
        );
    }
}

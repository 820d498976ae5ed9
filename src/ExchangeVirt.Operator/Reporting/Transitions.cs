using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Operator.Reporting;

/// <summary>Finds the conditions worth an event: those whose status changed.</summary>
public static class Transitions
{
    private static readonly HashSet<string> s_told = new(StringComparer.Ordinal)
    {
        ConditionTypes.Ready,
        ConditionTypes.Stalled,
        ConditionTypes.Supported,
        ConditionTypes.HostReachable,
        ConditionTypes.Paused,
        ConditionTypes.RestartPending,
    };

    private static readonly HashSet<string> s_badWhenTrue = new(StringComparer.Ordinal)
    {
        ConditionTypes.Stalled,
        ConditionTypes.Paused,
        ConditionTypes.RestartPending,
    };

    /// <summary>Lists the conditions that changed, each with whether that is good news.</summary>
    public static IEnumerable<(StatusCondition Condition, bool Good)> Of(
        IReadOnlyList<StatusCondition>? before,
        IReadOnlyList<StatusCondition>? after
    ) =>
        from condition in after ?? []
        where s_told.Contains(condition.Type)
        let old = before?.FirstOrDefault(other => other.Type == condition.Type)
        // What is said for the first time is news only where it is bad.
        let good = condition.Status == "True" != s_badWhenTrue.Contains(condition.Type)
        where old is null ? !good : old.Status != condition.Status
        select (condition, good);
}

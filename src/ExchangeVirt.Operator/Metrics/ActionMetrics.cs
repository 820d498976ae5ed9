using System.Diagnostics.Metrics;
using ExchangeVirt.Agent.Contract;

namespace ExchangeVirt.Operator.Metrics;

/// <summary>Counts what agents were asked to do, once it has ended.</summary>
internal static class ActionMetrics
{
    /// <summary>Something was changed.</summary>
    public const string Changed = "changed";

    /// <summary>All was as asked already.</summary>
    public const string Unchanged = "unchanged";

    /// <summary>The agent or its host refused before anything was done.</summary>
    public const string Refused = "refused";

    /// <summary>Hyper-V tried and failed.</summary>
    public const string Failed = "failed";

    /// <summary>Nobody can tell how it ended.</summary>
    public const string Unknown = "unknown";

    private static readonly Counter<long> s_actions = OperatorMetrics.Meter.CreateCounter<long>(
        "exchangevirt_actions_total",
        unit: null,
        "Actions that agents were asked for, by how they ended: changed, unchanged, refused, failed or unknown."
    );

    // From a setting that is written at once to a merge that takes as long as its disk is large.
    private static readonly Histogram<double> s_duration = OperatorMetrics.Meter.CreateHistogram(
        "exchangevirt_action_duration_seconds",
        unit: "s",
        "How long an action takes from the question to its end.",
        tags: null,
        new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14400, 86400],
        }
    );

    /// <summary>Says in one word how an action ended.</summary>
    public static string ResultOf(AgentFault? fault, bool changed) =>
        fault?.Kind switch
        {
            null => changed ? Changed : Unchanged,
            AgentFaultKind.Failed => Failed,
            AgentFaultKind.OutcomeUnknown => Unknown,
            _ => Refused,
        };

    /// <summary>Counts an action that has ended.</summary>
    public static void Record(string action, string result, TimeSpan duration)
    {
        KeyValuePair<string, object?> name = new("action", action);
        s_actions.Add(1, name, new("result", result));
        s_duration.Record(duration.TotalSeconds, name);
    }
}

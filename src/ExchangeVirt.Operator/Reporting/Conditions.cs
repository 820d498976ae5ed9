using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Operator.Reporting;

/// <summary>One condition as a pass finds it.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Status">True, False, or null for Unknown.</param>
/// <param name="Reason">A stable CamelCase word, documented in docs/errors.md.</param>
/// <param name="Message">What is so, why, and the next step.</param>
public sealed record Finding(string Type, bool? Status, string Reason, string Message);

/// <summary>Puts what a pass found into a status' list of conditions.</summary>
public static class Conditions
{
    /// <summary>The longest message that the schema takes.</summary>
    private const int LongestMessage = 4096;

    /// <summary>
    /// Gives the conditions after a pass: exactly those found, in the order of their types. The transition time moves only
    /// with the status, so that a changed message is no transition.
    /// </summary>
    public static IReadOnlyList<StatusCondition> After(
        IReadOnlyList<StatusCondition>? before,
        IEnumerable<Finding> findings,
        long generation,
        DateTimeOffset now
    ) =>
        [
            .. findings
                .Select(finding =>
                    Of(before?.FirstOrDefault(old => old.Type == finding.Type), finding, generation, now)
                )
                .OrderBy(static condition => condition.Type, StringComparer.Ordinal),
        ];

    private static StatusCondition Of(StatusCondition? before, Finding finding, long generation, DateTimeOffset now)
    {
        var status = finding.Status switch
        {
            true => "True",
            false => "False",
            null => "Unknown",
        };
        return new StatusCondition
        {
            Type = finding.Type,
            Status = status,
            Reason = finding.Reason,
            Message = finding.Message.Length <= LongestMessage ? finding.Message : finding.Message[..LongestMessage],
            ObservedGeneration = generation,
            LastTransitionTime = before?.Status == status ? before.LastTransitionTime : WholeSeconds(now),
        };
    }

    // Kubernetes' Time keeps whole seconds: anything finer would look changed after every read.
    private static DateTimeOffset WholeSeconds(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
}

using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Operator.Reporting;

/// <summary>One condition as a pass finds it.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Status">True, False, or null for Unknown.</param>
/// <param name="Reason">A stable CamelCase word, documented in docs/errors.md.</param>
/// <param name="Message">What is so, why, and the next step.</param>
public sealed record Finding(string Type, bool? Status, string Reason, string Message)
{
    /// <summary>Gets whether the message holds amounts that move by themselves, which are written by steps.</summary>
    public bool Wavers { get; init; }
}

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

    /// <summary>Gives the conditions after something that touches only some of them: the others stay as they were.</summary>
    /// <param name="before">The conditions before.</param>
    /// <param name="findings">What was found.</param>
    /// <param name="gone">The types that do not hold any more.</param>
    /// <param name="generation">The generation that the findings speak of.</param>
    /// <param name="now">The time.</param>
    public static IReadOnlyList<StatusCondition> Amended(
        IReadOnlyList<StatusCondition>? before,
        IReadOnlyList<Finding> findings,
        IReadOnlyList<string> gone,
        long generation,
        DateTimeOffset now
    ) =>
        [
            .. After(before, findings, generation, now)
                .Concat(
                    (before ?? []).Where(old =>
                        !gone.Contains(old.Type, StringComparer.Ordinal)
                        && !findings.Any(finding => finding.Type == old.Type)
                    )
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
        var message = finding.Message.Length <= LongestMessage ? finding.Message : finding.Message[..LongestMessage];
        // After a change of spec every amount is news.
        var isSame =
            before?.Status == status && before.Reason == finding.Reason && before.ObservedGeneration == generation;
        return new StatusCondition
        {
            Type = finding.Type,
            Status = status,
            Reason = finding.Reason,
            Message = finding.Wavers && isSame ? SteadyText.Keep(before!.Message, message) : message,
            ObservedGeneration = generation,
            LastTransitionTime = before?.Status == status ? before.LastTransitionTime : WholeSeconds(now),
        };
    }

    // Kubernetes' Time keeps whole seconds: anything finer would look changed after every read.
    private static DateTimeOffset WholeSeconds(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
}

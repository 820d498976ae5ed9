using System.Globalization;
using System.Text.RegularExpressions;

namespace ExchangeVirt.Operator.Reporting;

/// <summary>
/// Keeps a text whose amounts move by themselves (free space, memory in use) until one of them has moved by a step, so that at
/// rest nothing is written.
/// </summary>
public static partial class SteadyText
{
    /// <summary>The share by which an amount must have moved.</summary>
    public const int StepPercent = 5;

    /// <summary>Gives the text as it was, where the new one differs in nothing but amounts of bytes and percentages within a step.</summary>
    /// <param name="before">The text that stands; null where none does.</param>
    /// <param name="now">The new text.</param>
    public static string Keep(string? before, string now)
    {
        if (before is null || before == now)
        {
            return now;
        }

        var (old, fresh) = (Amount().Matches(before), Amount().Matches(now));
        return
            old.Count == fresh.Count
            && Amount().Replace(before, "") == Amount().Replace(now, "")
            && old.Zip(fresh).All(static pair => IsWithinStep(SizeOf(pair.First), SizeOf(pair.Second)))
            ? before
            : now;
    }

    private static bool IsWithinStep(decimal old, decimal fresh) =>
        Math.Abs(old - fresh) * 100 <= Math.Max(old, fresh) * StepPercent && (old == 0) == (fresh == 0);

    // A rounded amount such as 8.1Gi is no whole number of bytes.
    private static decimal SizeOf(Match match) =>
        decimal.Parse(match.Groups["number"].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture)
        * (
            match.Groups["unit"] is { Length: > 0 } unit
                ? 1L << (10 * (1 + "KMGTP".IndexOf(unit.Value[0], StringComparison.Ordinal)))
                : 1
        );

    [GeneratedRegex(
        @"(?<![\w.])(?<number>\d{1,15}(\.\d{1,9})?)(?<unit>Ki|Mi|Gi|Ti|Pi|(?=\s%))(?!\w)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Amount();
}

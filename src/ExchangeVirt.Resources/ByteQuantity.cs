using System.Numerics;
using System.Text.RegularExpressions;

namespace ExchangeVirt.Resources;

/// <summary>Reads amounts of bytes as manifests write them: digits, at most nine decimals, and a Kubernetes suffix.</summary>
/// <remarks>Stricter than Kubernetes' quantity, which takes signs, exponents and parts of a byte. Source:
/// https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/</remarks>
public static partial class ByteQuantity
{
    /// <summary>The grammar, as in the schemas.</summary>
    public const string Pattern = @"^[0-9]{1,15}(\.[0-9]{1,9})?(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?$";

    private static readonly (string Suffix, long Factor)[] BinaryUnits =
    [
        ("Pi", 1L << 50),
        ("Ti", 1L << 40),
        ("Gi", 1L << 30),
        ("Mi", 1L << 20),
        ("Ki", 1L << 10),
    ];

    private static readonly (string Suffix, long Factor)[] Units =
    [
        .. BinaryUnits,
        ("P", 1_000_000_000_000_000),
        ("T", 1_000_000_000_000),
        ("G", 1_000_000_000),
        ("M", 1_000_000),
        ("k", 1_000),
        ("", 1),
    ];

    /// <summary>Reads an amount, such as <c>1.5Gi</c>, into bytes.</summary>
    /// <returns>False where the text is no amount, no whole number of bytes, or beyond 2^63 - 1 bytes.</returns>
    public static bool TryParse(string? text, out long bytes)
    {
        bytes = 0;
        if (text is null || Grammar().Match(text) is not { Success: true } match)
        {
            return false;
        }

        var factor = Array.Find(Units, unit => unit.Suffix == match.Groups["suffix"].Value).Factor;
        var decimals = match.Groups["decimals"].Value;
        var scaled = BigInteger.Parse(match.Groups["whole"].Value + decimals) * factor;
        var total = BigInteger.DivRem(scaled, BigInteger.Pow(10, decimals.Length), out var rest);
        if (!rest.IsZero || total > long.MaxValue)
        {
            return false;
        }

        bytes = (long)total;
        return true;
    }

    /// <summary>Reads an amount into bytes.</summary>
    /// <exception cref="FormatException">The text is not such an amount; it says what is allowed.</exception>
    public static long Parse(string text) =>
        TryParse(text, out var bytes)
            ? bytes
            : throw new FormatException($"\"{text}\" is not a whole number of bytes such as 128Gi.");

    /// <summary>Writes bytes with the greatest binary suffix that leaves a whole number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The amount is negative.</exception>
    public static string Format(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        var unit = bytes == 0 ? default : Array.Find(BinaryUnits, unit => bytes % unit.Factor == 0);
        return unit.Factor == 0 ? $"{bytes}" : $"{bytes / unit.Factor}{unit.Suffix}";
    }

    [GeneratedRegex(
        @"\A(?<whole>[0-9]{1,15})(\.(?<decimals>[0-9]{1,9}))?(?<suffix>Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Grammar();
}

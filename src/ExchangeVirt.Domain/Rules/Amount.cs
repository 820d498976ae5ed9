using System.Globalization;
using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Rules;

/// <summary>Writes amounts of memory and disk for people.</summary>
internal static class Amount
{
    /// <summary>Writes gibibytes with at most one decimal; less than a gibibyte exactly.</summary>
    /// <param name="size">The size.</param>
    /// <param name="up">Whether to round up: what is needed is rounded up, what is left is rounded down.</param>
    public static string Of(ByteSize size, bool up = false)
    {
        if (size.Bytes < 1L << 30)
        {
            return size.ToString();
        }

        var tenths = size.Bytes * 10m / (1L << 30);
        var rounded = (up ? decimal.Ceiling(tenths) : decimal.Floor(tenths)) / 10;
        return $"{rounded.ToString("0.#", CultureInfo.InvariantCulture)}Gi";
    }
}

using System.Globalization;

namespace ExchangeVirt.Domain.Model;

/// <summary>A number of bytes: the only unit of memory and disk above the driver, which alone knows Hyper-V's 2^20 blocks.</summary>
/// <param name="Bytes">Bytes, never negative.</param>
public readonly record struct ByteSize(long Bytes) : IComparable<ByteSize>
{
    private static readonly (string Suffix, long Factor)[] s_units =
    [
        ("Ki", 1L << 10),
        ("Mi", 1L << 20),
        ("Gi", 1L << 30),
        ("Ti", 1L << 40),
        ("Pi", 1L << 50),
        ("k", 1_000),
        ("M", 1_000_000),
        ("G", 1_000_000_000),
        ("T", 1_000_000_000_000),
        ("P", 1_000_000_000_000_000),
    ];

    /// <summary>Nothing.</summary>
    public static ByteSize Zero => new(0);

    /// <summary>Makes a size of whole mebibytes, Hyper-V's memory block.</summary>
    public static ByteSize FromMebibytes(long mebibytes) => new(checked(mebibytes << 20));

    /// <summary>Makes a size of whole gibibytes.</summary>
    public static ByteSize FromGibibytes(long gibibytes) => new(checked(gibibytes << 30));

    /// <summary>Gets the whole mebibytes, rounded down.</summary>
    public long Mebibytes => Bytes >> 20;

    /// <summary>Reads a Kubernetes quantity that is a whole, non-negative number of bytes, such as <c>128Gi</c> or <c>1.5Ti</c>.</summary>
    /// <returns>False for anything else: a sign, an exponent, an unknown suffix (<c>GiB</c>), a fraction of a byte, too large.</returns>
    public static bool TryParse(string? text, out ByteSize size)
    {
        size = default;
        if (string.IsNullOrEmpty(text) || text.Length > 32)
        {
            return false;
        }

        var digits = text.AsSpan();
        var factor = 1L;
        foreach (var (suffix, unit) in s_units)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal))
            {
                digits = text.AsSpan(0, text.Length - suffix.Length);
                factor = unit;
                break;
            }
        }

        if (
            digits.IsEmpty
            || !char.IsAsciiDigit(digits[0])
            || !char.IsAsciiDigit(digits[^1])
            || !decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
        )
        {
            return false;
        }

        // Dividing first keeps an absurd number from overflowing the multiplication.
        if (number > (decimal)long.MaxValue / factor)
        {
            return false;
        }

        var bytes = number * factor;
        if (bytes != decimal.Truncate(bytes) || bytes > long.MaxValue)
        {
            return false;
        }

        size = new ByteSize((long)bytes);
        return true;
    }

    /// <summary>Adds two sizes.</summary>
    public static ByteSize operator +(ByteSize left, ByteSize right) => new(checked(left.Bytes + right.Bytes));

    /// <summary>Subtracts, stopping at zero.</summary>
    public static ByteSize operator -(ByteSize left, ByteSize right) => new(Math.Max(0, left.Bytes - right.Bytes));

    /// <summary>Compares.</summary>
    public static bool operator <(ByteSize left, ByteSize right) => left.Bytes < right.Bytes;

    /// <summary>Compares.</summary>
    public static bool operator >(ByteSize left, ByteSize right) => left.Bytes > right.Bytes;

    /// <summary>Compares.</summary>
    public static bool operator <=(ByteSize left, ByteSize right) => left.Bytes <= right.Bytes;

    /// <summary>Compares.</summary>
    public static bool operator >=(ByteSize left, ByteSize right) => left.Bytes >= right.Bytes;

    /// <inheritdoc />
    public int CompareTo(ByteSize other) => Bytes.CompareTo(other.Bytes);

    /// <summary>Writes the size with the largest binary suffix that leaves a whole number: <c>128Gi</c>, <c>1536Mi</c>, <c>7</c>.</summary>
    public override string ToString()
    {
        if (Bytes == 0)
        {
            return "0";
        }

        foreach (var (suffix, factor) in s_units.Take(5).Reverse())
        {
            if (Bytes % factor == 0)
            {
                return $"{Bytes / factor}{suffix}";
            }
        }

        return Bytes.ToString(CultureInfo.InvariantCulture);
    }
}

using System.Globalization;

namespace ExchangeVirt.HyperV.Simulator.CimXml;

/// <summary>
/// Reads and writes CIM datetime text: a point in time <c>yyyymmddhhmmss.mmmmmmsutc</c> (offset in minutes) or an interval
/// <c>ddddddddhhmmss.mmmmmm:000</c>; always 25 characters.
/// </summary>
/// <remarks>Source: https://learn.microsoft.com/windows/win32/wmisdk/cim-datetime</remarks>
internal static class CimDateTimeText
{
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMicrosecond;

    /// <summary>Writes a point in time.</summary>
    public static string Of(DateTimeOffset time)
    {
        var offset = (int)time.Offset.TotalMinutes;
        return time.ToString("yyyyMMddHHmmss.ffffff", CultureInfo.InvariantCulture)
            + (offset < 0 ? '-' : '+')
            + Math.Abs(offset).ToString("000", CultureInfo.InvariantCulture);
    }

    /// <summary>Writes an interval; CIM knows no negative ones.</summary>
    public static string Of(TimeSpan interval) =>
        interval < TimeSpan.Zero
            ? throw new ArgumentOutOfRangeException(nameof(interval), interval, "A CIM interval cannot be negative.")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{interval.Days:00000000}{interval.Hours:00}{interval.Minutes:00}{interval.Seconds:00}.{interval.Ticks % TimeSpan.TicksPerSecond / TicksPerMicrosecond:000000}:000"
            );

    /// <summary>Reads either; gives a <see cref="DateTimeOffset"/> or a <see cref="TimeSpan"/>.</summary>
    public static bool TryParse(string text, out object value)
    {
        value = TimeSpan.Zero;
        if (
            text.Length != 25
            || text[14] != '.'
            || !Digits(text.AsSpan(0, 14))
            || !Digits(text.AsSpan(15, 6))
            || !Digits(text.AsSpan(22, 3))
        )
        {
            return false;
        }

        var micro = int.Parse(text.AsSpan(15, 6), NumberStyles.None, null) * TicksPerMicrosecond;
        return text[21] switch
        {
            ':' => text[22..] == "000" && Interval(text, micro, out value),
            '+' or '-' => Moment(text, micro, out value),
            _ => false,
        };
    }

    private static bool Interval(string text, long micro, out object value)
    {
        value = TimeSpan.Zero;
        var days = Part(text, 0, 8);
        var (hours, minutes, seconds) = (Part(text, 8, 2), Part(text, 10, 2), Part(text, 12, 2));
        if (days > TimeSpan.MaxValue.Days - 1 || hours > 23 || minutes > 59 || seconds > 59)
        {
            return false;
        }

        value = new TimeSpan(days, hours, minutes, seconds) + TimeSpan.FromTicks(micro);
        return true;
    }

    private static bool Moment(string text, long micro, out object value)
    {
        value = TimeSpan.Zero;
        var minutes = Part(text, 22, 3);
        if (
            minutes > 14 * 60
            || !DateTime.TryParseExact(
                text[..14],
                "yyyyMMddHHmmss",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var local
            )
        )
        {
            return false;
        }

        var offset = TimeSpan.FromMinutes(text[21] == '-' ? -minutes : minutes);
        if (local.Ticks - offset.Ticks < 0 || local.Ticks + micro - offset.Ticks > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        value = new DateTimeOffset(local, offset).AddTicks(micro);
        return true;
    }

    private static bool Digits(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');

    private static int Part(string text, int start, int length) =>
        int.Parse(text.AsSpan(start, length), NumberStyles.None, null);
}

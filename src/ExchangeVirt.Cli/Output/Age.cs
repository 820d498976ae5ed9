namespace ExchangeVirt.Cli.Output;

/// <summary>Writes spans of time as short as kubectl does: two units while small, one when large.</summary>
internal static class Age
{
    /// <summary>Writes the time passed since <paramref name="then"/>; a moment in the future counts as now.</summary>
    public static string Since(DateTimeOffset then, DateTimeOffset now) => Text(now - then);

    /// <summary>Writes a span, rounded down.</summary>
    public static string Text(TimeSpan span) =>
        span switch
        {
            { Ticks: <= 0 } => "0s",
            { TotalMinutes: < 2 } => $"{(int)span.TotalSeconds}s",
            { TotalMinutes: < 10 } => Two(span.Minutes, "m", span.Seconds, "s"),
            { TotalHours: < 3 } => $"{(int)span.TotalMinutes}m",
            { TotalHours: < 8 } => Two(span.Hours, "h", span.Minutes, "m"),
            { TotalDays: < 2 } => $"{(int)span.TotalHours}h",
            { TotalDays: < 8 } => Two(span.Days, "d", span.Hours, "h"),
            { TotalDays: < 730 } => $"{span.Days}d",
            _ => Two(span.Days / 365, "y", span.Days % 365, "d"),
        };

    /// <summary>Writes a measured span in milliseconds or seconds.</summary>
    public static string Measured(TimeSpan span) =>
        span.TotalSeconds < 1 ? $"{span.TotalMilliseconds:0} ms" : $"{span.TotalSeconds:0.0} s";

    private static string Two(int large, string largeUnit, int small, string smallUnit) =>
        small == 0 ? $"{large}{largeUnit}" : $"{large}{largeUnit}{small}{smallUnit}";
}

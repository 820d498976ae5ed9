using Cronos;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Operator.Deciding;

/// <summary>Turns a policy's cron windows into intervals of real time.</summary>
public static class MaintenanceSchedule
{
    private static readonly TimeSpan s_horizon = TimeSpan.FromDays(35);

    /// <summary>
    /// Computes the windows that are open at a time or open next, in the order in which they open. A window's length is
    /// elapsed time, so that the hour that a change to summer time skips shortens no window.
    /// </summary>
    /// <exception cref="FormatException">A schedule is not a cron expression or a time zone is not known on this machine.</exception>
    public static IReadOnlyList<MaintenanceInterval> Intervals(
        IReadOnlyList<MaintenanceWindowSpec>? windows,
        DateTimeOffset now
    ) =>
        [
            .. (windows ?? [])
                .SelectMany(window => Intervals(window, now))
                .OrderBy(static interval => interval.OpensAt)
                .ThenBy(static interval => interval.Name, StringComparer.Ordinal),
        ];

    private static IEnumerable<MaintenanceInterval> Intervals(MaintenanceWindowSpec window, DateTimeOffset now)
    {
        var duration = TimeSpan.FromMinutes(window.DurationMinutes);
        var expression = Parse(window);
        var zone = Zone(window);

        // A window that opened up to its own length ago may still be open.
        foreach (var opensAt in expression.GetOccurrences(now - duration, now + s_horizon, zone, toInclusive: true))
        {
            if (opensAt + duration > now)
            {
                yield return new MaintenanceInterval(window.Name, opensAt, opensAt + duration);
            }

            if (opensAt > now)
            {
                // The next opening is all that anyone waits for.
                yield break;
            }
        }
    }

    private static CronExpression Parse(MaintenanceWindowSpec window)
    {
        try
        {
            return CronExpression.Parse(window.Schedule);
        }
        catch (CronFormatException exception)
        {
            throw new FormatException(
                $"Maintenance window '{window.Name}': the schedule '{window.Schedule}' is not a cron expression of five fields ({exception.Message}). Example: '0 22 * * SAT'.",
                exception
            );
        }
    }

    private static TimeZoneInfo Zone(MaintenanceWindowSpec window)
    {
        try
        {
            return TimeZoneInfo.FindSystemTimeZoneById(window.TimeZone);
        }
        catch (Exception exception) when (exception is TimeZoneNotFoundException or InvalidTimeZoneException)
        {
            throw new FormatException(
                $"Maintenance window '{window.Name}': the time zone '{window.TimeZone}' is not known on this machine. Use an IANA name such as 'Asia/Tokyo' or 'UTC'.",
                exception
            );
        }
    }
}

namespace ExchangeVirt.HyperV.Simulator.Engine;

/// <summary>Tells the time as CIM keeps it: a datetime has six decimals, so that what is written reads back as the same.</summary>
/// <remarks>Source: https://learn.microsoft.com/windows/win32/wmisdk/cim-datetime</remarks>
internal static class HostClock
{
    /// <summary>Gets the time in whole microseconds.</summary>
    public static DateTimeOffset Now(TimeProvider time)
    {
        var now = time.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}

using System.Diagnostics.Metrics;

namespace ExchangeVirt.Operator.Metrics;

/// <summary>Names the meter under which the operator publishes what is its own: everything there begins with <c>exchangevirt_</c>.</summary>
public static class OperatorMetrics
{
    /// <summary>The meter that an exporter has to listen to.</summary>
    public const string MeterName = "ExchangeVirt.Operator";

    internal static Meter Meter { get; } = new(MeterName);

    /// <summary>Gives a time as metrics tell it: in seconds since 1970.</summary>
    internal static double Seconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).TotalSeconds;
}

using System.Diagnostics.Metrics;

namespace ExchangeVirt.Runtime;

/// <summary>Names the meter under which the runtime publishes what it does, by the names that Kubernetes' dashboards know.</summary>
public static class RuntimeMetrics
{
    /// <summary>The meter that an exporter has to listen to.</summary>
    public const string MeterName = "ExchangeVirt.Runtime";

    internal static Meter Meter { get; } = new(MeterName);

    /// <summary>Makes a histogram of durations with the bounds that its dashboards expect.</summary>
    internal static Histogram<double> Seconds(string name, string description, IReadOnlyList<double> bounds) =>
        Meter.CreateHistogram(
            name,
            unit: "s",
            description,
            tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds }
        );
}

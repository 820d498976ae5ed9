using System.Diagnostics.Metrics;

namespace ExchangeVirt.Runtime;

/// <summary>Publishes what controllers do under controller-runtime's names.</summary>
/// <remarks>Source: https://book.kubebuilder.io/reference/metrics-reference</remarks>
public static class RuntimeMetrics
{
    /// <summary>The meter that an exporter has to listen to.</summary>
    public const string MeterName = "ExchangeVirt.Runtime";

    private static readonly Meter s_meter = new(MeterName);

    internal static Counter<long> Reconciles { get; } =
        s_meter.CreateCounter<long>("controller_runtime_reconcile_total");

    internal static Counter<long> Errors { get; } =
        s_meter.CreateCounter<long>("controller_runtime_reconcile_errors_total");

    internal static Histogram<double> Duration { get; } =
        s_meter.CreateHistogram<double>("controller_runtime_reconcile_time_seconds", unit: "s");

    internal static UpDownCounter<long> ActiveWorkers { get; } =
        s_meter.CreateUpDownCounter<long>("controller_runtime_active_workers");
}

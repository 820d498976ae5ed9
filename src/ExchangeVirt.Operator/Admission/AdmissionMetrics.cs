using System.Diagnostics.Metrics;

namespace ExchangeVirt.Operator.Admission;

/// <summary>Publishes what the webhook does under controller-runtime's names.</summary>
/// <remarks>Source: https://book.kubebuilder.io/reference/metrics-reference</remarks>
public static class AdmissionMetrics
{
    /// <summary>The meter that an exporter has to listen to.</summary>
    public const string MeterName = "ExchangeVirt.Operator.Admission";

    private static readonly Meter s_meter = new(MeterName);

    internal static Counter<long> Requests { get; } =
        s_meter.CreateCounter<long>("controller_runtime_webhook_requests_total");

    internal static Histogram<double> Latency { get; } =
        s_meter.CreateHistogram<double>("controller_runtime_webhook_latency_seconds", unit: "s");

    internal static UpDownCounter<long> InFlight { get; } =
        s_meter.CreateUpDownCounter<long>("controller_runtime_webhook_requests_in_flight");
}

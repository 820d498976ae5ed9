using System.Diagnostics.Metrics;

namespace ExchangeVirt.Operator.Admission;

/// <summary>Publishes what the webhook does under controller-runtime's names; all of it is there, at zero, from the start.</summary>
/// <remarks>
/// Source of names and labels: https://github.com/kubernetes-sigs/controller-runtime/blob/main/pkg/webhook/internal/metrics/metrics.go;
/// it takes the bounds that Prometheus' client for Go has where none are named.
/// </remarks>
public static class AdmissionMetrics
{
    /// <summary>The meter that an exporter has to listen to.</summary>
    public const string MeterName = "ExchangeVirt.Operator.Admission";

    private static readonly Meter s_meter = new(MeterName);

    internal static Counter<long> Requests { get; } =
        s_meter.CreateCounter<long>(
            "controller_runtime_webhook_requests_total",
            unit: null,
            "Questions to the webhook, by the status code of the answer; a refusal is an answer like any other."
        );

    internal static Histogram<double> Latency { get; } =
        s_meter.CreateHistogram(
            "controller_runtime_webhook_latency_seconds",
            unit: "s",
            "How long the webhook takes to answer.",
            tags: null,
            new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
            }
        );

    internal static UpDownCounter<long> InFlight { get; } =
        s_meter.CreateUpDownCounter<long>(
            "controller_runtime_webhook_requests_in_flight",
            unit: null,
            "Questions that the webhook is answering now."
        );

    /// <summary>Tells of a webhook before it is first asked.</summary>
    internal static void Begin(KeyValuePair<string, object?> webhook)
    {
        InFlight.Add(0, webhook);
        Requests.Add(0, webhook, new("code", "200"));
        Requests.Add(0, webhook, new("code", "500"));
    }
}

using System.Diagnostics.Metrics;

namespace ExchangeVirt.Runtime.Kubernetes;

/// <summary>Counts requests to the API server under the names that Kubernetes' dashboards know.</summary>
/// <remarks>Source: https://github.com/kubernetes-sigs/controller-runtime/blob/main/pkg/metrics/client_go_adapter.go</remarks>
internal static class RestClientMetrics
{
    private static readonly Meter s_meter = new(RuntimeMetrics.MeterName);

    private static readonly Counter<long> s_requests = s_meter.CreateCounter<long>(
        "rest_client_requests_total",
        description: "Number of HTTP requests, partitioned by status code, method, and host."
    );

    private static readonly Histogram<double> s_duration = s_meter.CreateHistogram<double>(
        "rest_client_request_duration_seconds",
        unit: "s",
        description: "Request latency in seconds. Broken down by verb, and host."
    );

    public static void Record(string method, string code, string host, TimeSpan duration)
    {
        s_requests.Add(1, new("code", code), new("method", method), new("host", host));
        s_duration.Record(duration.TotalSeconds, new("verb", method), new KeyValuePair<string, object?>("host", host));
    }
}

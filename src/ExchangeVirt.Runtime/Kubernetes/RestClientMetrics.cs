using System.Diagnostics.Metrics;

namespace ExchangeVirt.Runtime.Kubernetes;

/// <summary>Counts requests to the API server under the names that Kubernetes' dashboards know.</summary>
/// <remarks>
/// Source of names: https://github.com/kubernetes-sigs/controller-runtime/blob/main/pkg/metrics/client_go_adapter.go; of the
/// bounds: https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/component-base/metrics/prometheus/restclient/metrics.go.
/// Paths are no label: they name objects, so that there is no end of them.
/// </remarks>
internal static class RestClientMetrics
{
    private static readonly double[] s_bounds = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60];

    private static readonly Counter<long> s_requests = RuntimeMetrics.Meter.CreateCounter<long>(
        "rest_client_requests_total",
        unit: null,
        "Requests to the API server, by the status code of the answer; the code <error> stands for no answer."
    );

    private static readonly Histogram<double> s_duration = RuntimeMetrics.Seconds(
        "rest_client_request_duration_seconds",
        "How long the API server takes to answer; of a watch, until it begins.",
        s_bounds
    );

    private static readonly Histogram<double> s_limiter = RuntimeMetrics.Seconds(
        "rest_client_rate_limiter_duration_seconds",
        "How long a request waits for this client's own rate limiter: never, since there is none.",
        s_bounds
    );

    public static void Record(string method, string code, string host, TimeSpan duration)
    {
        KeyValuePair<string, object?> ofHost = new("host", host);
        s_requests.Add(1, new("code", code), new("method", method), ofHost);
        s_duration.Record(duration.TotalSeconds, new("verb", method), ofHost);
        s_limiter.Record(0, new("verb", method), ofHost);
    }
}

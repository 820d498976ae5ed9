using System.Diagnostics.Metrics;

namespace ExchangeVirt.Runtime.Leadership;

/// <summary>Publishes whether this process leads, under the name that Kubernetes' dashboards know.</summary>
/// <remarks>
/// Source of the name: https://github.com/kubernetes-sigs/controller-runtime/blob/main/pkg/metrics/leaderelection.go
/// </remarks>
public sealed class LeadershipMetrics : IDisposable
{
    private readonly Meter _meter = new(RuntimeMetrics.MeterName);

    /// <summary>Begins to publish.</summary>
    /// <param name="lease">The lease's name.</param>
    /// <param name="isLeading">Tells whether this process leads now.</param>
    public LeadershipMetrics(string lease, Func<bool> isLeading) =>
        _meter.CreateObservableGauge(
            "leader_election_master_status",
            () => new Measurement<int>(isLeading() ? 1 : 0, new KeyValuePair<string, object?>("name", lease)),
            unit: null,
            "Whether this process holds the lease of this name: 1, else 0."
        );

    /// <inheritdoc />
    public void Dispose() => _meter.Dispose();
}

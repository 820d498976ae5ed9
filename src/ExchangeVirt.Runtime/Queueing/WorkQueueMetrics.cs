using System.Diagnostics.Metrics;

namespace ExchangeVirt.Runtime.Queueing;

/// <summary>Publishes what a work queue does under the names that Kubernetes' dashboards know.</summary>
/// <remarks>Source: https://github.com/kubernetes-sigs/controller-runtime/blob/main/pkg/metrics/workqueue.go</remarks>
internal sealed class WorkQueueMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _adds;
    private readonly Counter<long> _retries;
    private readonly Histogram<double> _queueDuration;
    private readonly Histogram<double> _workDuration;

    public WorkQueueMetrics(string name, Func<int> depth, Func<double> unfinishedSeconds)
    {
        // A meter of its own per queue: what is observed must end with the queue.
        _meter = new Meter(RuntimeMetrics.MeterName, version: null, tags: [new("name", name)]);
        _adds = _meter.CreateCounter<long>("workqueue_adds_total");
        _retries = _meter.CreateCounter<long>("workqueue_retries_total");
        _queueDuration = _meter.CreateHistogram<double>("workqueue_queue_duration_seconds", unit: "s");
        _workDuration = _meter.CreateHistogram<double>("workqueue_work_duration_seconds", unit: "s");
        _meter.CreateObservableGauge("workqueue_depth", depth);
        _meter.CreateObservableGauge("workqueue_unfinished_work_seconds", unfinishedSeconds, unit: "s");
    }

    public void Added() => _adds.Add(1);

    public void Retried() => _retries.Add(1);

    public void Waited(TimeSpan duration) => _queueDuration.Record(duration.TotalSeconds);

    public void Worked(TimeSpan duration) => _workDuration.Record(duration.TotalSeconds);

    public void Dispose() => _meter.Dispose();
}

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace ExchangeVirt.Runtime.Queueing;

/// <summary>What a work queue tells of itself when somebody looks.</summary>
/// <param name="Depth">Counts the keys that a worker could take now.</param>
/// <param name="UnfinishedSeconds">Adds up for how long the keys that are being worked on have been.</param>
/// <param name="LongestSeconds">Gives for how long the one that has been worked on longest has been.</param>
internal sealed record WorkQueueView(Func<int> Depth, Func<double> UnfinishedSeconds, Func<double> LongestSeconds);

/// <summary>Publishes what a work queue does under the names that Kubernetes' dashboards know.</summary>
/// <remarks>
/// Source of names, labels and bounds: https://github.com/kubernetes-sigs/controller-runtime/blob/main/pkg/metrics/workqueue.go
/// </remarks>
internal sealed class WorkQueueMetrics : IDisposable
{
    private static readonly double[] s_bounds = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100, 1000];

    private static readonly Counter<long> s_adds = RuntimeMetrics.Meter.CreateCounter<long>(
        "workqueue_adds_total",
        unit: null,
        "Keys that were added to a work queue, those that waited there already too."
    );

    private static readonly Counter<long> s_retries = RuntimeMetrics.Meter.CreateCounter<long>(
        "workqueue_retries_total",
        unit: null,
        "Keys that were added again after a failure, with back-off."
    );

    private static readonly Histogram<double> s_queueDuration = RuntimeMetrics.Seconds(
        "workqueue_queue_duration_seconds",
        "How long a key waits in a work queue until a worker takes it.",
        s_bounds
    );

    private static readonly Histogram<double> s_workDuration = RuntimeMetrics.Seconds(
        "workqueue_work_duration_seconds",
        "How long a key is worked on.",
        s_bounds
    );

    private static readonly ConcurrentDictionary<WorkQueueMetrics, WorkQueueView> s_live = new();

    private readonly KeyValuePair<string, object?> _name;
    private readonly KeyValuePair<string, object?> _controller;

    static WorkQueueMetrics()
    {
        RuntimeMetrics.Meter.CreateObservableGauge(
            "workqueue_depth",
            static () => Look(static view => view.Depth()),
            unit: null,
            "Keys in a work queue that a worker could take now."
        );
        RuntimeMetrics.Meter.CreateObservableGauge(
            "workqueue_unfinished_work_seconds",
            static () => Look(static view => view.UnfinishedSeconds()),
            unit: "s",
            "For how long the keys that are being worked on have been, added up. It rises steadily where a worker is stuck."
        );
        RuntimeMetrics.Meter.CreateObservableGauge(
            "workqueue_longest_running_processor_seconds",
            static () => Look(static view => view.LongestSeconds()),
            unit: "s",
            "For how long the key that has been worked on longest has been."
        );
    }

    public WorkQueueMetrics(string name, WorkQueueView view)
    {
        // A queue has its controller's name, and both labels say it, as controller-runtime does.
        _name = new("name", name);
        _controller = new("controller", name);
        s_adds.Add(0, _name, _controller);
        s_retries.Add(0, _name, _controller);
        s_live[this] = view;
    }

    public void Added() => s_adds.Add(1, _name, _controller);

    public void Retried() => s_retries.Add(1, _name, _controller);

    public void Waited(TimeSpan duration) => s_queueDuration.Record(duration.TotalSeconds, _name, _controller);

    public void Worked(TimeSpan duration) => s_workDuration.Record(duration.TotalSeconds, _name, _controller);

    /// <summary>Ends what is observed; what was counted stays.</summary>
    public void Dispose() => s_live.TryRemove(this, out _);

    private static IEnumerable<Measurement<T>> Look<T>(Func<WorkQueueView, T> value)
        where T : struct =>
        s_live.Select(live => new Measurement<T>(value(live.Value), live.Key._name, live.Key._controller));
}

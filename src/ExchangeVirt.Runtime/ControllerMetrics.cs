using System.Diagnostics.Metrics;

namespace ExchangeVirt.Runtime;

/// <summary>Publishes what one controller does under controller-runtime's names; all of them are there, at zero, from the start.</summary>
/// <remarks>
/// Source of names, labels and bounds: https://github.com/kubernetes-sigs/controller-runtime/blob/main/pkg/internal/controller/metrics/metrics.go
/// </remarks>
internal sealed class ControllerMetrics
{
    /// <summary>The pass did all it could.</summary>
    public const string Success = "success";

    /// <summary>The pass failed and is repeated.</summary>
    public const string Error = "error";

    /// <summary>Another pass follows at once. No controller here asks for that: it goes on within the pass.</summary>
    public const string Requeue = "requeue";

    /// <summary>Another pass follows after a time.</summary>
    public const string RequeueAfter = "requeue_after";

    private static readonly Counter<long> s_reconciles = RuntimeMetrics.Meter.CreateCounter<long>(
        "controller_runtime_reconcile_total",
        unit: null,
        "Passes over an object, by how they ended."
    );

    private static readonly Counter<long> s_errors = RuntimeMetrics.Meter.CreateCounter<long>(
        "controller_runtime_reconcile_errors_total",
        unit: null,
        "Passes that failed, for whatever cause; they are repeated."
    );

    private static readonly Counter<long> s_terminal = RuntimeMetrics.Meter.CreateCounter<long>(
        "controller_runtime_terminal_reconcile_errors_total",
        unit: null,
        "Passes that failed and are not repeated: none, since every failed pass is."
    );

    private static readonly Counter<long> s_panics = RuntimeMetrics.Meter.CreateCounter<long>(
        "controller_runtime_reconcile_panics_total",
        unit: null,
        "Passes that failed by a mistake of this program."
    );

    private static readonly Counter<long> s_timeouts = RuntimeMetrics.Meter.CreateCounter<long>(
        "controller_runtime_reconcile_timeouts_total",
        unit: null,
        "Passes that were cut off for taking too long: none, since each call within a pass has a deadline instead."
    );

    private static readonly Histogram<double> s_duration = RuntimeMetrics.Seconds(
        "controller_runtime_reconcile_time_seconds",
        "How long a pass over an object takes.",
        [
            .. (double[])
                [0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9],
            .. (double[])[1, 1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60],
        ]
    );

    private static readonly Gauge<int> s_workers = RuntimeMetrics.Meter.CreateGauge<int>(
        "controller_runtime_max_concurrent_reconciles",
        unit: null,
        "How many objects are worked on at the same time at most."
    );

    private static readonly UpDownCounter<long> s_active = RuntimeMetrics.Meter.CreateUpDownCounter<long>(
        "controller_runtime_active_workers",
        unit: null,
        "How many objects are worked on now."
    );

    private readonly KeyValuePair<string, object?> _controller;

    public ControllerMetrics(string controller, int workers)
    {
        _controller = new("controller", controller);
        foreach (var result in new[] { Success, Error, Requeue, RequeueAfter })
        {
            s_reconciles.Add(0, _controller, new("result", result));
        }

        foreach (var counter in new[] { s_errors, s_terminal, s_panics, s_timeouts })
        {
            counter.Add(0, _controller);
        }

        s_active.Add(0, _controller);
        s_workers.Record(workers, _controller);
    }

    public void Begin() => s_active.Add(1, _controller);

    public void End(TimeSpan duration)
    {
        s_active.Add(-1, _controller);
        s_duration.Record(duration.TotalSeconds, _controller);
    }

    public void Count(string result) => s_reconciles.Add(1, _controller, new("result", result));

    public void Fail(bool isMistake)
    {
        s_errors.Add(1, _controller);
        if (isMistake)
        {
            s_panics.Add(1, _controller);
        }
    }
}

using System.Diagnostics.Metrics;
using ExchangeVirt.Runtime.Leadership;
using ExchangeVirt.Runtime.Queueing;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.Runtime.Tests;

public sealed class RuntimeMetricsTests
{
    [Fact]
    public async Task A_queue_publishes_under_the_names_that_kubernetes_dashboards_know()
    {
        const string queueName = "queue-of-this-test";
        using var seen = new MetricsSeen(queueName);
        var time = new FakeTimeProvider();
        using var queue = new WorkQueue<int>(new WorkQueueOptions(queueName), time, () => 0);

        queue.Add(1);
        queue.Add(2);
        queue.Add(3);
        time.Advance(TimeSpan.FromSeconds(3));
        await queue.TakeAsync();
        time.Advance(TimeSpan.FromSeconds(4));
        await queue.TakeAsync();
        time.Advance(TimeSpan.FromSeconds(1));
        seen.Look();
        queue.Done(1);
        queue.AddRateLimited(1);

        Assert.Equal(
            new Dictionary<string, double>
            {
                ["workqueue_adds_total"] = 3,
                ["workqueue_depth"] = 1,
                ["workqueue_longest_running_processor_seconds"] = 5,
                ["workqueue_queue_duration_seconds"] = 3 + 7,
                ["workqueue_retries_total"] = 1,
                ["workqueue_unfinished_work_seconds"] = 5 + 1,
                ["workqueue_work_duration_seconds"] = 5,
            },
            seen.Sums.OrderBy(static pair => pair.Key, StringComparer.Ordinal).ToDictionary()
        );
    }

    [Fact]
    public void A_queue_that_is_gone_is_observed_no_more()
    {
        const string queueName = "queue-that-goes";
        using var seen = new MetricsSeen(queueName);
        new WorkQueue<int>(new WorkQueueOptions(queueName), new FakeTimeProvider(), () => 0).Dispose();

        seen.Look();

        Assert.DoesNotContain("workqueue_depth", seen.Sums.Keys);
    }

    [Fact]
    public void A_controller_is_told_of_at_zero_before_its_first_pass()
    {
        const string controller = "controller-of-this-test";
        using var seen = new MetricsSeen(controller);

        _ = new ControllerMetrics(controller, workers: 3);

        Assert.Equal(
            new Dictionary<string, double>
            {
                ["controller_runtime_active_workers"] = 0,
                ["controller_runtime_max_concurrent_reconciles"] = 3,
                ["controller_runtime_reconcile_errors_total"] = 0,
                ["controller_runtime_reconcile_panics_total"] = 0,
                ["controller_runtime_reconcile_timeouts_total"] = 0,
                ["controller_runtime_reconcile_total error"] = 0,
                ["controller_runtime_reconcile_total requeue"] = 0,
                ["controller_runtime_reconcile_total requeue_after"] = 0,
                ["controller_runtime_reconcile_total success"] = 0,
                ["controller_runtime_terminal_reconcile_errors_total"] = 0,
            },
            seen.Sums.OrderBy(static pair => pair.Key, StringComparer.Ordinal).ToDictionary()
        );
    }

    [Theory]
    [InlineData("controller_runtime_reconcile_time_seconds", 40, 0.005, 60)]
    [InlineData("workqueue_queue_duration_seconds", 12, 1e-8, 1000)]
    [InlineData("workqueue_work_duration_seconds", 12, 1e-8, 1000)]
    [InlineData("rest_client_request_duration_seconds", 12, 0.005, 60)]
    [InlineData("rest_client_rate_limiter_duration_seconds", 12, 0.005, 60)]
    public void Durations_have_the_bounds_that_their_dashboards_expect(
        string name,
        int count,
        double least,
        double most
    )
    {
        using var seen = new MetricsSeen("bounds");
        _ = new ControllerMetrics("bounds", workers: 1);
        using var queue = new WorkQueue<int>(new WorkQueueOptions("bounds"), new FakeTimeProvider(), () => 0);
        Runtime.Kubernetes.RestClientMetrics.Record("GET", "200", "bounds", TimeSpan.Zero);

        var bounds = Assert.IsType<Histogram<double>>(seen.Instruments[name]).Advice!.HistogramBucketBoundaries!;

        Assert.Equal((count, least, most), (bounds.Count, bounds[0], bounds[^1]));
        Assert.Equal(bounds.Order(), bounds);
        Assert.Equal("s", seen.Instruments[name].Unit);
    }

    [Fact]
    public void Everything_that_is_published_says_what_it_is()
    {
        using var seen = new MetricsSeen("words");
        _ = new ControllerMetrics("words", workers: 1);
        using var queue = new WorkQueue<int>(new WorkQueueOptions("words"), new FakeTimeProvider(), () => 0);
        Runtime.Kubernetes.RestClientMetrics.Record("GET", "200", "words", TimeSpan.Zero);
        using var leadership = new LeadershipMetrics("lease", static () => true);

        Assert.True(seen.Instruments.Count >= 19, $"{seen.Instruments.Count} instruments");
        Assert.All(
            seen.Instruments.Values,
            static each => Assert.EndsWith(".", each.Description, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Whether_this_process_leads_is_told_when_somebody_looks()
    {
        var leads = false;
        List<(int Value, string Name)> seen = [];
        using var leadership = new LeadershipMetrics("lease-of-this-test", () => leads);
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listening) =>
            {
                if (instrument.Name == "leader_election_master_status")
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>((_, value, tags, _) => seen.Add((value, (string)tags[0].Value!)));
        listener.Start();

        listener.RecordObservableInstruments();
        leads = true;
        listener.RecordObservableInstruments();

        Assert.Equal(
            [(0, "lease-of-this-test"), (1, "lease-of-this-test")],
            seen.Where(static each => each.Name == "lease-of-this-test")
        );
    }
}

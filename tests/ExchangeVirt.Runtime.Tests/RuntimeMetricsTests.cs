using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using ExchangeVirt.Runtime.Queueing;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.Runtime.Tests;

public sealed class RuntimeMetricsTests
{
    [Fact]
    public async Task A_queue_publishes_under_the_names_that_kubernetes_dashboards_know()
    {
        const string queueName = "metrics-of-this-test";
        var seen = new ConcurrentDictionary<string, double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (
                    instrument.Meter.Name == RuntimeMetrics.MeterName
                    && instrument.Meter.Tags?.Any(tag => Equals(tag.Value, queueName)) is true
                )
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Add(instrument, value));
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Add(instrument, value));
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Add(instrument, value));
        listener.Start();
        var time = new FakeTimeProvider();
        using var queue = new WorkQueue<int>(new WorkQueueOptions(queueName), time, () => 0);

        queue.Add(1);
        queue.Add(2);
        time.Advance(TimeSpan.FromSeconds(3));
        await queue.TakeAsync();
        time.Advance(TimeSpan.FromSeconds(4));
        listener.RecordObservableInstruments();
        queue.Done(1);
        queue.AddRateLimited(1);

        Assert.Equal(2, seen["workqueue_adds_total"]);
        Assert.Equal(1, seen["workqueue_depth"]);
        Assert.Equal(3, seen["workqueue_queue_duration_seconds"]);
        Assert.Equal(4, seen["workqueue_unfinished_work_seconds"]);
        Assert.Equal(4, seen["workqueue_work_duration_seconds"]);
        Assert.Equal(1, seen["workqueue_retries_total"]);

        void Add(Instrument instrument, double value) =>
            seen.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value);
    }
}

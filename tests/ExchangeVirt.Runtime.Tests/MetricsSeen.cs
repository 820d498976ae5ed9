using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace ExchangeVirt.Runtime.Tests;

/// <summary>Listens to the runtime's meter and adds up what concerns one controller or queue, by name and result.</summary>
internal sealed class MetricsSeen : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly string _controller;

    public MetricsSeen(string controller)
    {
        _controller = controller;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == RuntimeMetrics.MeterName)
            {
                Instruments[instrument.Name] = instrument;
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public ConcurrentDictionary<string, Instrument> Instruments { get; } = new(StringComparer.Ordinal);

    public ConcurrentDictionary<string, double> Sums { get; } = new(StringComparer.Ordinal);

    /// <summary>Looks at what is only told when asked.</summary>
    public void Look() => _listener.RecordObservableInstruments();

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = tags.ToArray().ToDictionary(static tag => tag.Key, static tag => (string)tag.Value!);
        if (labels.GetValueOrDefault("controller") == _controller)
        {
            var name = labels.TryGetValue("result", out var result) ? $"{instrument.Name} {result}" : instrument.Name;
            Sums.AddOrUpdate(name, value, (_, sum) => sum + value);
        }
    }
}

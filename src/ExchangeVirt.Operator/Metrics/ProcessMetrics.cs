using System.Diagnostics.Metrics;
using ExchangeVirt.Runtime.Informers;

namespace ExchangeVirt.Operator.Metrics;

/// <summary>Publishes what every replica tells of itself, whether it leads or not.</summary>
public sealed class ProcessMetrics : IDisposable
{
    private readonly Meter _meter = new(OperatorMetrics.MeterName);

    /// <summary>Begins to publish.</summary>
    /// <param name="version">The version of the product.</param>
    /// <param name="informers">What follows the store.</param>
    /// <param name="certificates">By its name, until when each certificate of this process is valid.</param>
    /// <param name="time">The clock.</param>
    public ProcessMetrics(
        string version,
        IReadOnlyList<IInformer> informers,
        IReadOnlyDictionary<string, Func<DateTimeOffset>> certificates,
        TimeProvider time
    )
    {
        _meter.CreateObservableGauge(
            "exchangevirt_build_info",
            () => new Measurement<int>(1, new KeyValuePair<string, object?>("version", version)),
            unit: null,
            "The version that runs: always 1."
        );
        _meter.CreateObservableGauge(
            "exchangevirt_watch_last_event_timestamp_seconds",
            () =>
                informers.Select(informer => new Measurement<double>(
                    OperatorMetrics.Seconds(time.GetUtcNow() - informer.SinceHeard),
                    new KeyValuePair<string, object?>("kind", informer.Kind)
                )),
            unit: "s",
            "When the API server was last heard about a kind: by a list, an event or a bookmark."
        );
        _meter.CreateObservableGauge(
            "exchangevirt_operator_certificate_expiry_timestamp_seconds",
            () =>
                certificates.Select(static pair => new Measurement<double>(
                    OperatorMetrics.Seconds(pair.Value()),
                    new KeyValuePair<string, object?>("certificate", pair.Key)
                )),
            unit: "s",
            "When a certificate of the operator ends: that by which agents know it, or its webhook's."
        );
    }

    /// <inheritdoc />
    public void Dispose() => _meter.Dispose();
}

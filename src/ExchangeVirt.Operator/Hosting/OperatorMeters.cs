using ExchangeVirt.Operator.Metrics;
using ExchangeVirt.Runtime.Leadership;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace ExchangeVirt.Operator.Hosting;

/// <summary>Collects what all of this process' meters publish, for <c>/metrics</c>.</summary>
internal sealed class OperatorMeters : IDisposable
{
    /// <summary>How many series a metric may have that has one or more for each VM; more are told as one.</summary>
    private const int MostSeries = 200_000;

    private readonly List<IDisposable> _published = [];

    private OperatorMeters(MeterProvider provider) => Provider = provider;

    /// <summary>Gets what was collected.</summary>
    public MeterProvider Provider { get; }

    /// <summary>Begins to collect; what was counted before is lost.</summary>
    public static OperatorMeters Start() =>
        new(
            Sdk.CreateMeterProviderBuilder()
                .AddMeter("ExchangeVirt.*")
                .AddView(static instrument =>
                    instrument.Name.StartsWith("exchangevirt_virtual_machine_", StringComparison.Ordinal)
                        ? new MetricStreamConfiguration { CardinalityLimit = MostSeries }
                        : null
                )
                .AddPrometheusExporter(static options =>
                {
                    // A label on every series that tells nothing, and a metric of the collecting library itself.
                    options.ScopeInfoEnabled = false;
                    options.TargetInfoEnabled = false;
                })
                .Build()
        );

    /// <summary>Begins to publish what is read off the operator when somebody looks.</summary>
    /// <param name="plane">What it knows.</param>
    /// <param name="isLeading">Tells whether this process leads now; null: there is only this one, and no lease.</param>
    /// <param name="certificates">By its name, until when each certificate of this process is valid.</param>
    /// <param name="time">The clock.</param>
    public void Publish(
        ControlPlane plane,
        Func<bool>? isLeading,
        IReadOnlyDictionary<string, Func<DateTimeOffset>> certificates,
        TimeProvider time
    )
    {
        _published.Add(new ProcessMetrics(ProductVersion.Text, plane.Informers, certificates, time));
        _published.Add(new FleetMetrics(plane, isLeading ?? (static () => true), time));
        if (isLeading is not null)
        {
            _published.Add(new LeadershipMetrics(ClusterOperator.Name, isLeading));
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _published.ForEach(static each => each.Dispose());
        Provider.Dispose();
    }
}

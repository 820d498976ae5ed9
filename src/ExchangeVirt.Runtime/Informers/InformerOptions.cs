using ExchangeVirt.Runtime.Queueing;

namespace ExchangeVirt.Runtime.Informers;

/// <summary>Configures an informer.</summary>
public sealed record InformerOptions
{
    /// <summary>A watch that is silent for so long counts as dead; stores send a bookmark about once a minute.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Delays after failed lists and watches: from 200 ms to 30 s.</summary>
    public Backoff Backoff { get; init; } = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(30));

    /// <summary>How long a watch must live to count as healthy, which starts the back-off anew.</summary>
    public TimeSpan Healthy { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The least time between the starts of two watches, against a store that closes each at once.</summary>
    public TimeSpan LeastPeriod { get; init; } = TimeSpan.FromSeconds(1);
}

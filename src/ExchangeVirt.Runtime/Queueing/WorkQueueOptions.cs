namespace ExchangeVirt.Runtime.Queueing;

/// <summary>Configures a work queue.</summary>
/// <param name="Name">The name that its metrics carry.</param>
public sealed record WorkQueueOptions(string Name)
{
    /// <summary>The delays of <see cref="WorkQueue{TKey}.AddRateLimited"/>: from 200 ms to 5 min.</summary>
    public Backoff Backoff { get; init; } = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromMinutes(5));

    /// <summary>How many changes in a row may go before a waiting resync.</summary>
    public int ChangesPerResync { get; init; } = 64;
}

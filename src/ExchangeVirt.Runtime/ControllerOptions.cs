using ExchangeVirt.Runtime.Queueing;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime;

/// <summary>Configures a controller.</summary>
public sealed record ControllerOptions
{
    /// <summary>How many objects are worked on at the same time.</summary>
    public int Workers { get; init; } = 4;

    /// <summary>How often every object is looked at though nothing is known to have changed.</summary>
    public TimeSpan ResyncPeriod { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Delays after failed passes: from 200 ms to 5 min.</summary>
    public Backoff Backoff { get; init; } = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromMinutes(5));

    /// <summary>How often a pass that met a conflict is repeated at once, on a fresh read, before it backs off.</summary>
    public int ConflictRetries { get; init; } = 5;

    /// <summary>
    /// Writes the status, as JSON, of an object that cannot be read as its type; the object itself is left alone. Null from it
    /// says that the status is so already. Pure.
    /// </summary>
    public Func<UnreadableResource, string?> DescribeUnreadable { get; init; } = static _ => null;

    /// <summary>
    /// Tells whether an object that cannot be read and is being deleted may be let go of, with nothing done for it. Pure.
    /// </summary>
    public Func<UnreadableResource, bool> MayBeLetGoUnread { get; init; } = static _ => true;
}

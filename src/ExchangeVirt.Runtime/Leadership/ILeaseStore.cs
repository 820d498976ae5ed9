using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Leadership;

/// <summary>Holds a lease as it was read.</summary>
/// <param name="Holder">Who holds it; null where nobody does.</param>
/// <param name="Duration">How long its holder asked others to wait; zero where it does not say.</param>
/// <param name="RenewTime">When its holder renewed it, by the holder's clock: only that it changes counts.</param>
/// <param name="AcquireTime">When its holder took it, by the holder's clock.</param>
/// <param name="Transitions">How often it changed hands.</param>
/// <param name="Version">Opaque; handed back to write over just this lease.</param>
public sealed record LeaseView(
    string? Holder,
    TimeSpan Duration,
    DateTimeOffset? RenewTime,
    DateTimeOffset? AcquireTime,
    int Transitions,
    string Version
);

/// <summary>Reads and writes one lease, with optimistic concurrency.</summary>
public interface ILeaseStore
{
    /// <summary>Reads the lease fresh.</summary>
    /// <returns>Null where there is none.</returns>
    Task<LeaseView?> GetAsync(CancellationToken cancellationToken);

    /// <summary>Writes the lease: anew where its version is empty, else over the version that was read.</summary>
    /// <returns>The lease as written, with its new version.</returns>
    /// <exception cref="ResourceConflictException">Somebody else wrote it meanwhile.</exception>
    /// <exception cref="ResourceNotFoundException">It was deleted meanwhile.</exception>
    Task<LeaseView> WriteAsync(LeaseView lease, CancellationToken cancellationToken);
}

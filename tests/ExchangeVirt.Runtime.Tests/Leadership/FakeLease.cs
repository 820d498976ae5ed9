using System.Globalization;
using ExchangeVirt.Runtime.Leadership;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Tests.Leadership;

/// <summary>A lease in memory, with optimistic concurrency and faults on request.</summary>
internal sealed class FakeLease : ILeaseStore
{
    private readonly Lock _lock = new();
    private int _version;

    /// <summary>Gets the lease; null where there is none.</summary>
    public LeaseView? Current { get; private set; }

    /// <summary>Gets or sets what happens before a read or write is answered; may throw or never end.</summary>
    public Func<CancellationToken, Task> Weather { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Writes the lease as somebody else would.</summary>
    public void Set(LeaseView? lease)
    {
        lock (_lock)
        {
            Current = lease is null ? null : lease with { Version = Next() };
        }
    }

    public async Task<LeaseView?> GetAsync(CancellationToken cancellationToken)
    {
        await Weather(cancellationToken);
        return Current;
    }

    public async Task<LeaseView> WriteAsync(LeaseView lease, CancellationToken cancellationToken)
    {
        await Weather(cancellationToken);
        lock (_lock)
        {
            if (lease.Version.Length > 0 && Current is null)
            {
                throw new ResourceNotFoundException("The lease is gone.");
            }

            if ((Current?.Version ?? "") != lease.Version)
            {
                throw new ResourceConflictException($"The lease is at {Current?.Version ?? "none"}.");
            }

            Current = lease with { Version = Next() };
            return Current;
        }
    }

    private string Next() => (++_version).ToString(CultureInfo.InvariantCulture);
}

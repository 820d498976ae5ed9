using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Rules;

/// <summary>The one arithmetic of a host's memory.</summary>
/// <remarks>Source: exchange-rules §3. Microsoft names no figure for the reserve; both figures are ours and the policy's.</remarks>
public static class MemoryBudget
{
    /// <summary>Reckons what is kept for the host: the policy's least or its share, whichever is more.</summary>
    public static ByteSize Reserve(ByteSize total, Policy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var share = new ByteSize((long)((decimal)total.Bytes * Math.Clamp(policy.HostReservePercent, 0, 100) / 100));
        return share > policy.HostReserveMinimum ? share : policy.HostReserveMinimum;
    }

    /// <summary>Reckons what guests and their overhead may take.</summary>
    public static ByteSize ForGuests(ByteSize total, Policy policy) => total - Reserve(total, policy);

    /// <summary>Reckons what one guest takes of its host: fixed memory, or what a dynamic one holds or needs to start; without the overhead.</summary>
    public static ByteSize Need(ObservedMemory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        return memory is { Dynamic: true, Assigned: { } assigned } && assigned > memory.Startup
            ? assigned
            : memory.Startup;
    }
}

using System.Runtime.InteropServices;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Rules;

namespace ExchangeVirt.Domain.Placement;

/// <summary>Sums over everything a host holds: guests that were seen, managed or not, and reservations.</summary>
/// <remarks>
/// A reserved VM counts once, with the greater of what it is entitled to and what it was seen to have: while it is being made it
/// has less, where it is wrong it has more. It counts also while it is off, because it may be started at any time.
/// </remarks>
public sealed class HostLoad
{
    private static readonly Dictionary<ObjectKey, Occupancy> s_none = [];

    private HostLoad() { }

    /// <summary>Gets a host that holds nothing.</summary>
    public static HostLoad Empty { get; } = new();

    /// <summary>Gets the virtual processors that count.</summary>
    public long VirtualProcessors { get; private set; }

    /// <summary>Gets the guests whose number of virtual processors is unknown.</summary>
    public int UnknownProcessors { get; private set; }

    /// <summary>Gets the memory that all guests hold or need to start, with their overhead, in bytes.</summary>
    public ByteSize Memory { get; private set; }

    /// <summary>Gets the guests whose memory is unknown.</summary>
    public int UnknownMemory { get; private set; }

    /// <summary>Gets the number of VMs, seen or reserved for.</summary>
    public int VirtualMachines { get; private set; }

    /// <summary>Gets what each reserved VM takes.</summary>
    public IReadOnlyDictionary<ObjectKey, Occupancy> Reserved { get; private set; } = s_none;

    /// <summary>Gets the disk files that reserved VMs still have to make.</summary>
    public IReadOnlyList<PendingDisk> PendingDisks { get; private set; } = [];

    /// <summary>Adds up a host.</summary>
    /// <param name="observed">What was seen; null: nothing yet.</param>
    /// <param name="policy">The host's policy.</param>
    /// <param name="reservations">The VMs bound to the host, each with the guest that it was found to be, if any.</param>
    public static HostLoad Of(
        ObservedHost? observed,
        Policy policy,
        IReadOnlyList<(Reservation Reservation, ObservedVirtualMachine? Seen)> reservations
    )
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(reservations);
        var load = new HostLoad();
        HashSet<ObservedVirtualMachine> reserved = new(ReferenceEqualityComparer.Instance);
        if (reservations.Count > 0)
        {
            var own = new Dictionary<ObjectKey, Occupancy>(reservations.Count);
            List<PendingDisk>? pending = null;
            foreach (var (reservation, seen) in reservations)
            {
                var occupancy = Occupied(reservation, seen, policy);
                load.Add(occupancy);
                own.Add(reservation.Key, occupancy);
                if (seen is not null)
                {
                    reserved.Add(seen);
                }

                foreach (var disk in reservation.DisksToCreate.Where(disk => !IsThere(disk, seen)))
                {
                    (pending ??= []).Add(new PendingDisk(reservation.Key, disk));
                }
            }

            load.Reserved = own;
            load.PendingDisks = pending ?? load.PendingDisks;
        }

        foreach (var guest in observed?.VirtualMachines ?? [])
        {
            if (!reserved.Contains(guest))
            {
                load.Add(guest, policy);
            }
        }

        return load;
    }

    private static Occupancy Occupied(Reservation reservation, ObservedVirtualMachine? seen, Policy policy)
    {
        var memory = reservation.Memory;
        if (seen?.Memory is { } held && MemoryBudget.Need(held) > memory)
        {
            memory = MemoryBudget.Need(held);
        }

        return new Occupancy(
            Math.Max(reservation.ProcessorCount, seen?.ProcessorCount ?? 0),
            memory + policy.PerVirtualMachineOverhead
        );
    }

    private static bool IsThere(DiskDemand disk, ObservedVirtualMachine? seen) =>
        seen?.Disks?.Any(there =>
            string.Equals(there.RootPath ?? there.Path, disk.Path, StringComparison.OrdinalIgnoreCase)
        ) == true;

    private void Add(Occupancy occupancy)
    {
        VirtualProcessors += occupancy.VirtualProcessors;
        Memory += occupancy.Memory;
        VirtualMachines++;
    }

    private void Add(ObservedVirtualMachine guest, Policy policy)
    {
        VirtualMachines++;
        Memory += policy.PerVirtualMachineOverhead;
        if (guest.Memory is { } memory)
        {
            Memory += MemoryBudget.Need(memory);
        }
        else
        {
            UnknownMemory++;
        }

        if (!policy.CountStoppedMachines && guest.PowerState == PowerState.Off)
        {
            return;
        }

        if (guest.ProcessorCount is { } count)
        {
            VirtualProcessors += count;
        }
        else
        {
            UnknownProcessors++;
        }
    }
}

/// <summary>What a reserved VM takes of its host.</summary>
/// <param name="VirtualProcessors">Its virtual processors.</param>
/// <param name="Memory">Its memory with the overhead.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Occupancy(int VirtualProcessors, ByteSize Memory);

/// <summary>A disk file that a reserved VM still has to make.</summary>
/// <param name="VirtualMachine">The VM.</param>
/// <param name="Disk">The file.</param>
public sealed record PendingDisk(ObjectKey VirtualMachine, DiskDemand Disk);

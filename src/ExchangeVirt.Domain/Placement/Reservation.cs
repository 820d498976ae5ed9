using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Placement;

/// <summary>What a bound VM is entitled to on its host, whether it is there already or not.</summary>
public sealed record Reservation
{
    /// <summary>Gets the declared VM.</summary>
    public required ObjectKey Key { get; init; }

    /// <summary>Gets the host it is bound to.</summary>
    public required string Host { get; init; }

    /// <summary>Gets Hyper-V's display name, by which a VM without an id or an owner mark is found on its host.</summary>
    public required string VirtualMachineName { get; init; }

    /// <summary>Gets Hyper-V's GUID; null until it is known.</summary>
    public Guid? VirtualMachineId { get; init; }

    /// <summary>Gets the virtual processors asked for.</summary>
    public required int ProcessorCount { get; init; }

    /// <summary>Gets the memory asked for.</summary>
    public required ByteSize Memory { get; init; }

    /// <summary>Gets the DAG.</summary>
    public ObjectKey? AvailabilityGroup { get; init; }

    /// <summary>Gets the disk files that are still to be made; each holds its space until it is seen on the VM.</summary>
    public IReadOnlyList<DiskDemand> DisksToCreate { get; init; } = [];

    /// <summary>Makes the reservation of a declared VM.</summary>
    /// <param name="desired">The VM as declared.</param>
    /// <param name="host">The host it is bound to.</param>
    /// <param name="id">Hyper-V's GUID, if known.</param>
    /// <param name="createsDisks">Whether its disk files are still to be made.</param>
    public static Reservation For(
        DesiredVirtualMachine desired,
        string host,
        Guid? id = null,
        bool createsDisks = false
    )
    {
        ArgumentNullException.ThrowIfNull(desired);
        return new Reservation
        {
            Key = desired.Key,
            Host = host,
            VirtualMachineName = desired.VirtualMachineName,
            VirtualMachineId = id,
            ProcessorCount = desired.ProcessorCount,
            Memory = desired.Memory,
            AvailabilityGroup = desired.Exchange.AvailabilityGroup is { } group
                ? new ObjectKey(desired.Key.Namespace, group)
                : null,
            DisksToCreate = createsDisks ? DiskDemand.Of(desired) : [],
        };
    }
}

/// <summary>A disk file to be made.</summary>
/// <param name="Path">The file.</param>
/// <param name="Size">Its full size: also a growing disk is reckoned as full.</param>
public sealed record DiskDemand(string Path, ByteSize Size)
{
    /// <summary>Lists the disk files that a VM's first creation makes.</summary>
    public static IReadOnlyList<DiskDemand> Of(DesiredVirtualMachine desired)
    {
        ArgumentNullException.ThrowIfNull(desired);
        List<DiskDemand>? demands = null;
        foreach (var disk in desired.Disks ?? [])
        {
            if (disk.VirtualHardDisk is { Size: { } size } file)
            {
                (demands ??= []).Add(new DiskDemand(file.Path, size));
            }
        }

        return demands ?? (IReadOnlyList<DiskDemand>)[];
    }
}

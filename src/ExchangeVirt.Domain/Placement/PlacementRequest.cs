using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Placement;

/// <summary>A VM for which a host is sought, with what the decision needs beside the hosts.</summary>
public sealed record PlacementRequest
{
    /// <summary>Gets the VM.</summary>
    public required DesiredVirtualMachine VirtualMachine { get; init; }

    /// <summary>Gets its DAG. Null for a member of a DAG that is not declared, which is taken by a DAG's defaults.</summary>
    public AvailabilityGroup? AvailabilityGroup { get; init; }

    /// <summary>Gets the moment, against which facts are fresh or stale.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Gets how old a host's facts may be.</summary>
    public TimeSpan MaximumFactsAge { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Gets whether the VM's disk files are still to be made (its first creation), so that they need space.</summary>
    public bool CreatesDisks { get; init; }

    /// <summary>Gets where the other members of the DAG are or will be; the ledger fills this in.</summary>
    public IReadOnlyList<MemberPlacement> OtherMembers { get; init; } = [];

    /// <summary>Gets the space that VMs not yet made will take of storage that several hosts share; the ledger fills this in.</summary>
    public IReadOnlyDictionary<SharedVolume, ByteSize> PendingOnSharedVolumes { get; init; } =
        new Dictionary<SharedVolume, ByteSize>();
}

/// <summary>Where a member of the same DAG is or will be.</summary>
/// <param name="VirtualMachine">The member.</param>
/// <param name="Host">Its host.</param>
public readonly record struct MemberPlacement(ObjectKey VirtualMachine, string Host);

/// <summary>Storage that several hosts see under one path: the same path and size are taken for the same storage.</summary>
/// <remarks>No host says which cluster's volume it is; taking two for one may refuse a host too long, never too short.</remarks>
/// <param name="Path">The mount path, in upper case.</param>
/// <param name="Size">Its size.</param>
public readonly record struct SharedVolume(string Path, ByteSize? Size);

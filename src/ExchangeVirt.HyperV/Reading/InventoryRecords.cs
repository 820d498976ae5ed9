using ExchangeVirt.HyperV.Cim;

namespace ExchangeVirt.HyperV.Reading;

/// <summary>What WMI answered about VMs, before it is joined. The same shape for a whole host and for one VM.</summary>
internal sealed record InventoryRecords
{
    public required IReadOnlyList<CimObject> Systems { get; init; }

    public required IReadOnlyList<CimObject> Settings { get; init; }

    /// <summary>Gets all device settings, of VMs, checkpoints and templates, told apart by class.</summary>
    public required IReadOnlyList<CimObject> Devices { get; init; }

    public required IReadOnlyList<CimObject> Vlans { get; init; }

    public required IReadOnlyList<CimObject> Switches { get; init; }

    public required IReadOnlyList<CimObject> Heartbeats { get; init; }

    /// <summary>Gets the summaries; null where the host refused them.</summary>
    public required IReadOnlyList<CimObject>? Summaries { get; init; }

    /// <summary>Gets the unfinished jobs by the VM or configuration they affect.</summary>
    public required ILookup<Guid, CimObject> Jobs { get; init; }

    /// <summary>Gets the VMs that a failover cluster runs; null where the cluster was there and did not tell.</summary>
    public required IReadOnlySet<Guid>? Clustered { get; init; }
}

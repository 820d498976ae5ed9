using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Rules;

/// <summary>A host as the rules see it. Null is «unknown».</summary>
public sealed record EstateHost
{
    /// <summary>Gets its name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the failover cluster it is a node of.</summary>
    public string? Cluster { get; init; }

    /// <summary>Gets the operating system.</summary>
    public HostOperatingSystem? OperatingSystem { get; init; }

    /// <summary>Gets the processors; ratios use the physical cores alone.</summary>
    public HostProcessors Processor { get; init; } = new(null, null, null, null);

    /// <summary>Gets how busy the hypervisor's logical processors are over a sustained time, in percent.</summary>
    /// <remarks>Source: <c>\Hyper-V Hypervisor Logical Processor(_Total)\% Total Run Time</c>.</remarks>
    public double? LogicalProcessorRunTimePercent { get; init; }

    /// <summary>Gets the physical memory.</summary>
    public ByteSize? Memory { get; init; }

    /// <summary>Gets the NUMA nodes.</summary>
    public IReadOnlyList<NumaNode>? NumaNodes { get; init; }

    /// <summary>Gets whether a VM may span NUMA nodes.</summary>
    public bool? NumaSpanning { get; init; }

    /// <summary>Gets the Windows roles that are installed.</summary>
    public IReadOnlyList<string>? Roles { get; init; }

    /// <summary>Gets the services of server applications that were found.</summary>
    public IReadOnlyList<string>? Services { get; init; }

    /// <summary>Gets the active power plan: <c>HighPerformance</c> or the plan's GUID.</summary>
    public string? PowerPlan { get; init; }

    /// <summary>Gets the volumes.</summary>
    public IReadOnlyList<EstateVolume>? Volumes { get; init; }

    /// <summary>Gets the policy that judges it; null: the estate's.</summary>
    public Policy? Policy { get; init; }
}

/// <summary>A volume of a host.</summary>
/// <param name="Path">Its mount path.</param>
/// <param name="Free">Its free space.</param>
/// <param name="Kind"><c>Local</c>, <c>ClusterSharedVolume</c> or <c>Smb</c>.</param>
/// <param name="PhysicalDisks">The ids of the physical disks under it.</param>
public sealed record EstateVolume(string Path, ByteSize? Free, string? Kind, IReadOnlyList<string>? PhysicalDisks);

namespace ExchangeVirt.Domain.Model;

/// <summary>One Hyper-V host as its agent sees it. Null is «not known».</summary>
public sealed record ObservedHost
{
    /// <summary>Gets the host's own name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets when the facts were read, by the host's clock.</summary>
    public required DateTimeOffset ObservedAt { get; init; }

    /// <summary>Gets the processors.</summary>
    public HostProcessors Processors { get; init; } = new(null, null, null, null);

    /// <summary>Gets the physical memory.</summary>
    public ByteSize? Memory { get; init; }

    /// <summary>Gets the operating system.</summary>
    public HostOperatingSystem? OperatingSystem { get; init; }

    /// <summary>Gets the NUMA nodes.</summary>
    public IReadOnlyList<NumaNode>? NumaNodes { get; init; }

    /// <summary>Gets whether a VM may span NUMA nodes.</summary>
    public bool? NumaSpanning { get; init; }

    /// <summary>Gets the volumes that are mounted and readable.</summary>
    public IReadOnlyList<HostVolume>? Volumes { get; init; }

    /// <summary>Gets the virtual switches' names.</summary>
    public IReadOnlyList<string>? Switches { get; init; }

    /// <summary>Gets server applications found that do not belong on a Hyper-V host.</summary>
    public IReadOnlyList<string>? ForeignApplications { get; init; }

    /// <summary>Gets all VMs on the host, declared or not.</summary>
    public required IReadOnlyList<ObservedVirtualMachine> VirtualMachines { get; init; }

    /// <summary>Gets what the agent is doing now.</summary>
    public IReadOnlyList<OperationInFlight> Operations { get; init; } = [];

    /// <summary>Gets why a person stopped the agent on the host itself; null where it is not stopped.</summary>
    public string? PausedReason { get; init; }

    /// <summary>Gets the agent's version.</summary>
    public string? AgentVersion { get; init; }
}

/// <summary>A host's processors.</summary>
/// <param name="PhysicalCores">Enabled cores; the only figure that ratios are judged by.</param>
/// <param name="LogicalProcessors">Hardware threads, for information.</param>
/// <param name="RootProcessorsUsed">The host's own use, in processors.</param>
/// <param name="Vendor">The maker's id.</param>
public sealed record HostProcessors(
    int? PhysicalCores,
    int? LogicalProcessors,
    double? RootProcessorsUsed,
    string? Vendor
);

/// <summary>A host's operating system.</summary>
/// <param name="Caption">Its localized name; shown, never judged by.</param>
/// <param name="Version"><c>10.0.20348</c>.</param>
/// <param name="ProductType">1 workstation, 2 domain controller, 3 server.</param>
public sealed record HostOperatingSystem(string Caption, string Version, int ProductType);

/// <summary>A NUMA node.</summary>
/// <param name="PhysicalCores">Its cores.</param>
/// <param name="Memory">Its memory.</param>
public sealed record NumaNode(int PhysicalCores, ByteSize Memory);

/// <summary>A volume, or a directory under C:\ClusterStorage.</summary>
/// <param name="Path">Its mount path, such as <c>C:\ClusterStorage\csv1</c> or <c>D:\</c>.</param>
/// <param name="Size">Its size.</param>
/// <param name="Free">Its free space.</param>
/// <param name="Kind"><c>Local</c>, <c>ClusterSharedVolume</c> or <c>Smb</c>.</param>
public sealed record HostVolume(string Path, ByteSize? Size, ByteSize? Free, string Kind);

/// <summary>An operation that the agent has begun and not ended.</summary>
/// <param name="OperationId">The id that the operator gave it.</param>
/// <param name="VirtualMachineId">The VM; null while it is being created.</param>
/// <param name="Action">The action's name.</param>
/// <param name="StartedAt">When it began.</param>
public sealed record OperationInFlight(
    string OperationId,
    Guid? VirtualMachineId,
    string Action,
    DateTimeOffset StartedAt
);

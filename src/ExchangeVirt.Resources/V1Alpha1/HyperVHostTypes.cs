using ExchangeVirt.Resources.Schema;

namespace ExchangeVirt.Resources.V1Alpha1;

/// <summary>What is asked of one Hyper-V host.</summary>
public sealed record HyperVHostSpec
{
    /// <summary>How to reach the agent on the host.</summary>
    public required AgentSpec Agent { get; init; }

    /// <summary>Absent: default. The VirtualizationPolicy from which ratio, accounting and reserves come.</summary>
    [Text(63, TextShape.DnsLabel)]
    public string PolicyName { get; init; } = "default";

    /// <summary>Absent: all. The namespaces whose virtual machines may be placed here or adopted from here.</summary>
    [Items(256)]
    [Text(63, TextShape.DnsLabel)]
    public IReadOnlyList<string>? AllowedNamespaces { get; init; }

    /// <summary>Absent: true. Whether placement may choose this host; false is a cordon.</summary>
    public bool Schedulable { get; init; } = true;

    /// <summary>Absent: None. Drain moves the virtual machines away.</summary>
    public HostMaintenance Maintenance { get; init; } = HostMaintenance.None;

    /// <summary>Absent: a fault domain of its own. What fails together, such as a rack.</summary>
    [Text(63, TextShape.LabelValue)]
    public string? FaultDomain { get; init; }
}

/// <summary>How to reach an agent.</summary>
public sealed record AgentSpec
{
    /// <summary>The address, such as https://hv01.corp.example:7443; mutual TLS only.</summary>
    [Text(512, TextShape.HttpsEndpoint)]
    public required string Endpoint { get; init; }

    /// <summary>Absent: the host in the endpoint. The name that the agent's certificate must carry.</summary>
    [Text(253, TextShape.DnsName)]
    public string? ServerName { get; init; }
}

/// <summary>What is observed of one Hyper-V host.</summary>
public sealed record HyperVHostStatus : ResourceStatus
{
    /// <summary>Processors and what the guests take of them, Exchange or not.</summary>
    public HostProcessorStatus? Processor { get; init; }

    /// <summary>Memory and what the guests take of it.</summary>
    public HostMemoryStatus? Memory { get; init; }

    /// <summary>The failover cluster; absent where the host is in none.</summary>
    public HostClusterStatus? Cluster { get; init; }

    /// <summary>The volumes that virtual machines can be stored on.</summary>
    [Items(256, Keys = "path")]
    public IReadOnlyList<HostVolumeStatus>? Volumes { get; init; }

    /// <summary>The host's Windows.</summary>
    public HostOperatingSystemStatus? OperatingSystem { get; init; }

    /// <summary>The version of the agent.</summary>
    [Text(63)]
    public string? AgentVersion { get; init; }

    /// <summary>Server applications found on the host that are no management software.</summary>
    [Items(256)]
    [Text(253)]
    public IReadOnlyList<string>? ForeignApplications { get; init; }
}

/// <summary>A host's processors; ratios are over physical cores, never logical processors.</summary>
public sealed record HostProcessorStatus
{
    /// <summary>Physical cores.</summary>
    public int? PhysicalCores { get; init; }

    /// <summary>Logical processors.</summary>
    public int? LogicalProcessors { get; init; }

    /// <summary>Processors that the host's own Windows uses on average, with one decimal.</summary>
    [Text(32)]
    public string? RootProcessorsUsed { get; init; }

    /// <summary>Virtual processors of all guests.</summary>
    public int? GuestVirtualProcessors { get; init; }

    /// <summary>Guests' virtual processors over physical cores, rounded up to two decimals.</summary>
    [Text(32)]
    public string? GuestRatio { get; init; }

    /// <summary>The same with the host counted by the policy's accounting, rounded up to two decimals.</summary>
    [Text(32)]
    public string? OverallRatio { get; init; }

    /// <summary>The most virtual processors that guests may have in all.</summary>
    public int? GuestVirtualProcessorLimit { get; init; }
}

/// <summary>A host's memory.</summary>
public sealed record HostMemoryStatus
{
    /// <summary>All of it.</summary>
    [Text(32)]
    public string? Total { get; init; }

    /// <summary>What guests are assigned.</summary>
    [Text(32)]
    public string? Assigned { get; init; }

    /// <summary>What is kept for the host.</summary>
    [Text(32)]
    public string? Reserve { get; init; }
}

/// <summary>A host's failover cluster.</summary>
public sealed record HostClusterStatus
{
    /// <summary>The cluster's name.</summary>
    [Text(63)]
    public string? Name { get; init; }

    /// <summary>The node's state in the cluster's words.</summary>
    [Text(63)]
    public string? NodeState { get; init; }

    /// <summary>Whether the cluster has quorum.</summary>
    [Text(63)]
    public string? Quorum { get; init; }

    /// <summary>Whether the cluster balances by itself.</summary>
    [Text(63)]
    public string? AutoBalancerMode { get; init; }
}

/// <summary>A volume of a host.</summary>
public sealed record HostVolumeStatus
{
    /// <summary>Where it is mounted.</summary>
    [Text(512)]
    public required string Path { get; init; }

    /// <summary>Free space, by steps.</summary>
    [Text(32)]
    public string? Free { get; init; }

    /// <summary>All of its space.</summary>
    [Text(32)]
    public string? Total { get; init; }

    /// <summary>Local, ClusterSharedVolume and the like.</summary>
    [Text(63)]
    public string? Kind { get; init; }
}

/// <summary>A host's Windows.</summary>
public sealed record HostOperatingSystemStatus
{
    /// <summary>Its name.</summary>
    [Text(253)]
    public string? Caption { get; init; }

    /// <summary>Its version number.</summary>
    [Text(63)]
    public string? Version { get; init; }
}

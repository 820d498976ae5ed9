using ExchangeVirt.Resources.Schema;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Resources.V1Alpha1;

/// <summary>Holds the names that all kinds share.</summary>
public static class ApiGroup
{
    /// <summary>The API group.</summary>
    public const string Group = "exchangevirt.io";

    /// <summary>The version of the API.</summary>
    public const string Version = "v1alpha1";

    /// <summary>Group and version, as a manifest's <c>apiVersion</c>.</summary>
    public const string ApiVersion = Group + "/" + Version;

    /// <summary>The category that lists every kind: <c>kubectl get exchangevirt</c>.</summary>
    public const string Category = "exchangevirt";
}

/// <summary>One Exchange virtual machine on Hyper-V, kept as declared.</summary>
[KubernetesEntity(
    Group = ApiGroup.Group,
    ApiVersion = ApiGroup.Version,
    Kind = KubeKind,
    PluralName = "exchangevirtualmachines"
)]
[Resource("exvm", ResourceScope.Namespaced)]
[Column("Host", "string", ".status.host")]
[Column("Power", "string", ".status.powerState")]
[Column("Supported", "string", ".status.conditions[?(@.type==\"Supported\")].status")]
[Column("Synced", "string", ".status.conditions[?(@.type==\"Synced\")].status")]
[Column("Pending", "integer", ".status.pending.count")]
[Column("Ready", "string", ".status.conditions[?(@.type==\"Ready\")].status")]
[Column("Age", "date", ".metadata.creationTimestamp")]
[Column("vCPU", "integer", ".spec.processors.count", Wide = true)]
[Column("Memory", "string", ".spec.memory.size", Wide = true)]
[Column("Stop Action", "string", ".status.settings[?(@.name==\"AutomaticStopAction\")].observed", Wide = true)]
[Column("DAG", "string", ".spec.exchange.databaseAvailabilityGroup", Wide = true)]
[Rule("name-is-dns-label")]
[Rule("virtual-machine-name-immutable")]
public sealed class ExchangeVirtualMachine
    : IKubernetesObject<V1ObjectMeta>,
        ISpec<ExchangeVirtualMachineSpec>,
        IStatus<ExchangeVirtualMachineStatus?>
{
    /// <summary>The kind's name.</summary>
    public const string KubeKind = "ExchangeVirtualMachine";

    /// <inheritdoc />
    public string ApiVersion { get; set; } = ApiGroup.ApiVersion;

    /// <inheritdoc />
    public string Kind { get; set; } = KubeKind;

    /// <inheritdoc />
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>What the user asks for.</summary>
    public ExchangeVirtualMachineSpec Spec { get; set; } = null!;

    /// <summary>What the operator observes.</summary>
    public ExchangeVirtualMachineStatus? Status { get; set; }
}

/// <summary>Which virtual machines fail over to each other: how they spread and how many may be down.</summary>
[KubernetesEntity(
    Group = ApiGroup.Group,
    ApiVersion = ApiGroup.Version,
    Kind = KubeKind,
    PluralName = "databaseavailabilitygroups"
)]
[Resource("exdag", ResourceScope.Namespaced)]
[Column("Members", "integer", ".status.members")]
[Column("Available", "integer", ".status.available")]
[Column("Quorum", "integer", ".status.quorum")]
[Column("Allowed", "integer", ".status.disruptionsAllowed")]
[Column("Ready", "string", ".status.conditions[?(@.type==\"Ready\")].status")]
[Column("Age", "date", ".metadata.creationTimestamp")]
[Column("Votes", "integer", ".status.votes", Wide = true)]
[Column("Hook", "string", ".spec.maintenance.hook", Wide = true)]
[Column("Disrupted", "string", ".status.disruptions[*].member", Wide = true)]
[Rule("name-is-dns-label")]
public sealed class DatabaseAvailabilityGroup
    : IKubernetesObject<V1ObjectMeta>,
        ISpec<DatabaseAvailabilityGroupSpec>,
        IStatus<DatabaseAvailabilityGroupStatus?>
{
    /// <summary>The kind's name.</summary>
    public const string KubeKind = "DatabaseAvailabilityGroup";

    /// <inheritdoc />
    public string ApiVersion { get; set; } = ApiGroup.ApiVersion;

    /// <inheritdoc />
    public string Kind { get; set; } = KubeKind;

    /// <inheritdoc />
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>What the user asks for.</summary>
    public DatabaseAvailabilityGroupSpec Spec { get; set; } = new();

    /// <summary>What the operator observes.</summary>
    public DatabaseAvailabilityGroupStatus? Status { get; set; }
}

/// <summary>One Hyper-V host and how to reach its agent.</summary>
[KubernetesEntity(Group = ApiGroup.Group, ApiVersion = ApiGroup.Version, Kind = KubeKind, PluralName = "hypervhosts")]
[Resource("hvhost", ResourceScope.Cluster)]
[Column("Cores", "integer", ".status.processor.physicalCores")]
[Column("Guests", "string", ".status.processor.guestRatio")]
[Column("Ratio", "string", ".status.processor.overallRatio")]
[Column("Within Ratio", "string", ".status.conditions[?(@.type==\"WithinRatio\")].status")]
[Column("Schedulable", "boolean", ".spec.schedulable")]
[Column("Ready", "string", ".status.conditions[?(@.type==\"Ready\")].status")]
[Column("Age", "date", ".metadata.creationTimestamp")]
[Column("Memory", "string", ".status.memory.total", Wide = true)]
[Column("Assigned", "string", ".status.memory.assigned", Wide = true)]
[Column("Fault Domain", "string", ".spec.faultDomain", Wide = true)]
[Column("Dedicated", "string", ".status.conditions[?(@.type==\"Dedicated\")].status", Wide = true)]
[Column("Agent", "string", ".status.agentVersion", Wide = true)]
[Rule("name-is-dns-label")]
public sealed class HyperVHost : IKubernetesObject<V1ObjectMeta>, ISpec<HyperVHostSpec>, IStatus<HyperVHostStatus?>
{
    /// <summary>The kind's name.</summary>
    public const string KubeKind = "HyperVHost";

    /// <inheritdoc />
    public string ApiVersion { get; set; } = ApiGroup.ApiVersion;

    /// <inheritdoc />
    public string Kind { get; set; } = KubeKind;

    /// <inheritdoc />
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>What the user asks for.</summary>
    public HyperVHostSpec Spec { get; set; } = null!;

    /// <summary>What the operator observes.</summary>
    public HyperVHostStatus? Status { get; set; }
}

/// <summary>Limits, reserves, what may be disrupted and when.</summary>
/// <remarks>Where no object is named <c>default</c>, the values of a new <see cref="VirtualizationPolicySpec"/> hold.</remarks>
[KubernetesEntity(
    Group = ApiGroup.Group,
    ApiVersion = ApiGroup.Version,
    Kind = KubeKind,
    PluralName = "virtualizationpolicies"
)]
[Resource("virtpol", ResourceScope.Cluster)]
[Column("Enforcement", "string", ".spec.enforcement")]
[Column("Disruption", "string", ".spec.disruption")]
[Column("Max Ratio", "integer", ".spec.processor.maxRatioPercent")]
[Column("Paused", "boolean", ".spec.paused")]
[Column("Ready", "string", ".status.conditions[?(@.type==\"Ready\")].status")]
[Column("Age", "date", ".metadata.creationTimestamp")]
[Column("Accounting", "string", ".spec.processor.hostAccounting", Wide = true)]
[Column("Saved State", "string", ".spec.savedState", Wide = true)]
[Column("Rebalance", "string", ".spec.rebalance", Wide = true)]
[Rule("name-is-dns-label")]
public sealed class VirtualizationPolicy
    : IKubernetesObject<V1ObjectMeta>,
        ISpec<VirtualizationPolicySpec>,
        IStatus<VirtualizationPolicyStatus?>
{
    /// <summary>The kind's name.</summary>
    public const string KubeKind = "VirtualizationPolicy";

    /// <inheritdoc />
    public string ApiVersion { get; set; } = ApiGroup.ApiVersion;

    /// <inheritdoc />
    public string Kind { get; set; } = KubeKind;

    /// <inheritdoc />
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>What the user asks for.</summary>
    public VirtualizationPolicySpec Spec { get; set; } = new();

    /// <summary>What the operator observes.</summary>
    public VirtualizationPolicyStatus? Status { get; set; }
}

/// <summary>One planned move of a virtual machine to another host, live or cold.</summary>
[KubernetesEntity(
    Group = ApiGroup.Group,
    ApiVersion = ApiGroup.Version,
    Kind = KubeKind,
    PluralName = "virtualmachinemigrations"
)]
[Resource("exmig", ResourceScope.Namespaced)]
[Column("VM", "string", ".spec.virtualMachineRef.name")]
[Column("Method", "string", ".spec.method")]
[Column("From", "string", ".status.sourceHost")]
[Column("To", "string", ".status.targetHost")]
[Column("Phase", "string", ".status.phase")]
[Column("Percent", "integer", ".status.percent")]
[Column("Age", "date", ".metadata.creationTimestamp")]
[Column("Ended", "date", ".status.endedAt", Wide = true)]
[Rule("name-is-dns-label")]
public sealed class VirtualMachineMigration
    : IKubernetesObject<V1ObjectMeta>,
        ISpec<VirtualMachineMigrationSpec>,
        IStatus<VirtualMachineMigrationStatus?>
{
    /// <summary>The kind's name.</summary>
    public const string KubeKind = "VirtualMachineMigration";

    /// <inheritdoc />
    public string ApiVersion { get; set; } = ApiGroup.ApiVersion;

    /// <inheritdoc />
    public string Kind { get; set; } = KubeKind;

    /// <inheritdoc />
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>What the user asks for.</summary>
    public VirtualMachineMigrationSpec Spec { get; set; } = null!;

    /// <summary>What the operator observes.</summary>
    public VirtualMachineMigrationStatus? Status { get; set; }
}

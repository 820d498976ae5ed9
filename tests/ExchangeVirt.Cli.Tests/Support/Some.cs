using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeVirt.Cli.Estates;
using ExchangeVirt.Resources.V1Alpha1;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Cli.Tests.Support;

/// <summary>Makes objects as an operator leaves them, at a fixed time.</summary>
internal static class Some
{
    /// <summary>A Thursday.</summary>
    public static readonly DateTimeOffset Now = new(2031, 5, 15, 12, 0, 0, TimeSpan.Zero);

    public static HyperVHost Host(
        string name,
        string? guests = "1.25",
        string? overall = "1.38",
        string? assigned = "320Gi",
        StatusCondition? ready = null
    ) =>
        new()
        {
            Metadata = Metadata(name),
            Spec = new HyperVHostSpec { Agent = new AgentSpec { Endpoint = $"https://{name}.example:7443" } },
            Status = new HyperVHostStatus
            {
                ObservedGeneration = 1,
                Processor = new HostProcessorStatus
                {
                    PhysicalCores = 16,
                    GuestRatio = guests,
                    OverallRatio = overall,
                },
                Memory = new HostMemoryStatus
                {
                    Total = "512Gi",
                    Assigned = assigned,
                    Reserve = "26Gi",
                },
                Conditions = [ready ?? Condition("Ready", "True", "AgentAnswers", "The agent answers.")],
            },
        };

    public static ExchangeVirtualMachine Machine(
        string name,
        ExchangeVirtualMachineStatus? status = null,
        string inNamespace = "messaging",
        string? group = null,
        string policy = "default"
    ) =>
        new()
        {
            Metadata = Metadata(name, inNamespace),
            Spec = new ExchangeVirtualMachineSpec
            {
                Exchange = new ExchangeServerSpec
                {
                    Version = ExchangeVersion.ExchangeSE,
                    Role = ExchangeRole.Mailbox,
                    DatabaseAvailabilityGroup = group,
                    Standalone = group is null,
                },
                Guest = new GuestSpec { OperatingSystem = GuestOperatingSystem.WindowsServer2022 },
                Processors = new ProcessorsSpec { Count = 8 },
                Memory = new MemorySpec { Size = "128Gi" },
                PolicyName = policy,
            },
            Status = status,
        };

    /// <summary>A status of a VM that runs and is as declared.</summary>
    public static ExchangeVirtualMachineStatus InSync(string host = "hv01") =>
        new()
        {
            ObservedGeneration = 1,
            Host = host,
            PowerState = "Running",
            Settings =
            [
                Setting("ProcessorCount", "8"),
                Setting("Memory", "128Gi fixed"),
                Setting("Checkpoints", "Disabled"),
                Setting("AutomaticCheckpoints", "Off"),
                Setting("ExistingCheckpoints", "None"),
                Setting("AutomaticStopAction", "ShutDown"),
                Setting("AutomaticRecoveryAction", "not Revert", "Restart"),
                Setting("SavedState", "None"),
            ],
            Conditions =
            [
                Condition("Ready", "True", "InSync", "The VM is as declared."),
                Condition("Synced", "True", "InSync", "Every enforced setting is as declared."),
            ],
        };

    /// <summary>The same, whose memory waits for a restart.</summary>
    public static ExchangeVirtualMachineStatus RestartPending() =>
        InSync() with
        {
            Settings =
            [
                .. InSync()
                    .Settings!.Select(static setting =>
                        setting.Name == "Memory"
                            ? setting with
                            {
                                Observed = "64Gi to 128Gi dynamic",
                                State = "RestartPending",
                                Since = Now.AddDays(-3),
                                BlockedBy = "MaintenanceWindow",
                            }
                            : setting
                    ),
            ],
            Pending = new PendingStatus
            {
                Count = 3,
                Restart = true,
                NotBefore = Now.AddDays(2).AddHours(10),
                Actions =
                [
                    Action("ShutDownGuest", null, needsOff: false, "messaging/ex01 waits for a maintenance window."),
                    Action("SetFixedMemory", "Memory", needsOff: true, null),
                    Action("StartVirtualMachine", null, needsOff: false, null),
                ],
            },
            Conditions =
            [
                Condition("Ready", "True", "MaintenanceWindow", "messaging/ex01 waits for a maintenance window."),
                Condition("Synced", "False", "MaintenanceWindow", "Memory is dynamic."),
            ],
        };

    public static DatabaseAvailabilityGroup Group(string name, params IReadOnlyList<DisruptionGrant> grants) =>
        Group(name, "messaging", grants);

    public static DatabaseAvailabilityGroup Group(
        string name,
        string inNamespace,
        params IReadOnlyList<DisruptionGrant> grants
    ) =>
        new()
        {
            Metadata = Metadata(name, inNamespace),
            Status = new DatabaseAvailabilityGroupStatus
            {
                ObservedGeneration = 1,
                Members = 4,
                Available = 4 - grants.Count,
                Votes = 5,
                Quorum = 3,
                DisruptionsAllowed = 1 - grants.Count,
                Disruptions = grants.Count == 0 ? null : grants,
                Conditions = [Condition("Ready", "True", "QuorumHeld", "5 of 5 votes are up.")],
            },
        };

    public static VirtualizationPolicy Policy(string name = "default", VirtualizationPolicySpec? spec = null) =>
        new()
        {
            Metadata = Metadata(name),
            Spec =
                spec
                ?? new VirtualizationPolicySpec
                {
                    Enforcement = Enforcement.Enforce,
                    MaintenanceWindows =
                    [
                        new MaintenanceWindowSpec
                        {
                            Name = "weekend",
                            Schedule = "0 22 * * SAT",
                            DurationMinutes = 240,
                        },
                    ],
                },
            Status = new VirtualizationPolicyStatus
            {
                ObservedGeneration = 1,
                Conditions = [Condition("Ready", "True", "Accepted", "The policy is in force.")],
            },
        };

    public static StatusCondition Condition(string type, string status, string reason, string message) =>
        new()
        {
            Type = type,
            Status = status,
            Reason = reason,
            Message = message,
            LastTransitionTime = Now.AddMinutes(-5),
        };

    public static SettingStatus Setting(string name, string desired, string? observed = null) =>
        new()
        {
            Name = name,
            Desired = desired,
            Observed = observed ?? desired,
            State = "InSync",
        };

    /// <summary>Sorts objects as if a source had listed them.</summary>
    public static EstateObjects Estate(params IEnumerable<IKubernetesObject<V1ObjectMeta>> objects) =>
        EstateObjects.Of(objects.Select(Json));

    /// <summary>Writes an object as it is stored.</summary>
    public static JsonObject Json(IKubernetesObject<V1ObjectMeta> entity) =>
        (JsonObject)JsonSerializer.SerializeToNode(entity, entity.GetType(), ResourceJson.Options)!;

    private static PendingActionStatus Action(string name, string? subject, bool needsOff, string? message) =>
        new()
        {
            Name = name,
            Subject = subject,
            NeedsOff = needsOff,
            BlockedBy = "MaintenanceWindow",
            Message = message,
        };

    private static V1ObjectMeta Metadata(string name, string? inNamespace = null) =>
        new()
        {
            Name = name,
            NamespaceProperty = inNamespace,
            Generation = 1,
            Uid = $"uid-{name}",
            ResourceVersion = "1",
            CreationTimestamp = Now.UtcDateTime.AddDays(-10),
        };
}

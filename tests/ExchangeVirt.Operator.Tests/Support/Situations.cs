using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Placement;
using ExchangeVirt.Domain.Rules;
using ExchangeVirt.Domain.Tests.Planning;
using ExchangeVirt.Operator.Acting;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Resources.V1Alpha1;
using k8s.Models;
using DisruptionGrant = ExchangeVirt.Domain.Gating.DisruptionGrant;
using DomainPolicy = ExchangeVirt.Domain.Model.Policy;
using MaintenanceHook = ExchangeVirt.Domain.Model.MaintenanceHook;

namespace ExchangeVirt.Operator.Tests.Support;

/// <summary>Situations that are all in order, to be made wrong by each test.</summary>
internal static class Situations
{
    public static readonly ObservedHost Facts = new()
    {
        Name = "HV01",
        ObservedAt = Some.Now,
        Processors = new HostProcessors(32, 64, 1.0, "GenuineIntel"),
        Memory = ByteSize.FromGibibytes(512),
        VirtualMachines = [Some.Observed],
    };

    public static readonly HostView Host = new("hv01", Reachable: true, Facts, null, null, Some.Now);

    public static readonly HostView Silent = Host with
    {
        Reachable = false,
        Reason = "ConnectionRefused",
        Message = "nobody listens",
    };

    public static readonly DesiredVirtualMachine Standalone = Some.Desired with
    {
        Exchange = Some.Desired.Exchange with { AvailabilityGroup = null, Standalone = true },
    };

    /// <summary>A standalone server as declared, running.</summary>
    public static Situation InOrder() => With(Some.Policy, Some.Observed);

    public static Situation With(DomainPolicy policy, ObservedVirtualMachine observed, HostView? host = null) =>
        new()
        {
            Entity = Entity(),
            Desired = Standalone,
            Owner = Some.Owner,
            Policy = policy,
            Rules = EffectiveRules.Of(policy, null, null),
            Sighting = new Sighting
            {
                Seen = new SeenVirtualMachine(host ?? Host, observed, Some.Now - TimeSpan.FromDays(1), observed.Uptime),
                BoundHost = host ?? Host,
                BoundHostName = "hv01",
            },
            Now = Some.Now,
        };

    public static ExchangeVirtualMachine Entity(OperationStatus? operation = null) =>
        new()
        {
            Metadata = new V1ObjectMeta
            {
                Name = "ex01",
                NamespaceProperty = "messaging",
                Generation = 4,
            },
            Status = new ExchangeVirtualMachineStatus
            {
                ObservedGeneration = 4,
                AppliedGeneration = 4,
                AppliedPowerState = "Running",
                VirtualMachineId = Some.Id.ToString("D"),
                Placement = new PlacementStatus { Host = "hv01", DecidedAt = Some.Now },
                Operation = operation,
            },
        };

    /// <summary>Nothing was made yet, and nothing is bound.</summary>
    public static Situation Unborn(HostView? host = null) =>
        InOrder() with
        {
            Entity = new ExchangeVirtualMachine
            {
                Metadata = new V1ObjectMeta
                {
                    Name = "ex01",
                    NamespaceProperty = "messaging",
                    Generation = 1,
                },
            },
            Sighting = new Sighting { BoundHost = host, BoundHostName = host?.Name },
        };

    public static Situation InGroup(this Situation situation, params DisruptionGrant[] grants) =>
        situation with
        {
            Desired = Some.Desired,
            Group = Group(grants),
        };

    public static AvailabilityGroupFacts Group(params DisruptionGrant[] grants) =>
        new()
        {
            Group = new AvailabilityGroup
            {
                Key = new ObjectKey("messaging", "dag01"),
                Hook = MaintenanceHook.None,
                Witness = WitnessKind.External,
                MinReady = TimeSpan.FromMinutes(15),
            },
            Members = [Member("ex01"), Member("ex02"), Member("ex03")],
            Grants = grants,
        };

    public static MemberFacts Member(string name) =>
        new()
        {
            Name = name,
            PowerState = PowerState.Running,
            Heartbeat = Heartbeat.Ok,
            HealthySince = Some.Now - TimeSpan.FromHours(1),
        };

    public static Situation During(this Situation situation, OperationStatus? operation) =>
        situation with
        {
            Entity = Entity(operation),
            Restart = Operator.Reporting.RestartOperations.From(operation),
        };

    public static Decision Decide(
        this Situation situation,
        PlacementDecision? placement = null,
        params ActionFailure[] failures
    ) => Decision.For(situation, placement, failures, Array.Empty<RuleVerdict>());

    public static ActionFailure Failure(string action, string? setting, DateTimeOffset? retryAt = null) =>
        new(
            action,
            setting,
            new AgentFault(AgentFaultKind.Failed, "HyperVJobFailed", "The job failed."),
            1,
            retryAt ?? Some.Now + TimeSpan.FromSeconds(10)
        );

    public static ObservedVirtualMachine Wrong() => Some.Observed with { ProcessorCount = 4 };

    public static ObservedVirtualMachine Drifted() => Some.Observed with { CheckpointType = CheckpointType.Standard };
}

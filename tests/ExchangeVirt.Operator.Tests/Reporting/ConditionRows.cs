using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Placement;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Domain.Tests.Planning;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Operator.Tests.Support;
using ExchangeVirt.Resources.V1Alpha1;
using Disruption = ExchangeVirt.Domain.Model.Disruption;
using DisruptionGrant = ExchangeVirt.Domain.Gating.DisruptionGrant;
using Enforcement = ExchangeVirt.Domain.Model.Enforcement;

namespace ExchangeVirt.Operator.Tests.Reporting;

/// <summary>The situations that the table of conditions speaks of, with what is said in each and what those who wait make of it.</summary>
internal static class ConditionRows
{
    private static readonly OperationStatus s_restart = RestartOperations.ToStatus(
        Some.Restart with
        {
            OffSeenAt = Some.Now,
        },
        "Restart of messaging/ex01"
    );

    private static readonly ObservedVirtualMachine s_off = Some.IsOff(Some.Observed);

    // Ready, Reconciling, Stalled, Synced, RestartPending; - is absent.
    public static readonly IReadOnlyDictionary<string, (Func<Decision> Make, string Conditions, string Reason)> All =
        new Dictionary<string, (Func<Decision>, string, string)>(StringComparer.Ordinal)
        {
            ["in sync, power as asked"] = (() => Situations.InOrder().Decide(), "True - - True False", "InSync"),
            ["being corrected"] = (
                () => Situations.With(Some.Policy, Situations.Drifted()).Decide(),
                "False True - False False",
                "Correcting"
            ),
            ["being started"] = (
                () => Situations.With(Some.Policy with { RestartGrace = TimeSpan.Zero }, s_off).Decide(),
                "False True - False False",
                "Correcting"
            ),
            ["between two power states"] = (
                () => Situations.With(Some.Policy, Some.Observed with { PowerState = PowerState.Starting }).Decide(),
                "False True - False False",
                "PowerStateChanging"
            ),
            ["being restarted"] = (
                () => Situations.With(Some.Policy, s_off with { ProcessorCount = 4 }).During(s_restart).Decide(),
                "False True - False False",
                "Restarting"
            ),
            ["being created"] = (
                () => Situations.Unborn(Situations.Host).Decide(),
                "False True - False False",
                "Creating"
            ),
            ["agent not reachable"] = (
                () => Situations.With(Some.Policy, Situations.Drifted(), Situations.Silent).Decide(),
                "False True - False False",
                "HostUnreachable"
            ),
            ["no host fits now"] = (
                () => Situations.Unborn().Decide(new PlacementDecision(null, [], "hv01 lacks 2 cores")),
                "False True - False False",
                "NoHostFits"
            ),
            ["hosts that may hold it were not read"] = (
                () =>
                    (
                        Situations.Unborn() with
                        {
                            Sighting = new Sighting { OutOfSight = [Situations.Silent] },
                        }
                    ).Decide(),
                "False True - False False",
                "InventoryIncomplete"
            ),
            ["an action failed and is tried again"] = (
                () =>
                    Situations
                        .With(Some.Policy, Situations.Drifted())
                        .Decide(null, Situations.Failure("DisableCheckpoints", SettingNames.Checkpoints)),
                "False True - False False",
                "HyperVJobFailed"
            ),
            ["drift waits for a window"] = (
                () =>
                    (
                        Situations.With(
                            Some.Policy with
                            {
                                Disruption = Disruption.MaintenanceWindow,
                            },
                            Situations.Wrong()
                        ) with
                        {
                            Windows = [new MaintenanceInterval("sat", Some.Now.AddHours(5), Some.Now.AddHours(9))],
                        }
                    ).Decide(),
                "True - - False True",
                "MaintenanceWindow"
            ),
            ["drift waits for its DAG turn, wished for"] = (
                () => Situations.With(Some.Policy, Situations.Wrong()).InGroup().During(Request("op1")).Decide(),
                "True - - False True",
                "AvailabilityGroupSlot"
            ),
            ["drift waits for its DAG turn, another holds the slot"] = (
                () =>
                    Situations
                        .With(Some.Policy, Situations.Wrong())
                        .InGroup(new DisruptionGrant("ex02", "op2", "Restart", Some.Now))
                        .Decide(),
                "True - - False True",
                "AvailabilityGroupSlot"
            ),
            ["drift waits for a window, and the VM is not in the asked power state"] = (
                () =>
                    (
                        Situations.With(
                            Some.Policy with
                            {
                                Disruption = Disruption.MaintenanceWindow,
                            },
                            Some.Observed
                        ) with
                        {
                            Desired = Situations.Standalone with { PowerState = DesiredPowerState.Stopped },
                        }
                    ).Decide(),
                "False True - False False",
                "NoMaintenanceWindow"
            ),
            ["paused with drift"] = (
                () =>
                    (
                        Situations.With(Some.Policy, Situations.Drifted()) with
                        {
                            Pauses = [new Pause(PauseScope.VirtualMachine)],
                        }
                    ).Decide(),
                "True - - False False",
                "VirtualMachineOnPause"
            ),
            ["paused, and the VM is not in the asked power state"] = (
                () =>
                    (
                        Situations.With(Some.Policy with { RestartGrace = TimeSpan.Zero }, s_off) with
                        {
                            Pauses = [new Pause(PauseScope.Policy)],
                        }
                    ).Decide(),
                "False - - False False",
                "PolicyOnPause"
            ),
            ["paused before it was made"] = (
                () =>
                    (
                        Situations.Unborn(Situations.Host) with
                        {
                            Pauses = [new Pause(PauseScope.Everywhere)],
                            Entity = Situations.Entity(
                                new OperationStatus { Name = RestartOperations.CreateName, Stage = "Creating" }
                            ),
                        }
                    )
                        is var situation
                        ? (situation with { Entity = WithoutId(situation.Entity) }).Decide()
                        : null!,
                "False - - False False",
                "EverythingOnPause"
            ),
            ["Observe with drift"] = (
                () =>
                    Situations
                        .With(Some.Policy with { Enforcement = Enforcement.Observe }, Situations.Drifted())
                        .Decide(),
                "True - - False False",
                "ObserveOnly"
            ),
            ["disruption Never with drift"] = (
                () => Situations.With(Some.Policy with { Disruption = Disruption.Never }, Situations.Wrong()).Decide(),
                "True - - False True",
                "DisruptionNever"
            ),
            ["two VMs of the name"] = (
                () =>
                    (
                        Situations.InOrder() is var situation
                            ? situation with
                            {
                                Sighting = situation.Sighting with { Namesakes = ["hv02 (…)"] },
                            }
                            : null!
                    ).Decide(),
                "False - True False False",
                "DuplicateVirtualMachine"
            ),
            ["missing VM"] = (
                () =>
                    (
                        Situations.InOrder() with
                        {
                            Sighting = new Sighting { BoundHost = Situations.Host, BoundHostName = "hv01" },
                        }
                    ).Decide(),
                "False - True False False",
                "MissingVirtualMachine"
            ),
            ["shutdown deadline passed"] = (
                () =>
                    Situations
                        .With(Some.Policy, Situations.Wrong())
                        .During(
                            RestartOperations.ToStatus(
                                Some.Restart with
                                {
                                    ShutdownAskedAt = Some.Now - TimeSpan.FromHours(1),
                                },
                                "Restart"
                            )
                        )
                        .Decide(),
                "False - True False False",
                "ShutdownDeadlinePassed"
            ),
            ["unknown DAG"] = (
                () => (Situations.With(Some.Policy, Situations.Drifted()) with { MissingGroup = "dag09" }).Decide(),
                "False - True False False",
                "UnknownAvailabilityGroup"
            ),
            ["unknown policy"] = (
                () => (Situations.With(Some.Policy, Situations.Drifted()) with { MissingPolicy = "gold" }).Decide(),
                "False - True False False",
                "UnknownPolicy"
            ),
            ["a spec that breaks a rule"] = (
                () =>
                    (
                        Situations.With(Some.Policy, Situations.Drifted()) with
                        {
                            Invalid = "spec.memory.size must be a whole multiple of 2Mi (memory-multiple-of-2mi).",
                        }
                    ).Decide(),
                "False - True False False",
                "Invalid"
            ),
            ["a policy that breaks a rule"] = (
                () => (Situations.With(Some.Policy, Situations.Drifted()) with { InvalidPolicy = "spec." }).Decide(),
                "False - True False False",
                "PolicyInvalid"
            ),
            ["a DAG that breaks a rule"] = (
                () => (Situations.With(Some.Policy, Situations.Drifted()) with { InvalidGroup = "spec." }).Decide(),
                "False - True False False",
                "AvailabilityGroupInvalid"
            ),
            ["the host of its binding is not declared any more"] = (
                () => (Situations.InOrder() with { Sighting = new Sighting { BoundHostName = "hv01" } }).Decide(),
                "False - True False False",
                "HostNotDeclared"
            ),
            ["the agent of its host was not heard yet"] = (
                () =>
                    (
                        Situations.InOrder() with
                        {
                            Sighting = new Sighting
                            {
                                BoundHostName = "hv01",
                                BoundHost = HostView.Unknown("hv01", Some.Now),
                                OutOfSight = [HostView.Unknown("hv01", Some.Now)],
                            },
                        }
                    ).Decide(),
                "False True - False False",
                "HostUnreachable"
            ),
            ["contended"] = (
                () =>
                {
                    var decision = Situations.With(Some.Policy, Situations.Drifted()).Decide();
                    var closed = new GateDecision.Closed(
                        GateName.Contention,
                        GateReasons.SettingContended,
                        "changed back three times"
                    );
                    return decision with
                    {
                        Actions = [.. decision.Actions.Select(action => action with { Closed = closed })],
                        Next = null,
                    };
                },
                "False - True False False",
                "SettingContended"
            ),
        };

    // Current: waited for no longer. InProgress: waited for. Failed: given up at once, so only where nothing but a person or
    // a change of spec can help.
    public static readonly IReadOnlyDictionary<string, string> Verdicts = new Dictionary<string, string>(
        StringComparer.Ordinal
    )
    {
        ["in sync, power as asked"] = Kstatus.Current,
        ["being corrected"] = Kstatus.InProgress,
        ["being started"] = Kstatus.InProgress,
        ["between two power states"] = Kstatus.InProgress,
        ["being restarted"] = Kstatus.InProgress,
        ["being created"] = Kstatus.InProgress,
        ["agent not reachable"] = Kstatus.InProgress,
        ["the agent of its host was not heard yet"] = Kstatus.InProgress,
        ["no host fits now"] = Kstatus.InProgress,
        ["hosts that may hold it were not read"] = Kstatus.InProgress,
        ["an action failed and is tried again"] = Kstatus.InProgress,
        ["drift waits for a window"] = Kstatus.Current,
        ["drift waits for its DAG turn, wished for"] = Kstatus.Current,
        ["drift waits for its DAG turn, another holds the slot"] = Kstatus.Current,
        ["drift waits for a window, and the VM is not in the asked power state"] = Kstatus.InProgress,
        ["paused with drift"] = Kstatus.Current,
        ["paused, and the VM is not in the asked power state"] = Kstatus.InProgress,
        ["paused before it was made"] = Kstatus.InProgress,
        ["Observe with drift"] = Kstatus.Current,
        ["disruption Never with drift"] = Kstatus.Current,
        ["two VMs of the name"] = Kstatus.Failed,
        ["missing VM"] = Kstatus.Failed,
        ["shutdown deadline passed"] = Kstatus.Failed,
        ["unknown DAG"] = Kstatus.Failed,
        ["unknown policy"] = Kstatus.Failed,
        ["a spec that breaks a rule"] = Kstatus.Failed,
        ["a policy that breaks a rule"] = Kstatus.Failed,
        ["a DAG that breaks a rule"] = Kstatus.Failed,
        ["the host of its binding is not declared any more"] = Kstatus.Failed,
        ["contended"] = Kstatus.Failed,
    };

    /// <summary>Decides in the situation of a row.</summary>
    public static Decision Decide(string row) => All[row].Make();

    private static OperationStatus Request(string id) =>
        new()
        {
            Name = OperationStep.RequestName,
            Id = id,
            StartedAt = Some.Now,
            Reason = "Restart of messaging/ex01",
        };

    private static ExchangeVirtualMachine WithoutId(ExchangeVirtualMachine entity)
    {
        entity.Status = entity.Status! with { VirtualMachineId = null };
        return entity;
    }
}

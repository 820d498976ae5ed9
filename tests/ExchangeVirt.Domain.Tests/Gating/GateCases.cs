using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Domain.Tests.Planning;

namespace ExchangeVirt.Domain.Tests.Gating;

/// <summary>Gates 1 to 6, a table each; what each asks of an action and what it says when closed.</summary>
public sealed class GateCases
{
    private static readonly RestartOperation s_restart = Some.Restart;

    private static readonly Dictionary<
        string,
        (Func<GateInput, GateInput> Close, PlannedAction Action, string Outcome, string Says)
    > s_cases = new()
    {
        ["nothing in the way of drift"] = (i => i, Gates.Hot, "open", ""),
        ["nothing in the way of a restart"] = (i => i, Gates.ShutDown, "open", ""),

        ["1 paused VM"] = (
            i => i with { Pauses = [new Pause(PauseScope.VirtualMachine)] },
            Gates.Hot,
            "Paused/VirtualMachineOnPause",
            "spec.paused: false"
        ),
        ["1 paused policy"] = (
            i => i with { Pauses = [new Pause(PauseScope.Policy)] },
            Gates.Hot,
            "Paused/PolicyOnPause",
            "spec.paused: false"
        ),
        ["1 paused everywhere, by whom and why"] = (
            i => i with { Pauses = [new Pause(PauseScope.Everywhere, "ann", "storage move")] },
            Gates.Hot,
            "Paused/EverythingOnPause",
            "by ann: storage move"
        ),
        ["1 paused agent"] = (
            i => i with { Pauses = [new Pause(PauseScope.Agent)] },
            Gates.Hot,
            "Paused/AgentOnPause",
            "exvirt-agent resume"
        ),
        ["1 held"] = (i => i with { HoldReason = "forensics" }, Gates.Hot, "Paused/Held", "forensics"),
        ["1 held without a reason"] = (i => i with { HoldReason = "" }, Gates.Hot, "Paused/Held", "hold"),
        ["1 paused: recovery of a VM that we did not take down waits too"] = (
            i => i with { Pauses = [new Pause(PauseScope.Everywhere)] },
            Gates.Start,
            "Paused/EverythingOnPause",
            ""
        ),
        ["1 off switch pulled in mid-plan: no setting follows"] = (
            i => i with { Pauses = [new Pause(PauseScope.Everywhere)], Restart = s_restart },
            Gates.OffOnly,
            "Paused/EverythingOnPause",
            ""
        ),
        ["1 off switch pulled in mid-plan: the member is brought back up"] = (
            i => i with { Pauses = [new Pause(PauseScope.Everywhere)], Restart = s_restart },
            Gates.Start,
            "open",
            ""
        ),
        ["1 held in mid-plan: stays down"] = (
            i => i with { HoldReason = "x", Restart = s_restart },
            Gates.Start,
            "Paused/Held",
            ""
        ),
        ["1 agent paused in mid-plan: stays down"] = (
            i => i with { Pauses = [new Pause(PauseScope.Policy), new Pause(PauseScope.Agent)], Restart = s_restart },
            Gates.Start,
            "Paused/AgentOnPause",
            ""
        ),

        ["1 paused before anything was asked: a person's shutdown stands"] = (
            i =>
                i with
                {
                    Pauses = [new Pause(PauseScope.Everywhere)],
                    Restart = s_restart with { ShutdownAskedAt = null },
                },
            Gates.Start,
            "Paused/EverythingOnPause",
            ""
        ),

        ["2 observe"] = (Observe, Gates.Hot, "Enforcement/ObserveOnly", "Enforce"),
        ["2 observe: recovery waits too"] = (Observe, Gates.Start, "Enforcement/ObserveOnly", ""),
        ["2 observe in mid-plan: the member is brought back up"] = (
            i => Observe(i) with { Restart = s_restart },
            Gates.Start,
            "open",
            ""
        ),

        ["3 agent out of reach"] = (
            i => i with { Host = i.Host with { Reachable = false, UnreachableReason = "certificate expired" } },
            Gates.Hot,
            "Known/HostUnreachable",
            "certificate expired"
        ),
        ["3 facts too old"] = (
            i => i with { Host = i.Host with { FactAge = TimeSpan.FromSeconds(301) } },
            Gates.Hot,
            "Known/FactsTooOld",
            "older than 300 s"
        ),
        ["3 facts as old as allowed"] = (
            i => i with { Host = i.Host with { FactAge = TimeSpan.FromSeconds(300) } },
            Gates.Hot,
            "open",
            ""
        ),
        ["3 no facts"] = (
            i => i with { Host = i.Host with { FactAge = null } },
            Gates.Start,
            "Known/FactsTooOld",
            "missing"
        ),
        ["3 cluster service stopped on one node: no start around it"] = (
            i => i with { Host = i.Host with { ClusterStateKnown = false }, Restart = s_restart },
            Gates.Start,
            "Known/ClusterUnknown",
            "hv01"
        ),
        ["3 no such policy"] = (i => i with { MissingPolicy = "gold" }, Gates.Hot, "Known/PolicyNotFound", "gold"),
        ["3 no such DAG"] = (
            i => i with { AvailabilityGroup = null },
            Gates.Hot,
            "Known/AvailabilityGroupNotFound",
            "dag01"
        ),

        ["3 a policy that breaks a rule"] = (
            i => i with { InvalidPolicy = "spec.processor.maxRatioPercent 300 is out of range." },
            Gates.Hot,
            "Known/PolicyInvalid",
            "maxRatioPercent"
        ),
        ["3 a DAG that breaks a rule"] = (
            i => i with { InvalidAvailabilityGroup = "spec.witness must have exactly one." },
            Gates.Hot,
            "Known/AvailabilityGroupInvalid",
            "spec.witness"
        ),
        ["3 the DAG was pruned and the policy went wrong in mid-restart: the member comes back"] = (
            i =>
                i with
                {
                    AvailabilityGroup = null,
                    MissingPolicy = "gold",
                    InvalidPolicy = "spec.",
                    Restart = s_restart,
                },
            Gates.Start,
            "open",
            ""
        ),

        ["4 nobody knows"] = (i => i with { Operation = null }, Gates.Hot, "Busy/OperationUnknown", "EX01"),
        ["4 a VM not made yet has no work on it"] = (
            i => i with { Operation = null },
            new PlannedAction
            {
                Action = Planner.Plan(Some.Input with { Observed = null, VirtualMachineId = null }).Actions[0].Action,
                Cause = ActionCause.Creation,
            },
            "open",
            ""
        ),
        ["4 merging"] = (
            i => i with { Operation = VirtualMachineOperation.MergingDisks },
            Gates.Hot,
            "Busy/HyperVBusy",
            "MergingDisks"
        ),
        ["4 migrating: recovery waits too"] = (
            i => i with { Operation = VirtualMachineOperation.Migrating },
            Gates.Start,
            "Busy/HyperVBusy",
            ""
        ),
        ["4 an action of ours in flight"] = (
            i => i with { OperationsInFlight = [new OperationInFlight("o", Some.Id, "ShutDownGuest", Gates.Now)] },
            Gates.Hot,
            "Busy/ActionInFlight",
            "ShutDownGuest"
        ),
        ["4 a merge on the same volume"] = (
            i => i with { MergingNeighbour = "EX07" },
            Gates.Merge,
            "Busy/VolumeMerging",
            "EX07"
        ),
        ["4 a merge on the same volume does not stop a setting"] = (
            i => i with { MergingNeighbour = "EX07" },
            Gates.Hot,
            "open",
            ""
        ),

        ["5 changed back twice"] = (i => i with { Reversals = Reversals(0, 30) }, Gates.Hot, "open", ""),
        ["5 changed back three times in an hour"] = (
            i => i with { Reversals = Reversals(0, 30, 60) },
            Gates.Hot,
            "Contention/SettingContended",
            "Disabled → Production"
        ),
        ["5 three times in more than an hour"] = (
            i => i with { Reversals = Reversals(0, 30, 61) },
            Gates.Hot,
            "open",
            ""
        ),
        ["5 three times in an hour, long ago: writing is what would start it again"] = (
            i => i with { Reversals = Reversals(1000, 1010, 1020) },
            Gates.Hot,
            "Contention/SettingContended",
            ""
        ),
        ["5 another setting's quarrel"] = (i => i with { Reversals = Reversals(0, 5, 10) }, Gates.OffOnly, "open", ""),

        ["6 below the limit"] = (i => i with { Rate = Rate(10, 20, 5) }, Gates.NewValue, "open", ""),
        ["6 at the limit"] = (
            i => i with { Rate = Rate(10, 20, 5, 50) },
            Gates.NewValue,
            "Rate/RateLimited",
            "2 of 10"
        ),
        ["6 changes older than an hour are forgotten"] = (
            i => i with { Rate = Rate(10, 20, 5, 60) },
            Gates.NewValue,
            "open",
            ""
        ),
        ["6 drift is not counted"] = (i => i with { Rate = Rate(10, 20, 5, 50) }, Gates.Hot, "open", ""),
        ["6 recovery is not counted"] = (i => i with { Rate = Rate(10, 20, 5, 50) }, Gates.Start, "open", ""),
        ["6 one of three may change"] = (i => i with { Rate = Rate(3, 20) }, Gates.NewValue, "open", ""),
        ["6 no limit"] = (i => i with { Rate = Rate(3, 100, 1, 2, 3) }, Gates.NewValue, "open", ""),
        ["6 going on with one already counted"] = (
            i => i with { Rate = Rate(10, 20, 5, 50) with { ThisOneCounted = true } },
            Gates.NewValue,
            "open",
            ""
        ),
        ["6 a restart once begun goes on"] = (
            i => i with { Rate = Rate(10, 20, 5, 50), Restart = s_restart },
            Gates.OffOnly,
            "open",
            ""
        ),
    };

    public static TheoryData<string> Cases => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_gate_lets_through_or_names_itself_and_the_next_step(string name)
    {
        var (close, action, outcome, says) = s_cases[name];

        var decision = Gate.Check(close(Gates.Open), action);

        Assert.Equal(outcome, Gates.Outcome(decision));
        if (decision is GateDecision.Closed closed)
        {
            Assert.Contains(says, closed.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_first_closed_gate_in_safetys_order_names_the_refusal()
    {
        // Each entry opens the gate that refused before it.
        var all = Gates.Open with
        {
            HoldReason = "x",
            Rules = new EffectiveRules(Enforcement.Observe, Disruption.Never, CheckpointRemoval.Never),
            Host = Gates.Open.Host with { Reachable = false },
            Operation = VirtualMachineOperation.Exporting,
            Reversals = Reversals(0, 1, 2),
            Rate = Rate(10, 20, 5, 50),
            AvailabilityGroup = Gates.DagWith(Gates.Up("ex01")),
        };
        var action = Gates.ShutDown with { Setting = SettingNames.Checkpoints, Cause = ActionCause.Change };
        Func<GateInput, GateInput>[] open =
        [
            i => i with { HoldReason = null },
            i => i with { Rules = i.Rules with { Enforcement = Enforcement.Enforce } },
            i => i with { Host = Gates.Open.Host },
            i => i with { Operation = VirtualMachineOperation.None },
            i => i with { Reversals = [] },
            i => i with { Rate = null },
            i => i with { Rules = i.Rules with { Disruption = Disruption.Anytime } },
        ];

        var refusals = new List<GateName> { Gates.Closed(all, action).Gate };
        foreach (var step in open)
        {
            all = step(all);
            refusals.Add(Gates.Closed(all, action).Gate);
        }

        Assert.Equal(Enum.GetValues<GateName>(), refusals);
    }

    [Fact]
    public void The_rate_says_when_it_opens()
    {
        var closed = Gates.Closed(Gates.Open with { Rate = Rate(10, 20, 5, 50) }, Gates.NewValue);

        Assert.Equal(Gates.Now + TimeSpan.FromMinutes(10), closed.OpensAt);
    }

    [Theory]
    [InlineData(Enforcement.Observe, Enforcement.Enforce, Enforcement.Observe)]
    [InlineData(Enforcement.Enforce, Enforcement.Observe, Enforcement.Observe)]
    [InlineData(Enforcement.Enforce, Enforcement.Enforce, Enforcement.Enforce)]
    [InlineData(Enforcement.Enforce, null, Enforcement.Enforce)]
    [InlineData(Enforcement.Observe, null, Enforcement.Observe)]
    public void The_stricter_enforcement_counts(Enforcement policy, Enforcement? own, Enforcement effective) =>
        Assert.Equal(
            effective,
            EffectiveRules.Of(new Policy { Enforcement = policy }, own, disruption: null).Enforcement
        );

    [Theory]
    [InlineData(Disruption.Anytime, Disruption.Never, Disruption.Never)]
    [InlineData(Disruption.Never, Disruption.Anytime, Disruption.Never)]
    [InlineData(Disruption.MaintenanceWindow, Disruption.Approval, Disruption.Approval)]
    [InlineData(Disruption.MaintenanceWindow, Disruption.Anytime, Disruption.MaintenanceWindow)]
    [InlineData(Disruption.Anytime, null, Disruption.Anytime)]
    public void The_stricter_disruption_counts(Disruption policy, Disruption? own, Disruption effective) =>
        Assert.Equal(
            effective,
            EffectiveRules.Of(new Policy { Disruption = policy }, enforcement: null, own).Disruption
        );

    [Fact]
    public void The_shipped_policy_observes_waits_for_a_window_and_merges_nothing() =>
        Assert.Equal(
            new EffectiveRules(Enforcement.Observe, Disruption.MaintenanceWindow, CheckpointRemoval.Never),
            EffectiveRules.Of(new Policy(), Enforcement.Enforce, Disruption.Anytime)
        );

    private static GateInput Observe(GateInput input) =>
        input with
        {
            Rules = input.Rules with { Enforcement = Enforcement.Observe },
        };

    private static IReadOnlyList<SettingReversal> Reversals(params int[] minutesAgo) =>
        [
            .. minutesAgo.Select(m => new SettingReversal(
                SettingNames.Checkpoints,
                Gates.Now - TimeSpan.FromMinutes(m),
                "Disabled",
                "Production"
            )),
        ];

    private static ChangeRate Rate(int total, int percent, params int[] minutesAgo) =>
        new(total, percent, [.. minutesAgo.Select(m => Gates.Now - TimeSpan.FromMinutes(m))]);
}

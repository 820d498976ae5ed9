using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;

namespace ExchangeVirt.Domain.Tests.Planning;

public sealed class PlannerPower
{
    private static readonly PlanningInput s_wrong = Some.Seen(vm => vm with { ProcessorCount = 2 });

    private static readonly Dictionary<
        string,
        (Func<PlanningInput, PlanningInput> Change, string Actions, string? Reason, RestartPhase Phase)
    > s_cases = new()
    {
        ["declared stopped and running: shut down, with what needs it off"] = (
            i => Want(i, DesiredPowerState.Stopped),
            "ShutDownGuest SetProcessorCount",
            null,
            RestartPhase.None
        ),
        ["begun and not asked: asked now"] = (
            i => i with { Restart = Some.Restart with { ShutdownAskedAt = null } },
            "ShutDownGuest SetProcessorCount StartVirtualMachine",
            null,
            RestartPhase.Begun
        ),
        ["begun, but the manifest was reverted: over"] = (
            i => i with { Observed = Some.Observed, Restart = Some.Restart with { ShutdownAskedAt = null } },
            "",
            null,
            RestartPhase.Returned
        ),
        ["asked and still running: wait"] = (
            i => i with { Restart = Some.Restart },
            "",
            null,
            RestartPhase.ShuttingDown
        ),
        ["asked and stopping: wait"] = (
            i => See(i, PowerState.Stopping) with { Restart = Some.Restart },
            "",
            PlanReasons.Transition,
            RestartPhase.ShuttingDown
        ),
        ["asked, and the timeout passed: told, never asked again"] = (
            i => i with { Restart = Asked(TimeSpan.FromMinutes(46)) },
            "",
            PlanReasons.ShutdownDeadlinePassed,
            RestartPhase.Overdue
        ),
        ["asked long ago and stopping: told"] = (
            i => See(i, PowerState.Stopping) with { Restart = Asked(TimeSpan.FromMinutes(46)) },
            "",
            PlanReasons.ShutdownDeadlinePassed,
            RestartPhase.Overdue
        ),
        ["asked long ago and off at last: goes on"] = (
            i => See(i, PowerState.Off) with { Restart = Asked(TimeSpan.FromMinutes(90)) },
            "SetProcessorCount StartVirtualMachine",
            null,
            RestartPhase.Off
        ),
        ["off, nothing left to set: started"] = (
            i => See(i with { Observed = Some.Observed }, PowerState.Off) with { Restart = Some.Restart },
            "StartVirtualMachine",
            null,
            RestartPhase.Off
        ),
        ["off, power state not managed: back to what it was"] = (
            i => Want(See(i, PowerState.Off), null) with { Restart = Some.Restart },
            "SetProcessorCount StartVirtualMachine",
            null,
            RestartPhase.Off
        ),
        ["off, and it was off before: stays so"] = (
            i =>
                Want(See(i with { Observed = Some.Observed }, PowerState.Off), null) with
                {
                    Restart = Some.Restart with { ReturnToRunning = false },
                },
            "",
            null,
            RestartPhase.Returned
        ),
        ["off, and declared stopped meanwhile: stays so"] = (
            i =>
                Want(See(i with { Observed = Some.Observed }, PowerState.Off), DesiredPowerState.Stopped) with
                {
                    Restart = Some.Restart,
                },
            "",
            null,
            RestartPhase.Returned
        ),
        ["off, and whether it is saved is not known: not started"] = (
            i => i with { Observed = Some.IsOff(Some.Observed) with { HasSavedState = null }, Restart = Some.Restart },
            "",
            PlanReasons.SavedStateUnknown,
            RestartPhase.Off
        ),
        ["begun, not asked, and off by somebody's hand: not ours to start"] = (
            i => See(i, PowerState.Off) with { Restart = Some.Restart with { ShutdownAskedAt = null } },
            "SetProcessorCount",
            PlanReasons.ShutDownByPerson,
            RestartPhase.Returned
        ),
        ["a saved state discarded by us, power state not managed: started"] = (
            i => Want(See(i with { Observed = Some.Observed }, PowerState.Off), null) with { Restart = Some.Restart },
            "StartVirtualMachine",
            null,
            RestartPhase.Off
        ),
        ["asked, and saved by somebody meanwhile"] = (
            i => i with { Observed = Some.IsSaved(i.Observed!), Restart = Asked(TimeSpan.FromMinutes(90)) },
            "DiscardSavedState SetProcessorCount StartVirtualMachine",
            null,
            RestartPhase.Overdue
        ),
        ["starting"] = (
            i => See(i, PowerState.Starting) with { Restart = Some.Restart with { StartAskedAt = Some.Now } },
            "",
            PlanReasons.Transition,
            RestartPhase.Starting
        ),
        ["running again, and wrong again: no second restart before the first is over"] = (
            i => i with { Restart = Some.Restart with { StartAskedAt = Some.Now } },
            "",
            null,
            RestartPhase.Returned
        ),
        ["asked long ago, and somebody started it while nobody looked"] = (
            i =>
                i with
                {
                    Observed = i.Observed! with { Uptime = TimeSpan.FromMinutes(5) },
                    Restart = Asked(TimeSpan.FromMinutes(46)),
                },
            "",
            null,
            RestartPhase.Returned
        ),
        ["off by somebody's hand: not before the grace"] = (
            i => See(i, PowerState.Off),
            "SetProcessorCount",
            PlanReasons.ShutDownByPerson,
            RestartPhase.None
        ),
        ["off by somebody's hand, the grace has passed"] = (
            i =>
                i with
                {
                    Observed = Some.IsOff(i.Observed!) with { PowerStateSince = Some.Now - TimeSpan.FromMinutes(60) },
                },
            "SetProcessorCount StartVirtualMachine",
            null,
            RestartPhase.None
        ),
        ["off, nobody knows since when"] = (
            i => i with { Observed = Some.IsOff(i.Observed!) with { PowerStateSince = null } },
            "SetProcessorCount",
            PlanReasons.ShutDownByPerson,
            RestartPhase.None
        ),
        ["off, and newly declared running"] = (
            i => See(i, PowerState.Off) with { AppliedPowerState = DesiredPowerState.Stopped },
            "SetProcessorCount StartVirtualMachine",
            null,
            RestartPhase.None
        ),
        ["off and just created"] = (
            i => See(i, PowerState.Off) with { NeverStarted = true },
            "SetProcessorCount StartVirtualMachine",
            null,
            RestartPhase.None
        ),
        ["just created, a disk in doubt"] = (
            i => i with { Observed = Some.IsOff(Some.Observed) with { Disks = null }, NeverStarted = true },
            "",
            PlanReasons.DiskNotAttached,
            RestartPhase.None
        ),
        ["paused"] = (i => See(i, PowerState.Paused), "", PlanReasons.VirtualMachinePaused, RestartPhase.None),
        ["power state not known"] = (
            i => See(i, PowerState.Unknown),
            "",
            PlanReasons.PowerStateUnknown,
            RestartPhase.None
        ),
        ["saved, discarded after the grace"] = (
            i => i with { Observed = Some.IsSaved(i.Observed!) },
            "DiscardSavedState SetProcessorCount StartVirtualMachine",
            null,
            RestartPhase.None
        ),
        ["saved, power state not managed: it ran"] = (
            i => Want(i with { Observed = Some.IsSaved(Some.Observed) }, null),
            "DiscardSavedState StartVirtualMachine",
            null,
            RestartPhase.None
        ),
        ["saved and declared stopped"] = (
            i => Want(i with { Observed = Some.IsSaved(Some.Observed) }, DesiredPowerState.Stopped),
            "DiscardSavedState",
            null,
            RestartPhase.None
        ),
        ["saved, policy reports"] = (
            i =>
                i with
                {
                    Observed = Some.IsSaved(i.Observed!),
                    Policy = Some.Policy with { SavedState = SavedStatePolicy.Report },
                },
            "",
            PlanReasons.SavedStateFound,
            RestartPhase.None
        ),
        ["saved for 20 s by an offline backup"] = (
            i =>
                i with
                {
                    Observed = Some.IsSaved(i.Observed!) with { PowerStateSince = Some.Now - TimeSpan.FromSeconds(20) },
                },
            "",
            PlanReasons.SavedStateGrace,
            RestartPhase.None
        ),
        ["saved, nobody knows since when"] = (
            i => i with { Observed = Some.IsSaved(i.Observed!) with { PowerStateSince = null } },
            "",
            PlanReasons.SavedStateBusy,
            RestartPhase.None
        ),
        ["saved while it migrates"] = (
            i => i with { Observed = Some.IsSaved(i.Observed!) with { Operation = VirtualMachineOperation.Migrating } },
            "",
            PlanReasons.SavedStateBusy,
            RestartPhase.None
        ),
        ["saved beside a backup's checkpoint"] = (
            i =>
                i with
                {
                    Observed = Some.IsSaved(i.Observed!) with
                    {
                        Checkpoints = [Some.Checkpoint(CheckpointKind.Recovery)],
                    },
                },
            "",
            PlanReasons.SavedStateBusy,
            RestartPhase.None
        ),
        ["saved, checkpoints not known"] = (
            i => i with { Observed = Some.IsSaved(i.Observed!) with { Checkpoints = null } },
            "",
            PlanReasons.SavedStateBusy,
            RestartPhase.None
        ),
        ["fast-saved"] = (
            i => i with { Observed = Some.IsSaved(i.Observed!) with { PowerState = PowerState.FastSaved } },
            "",
            PlanReasons.SavedStateFound,
            RestartPhase.None
        ),
        ["off with a saved state: neither started nor written"] = (
            i => i with { Observed = Some.IsOff(i.Observed!) with { HasSavedState = true }, NeverStarted = true },
            "",
            PlanReasons.SavedStateFound,
            RestartPhase.None
        ),
    };

    public static TheoryData<string> Cases => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Power_is_handled_as_safety_says(string name)
    {
        var (change, actions, reason, phase) = s_cases[name];

        var plan = Planner.Plan(change(s_wrong));

        Assert.Equal(actions, plan.Names());
        Assert.Equal(phase, plan.RestartPhase);
        if (reason is null)
        {
            Assert.Empty(plan.Problems);
        }
        else
        {
            Assert.Contains(plan.Problems, p => p.Reason == reason);
        }
    }

    [Theory]
    [InlineData(PowerState.Stopping)]
    [InlineData(PowerState.Starting)]
    [InlineData(PowerState.Reset)]
    [InlineData(PowerState.Saving)]
    [InlineData(PowerState.Pausing)]
    [InlineData(PowerState.Resuming)]
    [InlineData(PowerState.FastSaving)]
    public void Between_two_states_nothing_is_asked_of_a_vm(PowerState state)
    {
        var plan = Planner.Plan(
            See(Some.Seen(vm => vm with { CheckpointType = CheckpointType.Standard, ProcessorCount = 2 }), state)
        );

        Assert.Empty(plan.Actions);
        Assert.Equal(SettingState.RestartPending, plan.Setting("ProcessorCount").State);
        Assert.Equal(SettingState.Drifted, plan.Setting("Checkpoints").State);
        Assert.Equal(SettingState.Correcting, plan.Setting("PowerState").State);
    }

    [Fact]
    public void The_start_that_ends_a_restart_is_recovery_and_a_first_start_creation()
    {
        var restart = Planner.Plan(See(s_wrong, PowerState.Off) with { Restart = Some.Restart });
        var first = Planner.Plan(See(Some.Input, PowerState.Off) with { NeverStarted = true });

        Assert.Equal(ActionCause.Recovery, restart.Actions[^1].Cause);
        Assert.Equal(ActionCause.Creation, first.Actions[^1].Cause);
    }

    [Fact]
    public void Nothing_is_merged_inside_a_restart_or_before_a_start()
    {
        var input = Some.Seen(vm => Some.IsOff(vm) with { Checkpoints = [Some.Checkpoint(CheckpointKind.User)] });
        PlanningInput[] moments =
        [
            input with
            {
                Restart = Some.Restart,
            },
            input with
            {
                NeverStarted = true,
            },
            input with
            {
                Observed = input.Observed! with { PowerState = PowerState.Running },
                Restart = Some.Restart,
            },
        ];

        Assert.All(
            moments,
            moment => Assert.DoesNotContain("Merge", Planner.Plan(moment).Names(), StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_shutdown_in_progress_does_not_hold_back_checkpoint_drift()
    {
        var plan = Planner.Plan(
            Some.Seen(vm => vm with { CheckpointType = CheckpointType.Standard, ProcessorCount = 2 }) with
            {
                Restart = Some.Restart,
            }
        );

        Assert.Equal("DisableCheckpoints", plan.Names());
        Assert.Equal(SettingState.Correcting, plan.Setting("ProcessorCount").State);
    }

    [Fact]
    public void A_plan_says_when_time_alone_would_change_it()
    {
        var off = Planner.Plan(See(Some.Input, PowerState.Off));
        var asked = Planner.Plan(s_wrong with { Restart = Some.Restart });
        var saved = Planner.Plan(
            Some.Seen(vm => Some.IsSaved(vm) with { PowerStateSince = Some.Now - TimeSpan.FromMinutes(1) })
        );

        Assert.Equal(Some.Now + TimeSpan.FromMinutes(50), off.LookAgainAt);
        Assert.Equal(Some.Now + TimeSpan.FromMinutes(40), asked.LookAgainAt);
        Assert.Equal(Some.Now + TimeSpan.FromMinutes(9), saved.LookAgainAt);
    }

    private static PlanningInput See(PlanningInput input, PowerState state) =>
        input with
        {
            Observed = Some.IsOff(input.Observed!) with { PowerState = state },
        };

    private static PlanningInput Want(PlanningInput input, DesiredPowerState? state) =>
        input with
        {
            Desired = input.Desired with { PowerState = state },
        };

    private static RestartOperation Asked(TimeSpan ago) => Some.Restart with { ShutdownAskedAt = Some.Now - ago };
}

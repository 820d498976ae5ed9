using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;

namespace ExchangeVirt.Domain.Tests.Planning;

public sealed class PlannerSettingsCases
{
    private const string Restart = "ShutDownGuest";

    /// <summary>One wrong setting at a time on a running VM, and what is done about it.</summary>
    private static readonly Dictionary<
        string,
        (
            Func<ObservedVirtualMachine, ObservedVirtualMachine> Wrong,
            string Actions,
            string Setting,
            string? Observed,
            SettingState State
        )
    > s_running = new()
    {
        ["fewer processors"] = (
            vm => vm with { ProcessorCount = 4 },
            $"{Restart} SetProcessorCount StartVirtualMachine",
            "ProcessorCount",
            "4",
            SettingState.RestartPending
        ),
        ["dynamic memory"] = (
            vm =>
                vm with
                {
                    Memory = new ObservedMemory(
                        ByteSize.FromGibibytes(64),
                        true,
                        ByteSize.FromGibibytes(64),
                        ByteSize.FromGibibytes(128)
                    ),
                },
            $"{Restart} SetFixedMemory StartVirtualMachine",
            "Memory",
            "64Gi to 128Gi dynamic",
            SettingState.RestartPending
        ),
        ["another fixed size"] = (
            vm => vm with { Memory = new ObservedMemory(ByteSize.FromGibibytes(96), false) },
            $"{Restart} SetFixedMemory StartVirtualMachine",
            "Memory",
            "96Gi fixed",
            SettingState.RestartPending
        ),
        ["stop action Save"] = (
            vm => vm with { AutomaticStopAction = AutomaticStopAction.Save },
            $"{Restart} SetAutomaticStopAction StartVirtualMachine",
            "AutomaticStopAction",
            "Save",
            SettingState.RestartPending
        ),
        ["recovery by revert"] = (
            vm => vm with { AutomaticRecoveryAction = AutomaticRecoveryAction.Revert },
            $"{Restart} SetAutomaticRecoveryAction StartVirtualMachine",
            "AutomaticRecoveryAction",
            "Revert",
            SettingState.RestartPending
        ),
        ["no recovery at all"] = (
            vm => vm with { AutomaticRecoveryAction = AutomaticRecoveryAction.None },
            "",
            "AutomaticRecoveryAction",
            "None",
            SettingState.InSync
        ),
        ["start delay"] = (
            vm => vm with { AutomaticStartDelay = TimeSpan.Zero },
            "SetAutomaticStartAction",
            "AutomaticStartAction",
            "Start after 0 s",
            SettingState.Drifted
        ),
        ["checkpoints allowed"] = (
            vm => vm with { CheckpointType = CheckpointType.Production },
            "DisableCheckpoints",
            "Checkpoints",
            "Production",
            SettingState.Drifted
        ),
        ["automatic checkpoints"] = (
            vm => vm with { AutomaticCheckpoints = true },
            "DisableAutomaticCheckpoints",
            "AutomaticCheckpoints",
            "On",
            SettingState.Drifted
        ),
        ["a user checkpoint"] = (
            vm => vm with { Checkpoints = [Some.Checkpoint(CheckpointKind.User)] },
            "MergeCheckpoint",
            "ExistingCheckpoints",
            "1 User",
            SettingState.Drifted
        ),
        ["a recovery checkpoint"] = (
            vm => vm with { Checkpoints = [Some.Checkpoint(CheckpointKind.Recovery)] },
            "",
            "ExistingCheckpoints",
            "1 Recovery",
            SettingState.InSync
        ),
        ["another VLAN"] = (
            vm => vm with { NetworkAdapters = [new ObservedNetworkAdapter("nic1", "MAPI", "prod", null)] },
            $"{Restart} ConnectNetworkAdapter StartVirtualMachine",
            "NetworkAdapter/mapi",
            "switch prod, untagged",
            SettingState.RestartPending
        ),
        ["no adapter"] = (
            vm => vm with { NetworkAdapters = [] },
            $"{Restart} AddNetworkAdapter StartVirtualMachine",
            "NetworkAdapter/mapi",
            "None",
            SettingState.RestartPending
        ),
        ["no disk"] = (vm => vm with { Disks = [] }, "AttachDisk", "Disk/db1", "not attached", SettingState.Drifted),
        ["the disk by another case, with a checkpoint above"] = (
            vm =>
                vm with
                {
                    Disks =
                    [
                        new ObservedDisk
                        {
                            Controller = "SCSI",
                            Path = @"D:\ex01\db1_1.avhdx",
                            RootPath = @"d:\EX01\DB1.vhdx",
                        },
                    ],
                },
            "",
            "Disk/db1",
            @"D:\ex01\db1.vhdx attached",
            SettingState.InSync
        ),
        ["a disk that hides its root"] = (
            vm => vm with { Disks = [new ObservedDisk { Controller = "SCSI", Path = @"D:\ex01\x.avhdx" }] },
            "",
            "Disk/db1",
            null,
            SettingState.Unknown
        ),
        ["processors not known"] = (
            vm => vm with { ProcessorCount = null },
            "",
            "ProcessorCount",
            null,
            SettingState.Unknown
        ),
        ["memory not known"] = (vm => vm with { Memory = null }, "", "Memory", null, SettingState.Unknown),
        ["stop action not known"] = (
            vm => vm with { AutomaticStopAction = null },
            "",
            "AutomaticStopAction",
            null,
            SettingState.Unknown
        ),
        ["start delay not known"] = (
            vm => vm with { AutomaticStartDelay = null },
            "",
            "AutomaticStartAction",
            null,
            SettingState.Unknown
        ),
        ["recovery action not known"] = (
            vm => vm with { AutomaticRecoveryAction = null },
            "",
            "AutomaticRecoveryAction",
            null,
            SettingState.Unknown
        ),
        ["checkpoint type not known"] = (
            vm => vm with { CheckpointType = null },
            "",
            "Checkpoints",
            null,
            SettingState.Unknown
        ),
        ["automatic checkpoints not known"] = (
            vm => vm with { AutomaticCheckpoints = null },
            "",
            "AutomaticCheckpoints",
            null,
            SettingState.Unknown
        ),
        ["checkpoints not known"] = (
            vm => vm with { Checkpoints = null },
            "",
            "ExistingCheckpoints",
            null,
            SettingState.Unknown
        ),
        ["adapters not known"] = (
            vm => vm with { NetworkAdapters = null },
            "",
            "NetworkAdapter/mapi",
            null,
            SettingState.Unknown
        ),
        ["disks not known"] = (vm => vm with { Disks = null }, "", "Disk/db1", null, SettingState.Unknown),
    };

    public static TheoryData<string> Running => [.. s_running.Keys];

    [Theory]
    [MemberData(nameof(Running))]
    public void A_running_vm_is_corrected_hot_where_it_can_be_and_by_one_restart_where_not(string name)
    {
        var (wrong, actions, setting, observed, state) = s_running[name];

        var plan = Planner.Plan(Some.Seen(wrong));

        Assert.Equal(actions, plan.Names());
        Assert.Equal(observed, plan.Setting(setting).Observed);
        Assert.Equal(state, plan.Setting(setting).State);
        Assert.Equal(actions.Contains(Restart, StringComparison.Ordinal), plan.NeedsRestart);
    }

    [Fact]
    public void A_vm_in_sync_has_an_empty_plan_and_every_setting_in_sync()
    {
        var plan = Planner.Plan(Some.Input);

        Assert.Empty(plan.Actions);
        Assert.Empty(plan.Problems);
        Assert.Empty(plan.Notices);
        Assert.Equal(12, plan.Settings.Count);
        Assert.All(plan.Settings, s => Assert.Equal(SettingState.InSync, s.State));
    }

    [Fact]
    public void Everything_wrong_at_once_is_one_restart_with_checkpoint_settings_before_all_else()
    {
        var plan = Planner.Plan(Some.Seen(AllWrong));

        Assert.Equal(
            "DisableCheckpoints DisableAutomaticCheckpoints MergeCheckpoint SetAutomaticStartAction ShutDownGuest SetProcessorCount "
                + "SetFixedMemory SetAutomaticStopAction SetAutomaticRecoveryAction ConnectNetworkAdapter AttachDisk StartVirtualMachine",
            plan.Names()
        );
        Assert.True(plan.NeedsRestart);
        Assert.True(plan.ReturnToRunning);
        Assert.True(plan.Actions.Single(a => a.Action is ShutDownGuest).BeginsRestart);
    }

    [Fact]
    public void A_vm_that_is_off_takes_everything_without_a_restart()
    {
        var input = Some.Input with
        {
            Desired = Some.Desired with { PowerState = null },
            Observed = Some.IsOff(AllWrong(Some.Observed)),
        };

        var plan = Planner.Plan(input);

        Assert.Equal(
            "DisableCheckpoints DisableAutomaticCheckpoints MergeCheckpoint SetProcessorCount SetFixedMemory SetAutomaticStopAction "
                + "SetAutomaticStartAction SetAutomaticRecoveryAction ConnectNetworkAdapter AttachDisk",
            plan.Names()
        );
        Assert.False(plan.NeedsRestart);
        Assert.DoesNotContain(plan.Actions, a => a.Disruptive);
    }

    [Theory]
    [InlineData(4L, ActionCause.Drift)]
    [InlineData(3L, ActionCause.Change)]
    [InlineData(null, ActionCause.Change)]
    public void A_difference_from_the_applied_generation_is_drift_and_any_other_a_change(
        long? applied,
        ActionCause cause
    )
    {
        var plan = Planner.Plan(
            Some.Seen(vm => vm with { CheckpointType = CheckpointType.Standard, ProcessorCount = 2 }) with
            {
                AppliedGeneration = applied,
            }
        );

        Assert.Equal([cause, cause, cause, ActionCause.Recovery], plan.Actions.Select(a => a.Cause));
    }

    [Fact]
    public void Adapters_and_disks_are_always_a_change_and_disrupt_a_running_vm()
    {
        var plan = Planner.Plan(Some.Seen(vm => vm with { Disks = [] }));

        var attach = Assert.Single(plan.Actions);
        Assert.Equal(ActionCause.Change, attach.Cause);
        Assert.True(attach.Disruptive);
    }

    [Fact]
    public void What_is_not_managed_is_not_compared()
    {
        var desired = Some.Desired with
        {
            Disks = null,
            NetworkAdapters = null,
            AutomaticStart = null,
            PowerState = null,
        };

        var plan = Planner.Plan(Some.Input with { Desired = desired });

        Assert.Empty(plan.Actions);
        Assert.Empty(plan.Notices);
        Assert.Equal(
            [
                "Checkpoints",
                "AutomaticCheckpoints",
                "ExistingCheckpoints",
                "ProcessorCount",
                "Memory",
                "AutomaticStopAction",
                "AutomaticRecoveryAction",
                "SavedState",
            ],
            plan.Settings.Select(s => s.Name)
        );
    }

    [Fact]
    public void A_withheld_setting_gets_no_action_and_shows_why()
    {
        var plan = Planner.Plan(
            Some.Seen(vm => vm with { CheckpointType = CheckpointType.Standard, ProcessorCount = 2 }) with
            {
                Withheld = new Dictionary<string, string>
                {
                    ["Checkpoints"] = PlanReasons.Contended,
                    ["ProcessorCount"] = "ActionFailed",
                },
            }
        );

        Assert.Empty(plan.Actions);
        Assert.Equal(SettingState.Contended, plan.Setting("Checkpoints").State);
        Assert.Equal(
            (SettingState.Blocked, "ActionFailed"),
            (plan.Setting("ProcessorCount").State, plan.Setting("ProcessorCount").Reason)
        );
    }

    [Fact]
    public void Twelve_for_a_hundred_and_twenty_eight_gibibytes_is_refused_and_nothing_is_restarted()
    {
        var plan = Planner.Plan(
            Some.Input with
            {
                Desired = Some.Desired with { Memory = ByteSize.FromGibibytes(12) },
            }
        );

        Assert.Empty(plan.Actions);
        Assert.True(plan.Problem(PlanReasons.MemoryShrinksTooFar).Stalled);
        Assert.Equal(SettingState.Blocked, plan.Setting("Memory").State);
    }

    [Theory]
    [InlineData(256, 128, true)]
    [InlineData(256, 127, false)]
    [InlineData(192, 96, true)]
    [InlineData(12, 128, true)]
    public void Memory_goes_down_by_halves_or_to_the_recommendation_at_most(int has, int wanted, bool allowed)
    {
        var plan = Planner.Plan(
            Some.Seen(vm => vm with { Memory = new ObservedMemory(ByteSize.FromGibibytes(has), false) }) with
            {
                Desired = Some.Desired with { Memory = ByteSize.FromGibibytes(wanted) },
            }
        );

        Assert.Equal(allowed, plan.Actions.Any(a => a.Action is SetFixedMemory));
    }

    private static ObservedVirtualMachine AllWrong(ObservedVirtualMachine vm) =>
        vm with
        {
            ProcessorCount = 16,
            Memory = new ObservedMemory(ByteSize.FromGibibytes(64), true),
            AutomaticStopAction = AutomaticStopAction.Save,
            AutomaticStartAction = AutomaticStartAction.Nothing,
            AutomaticRecoveryAction = AutomaticRecoveryAction.Revert,
            CheckpointType = CheckpointType.Production,
            AutomaticCheckpoints = true,
            Checkpoints = [Some.Checkpoint(CheckpointKind.User)],
            Disks = [],
            NetworkAdapters = [new ObservedNetworkAdapter("nic1", "mapi", null, null)],
        };
}

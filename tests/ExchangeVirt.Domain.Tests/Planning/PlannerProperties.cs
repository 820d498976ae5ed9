using CsCheck;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;

namespace ExchangeVirt.Domain.Tests.Planning;

public sealed class PlannerProperties
{
    private const int Cases = 2_000;

    /// <summary>Everything there is. Whatever joins the family must first be shown to cut no power, to save, reset, pause and resume nothing.</summary>
    private static readonly string[] s_harmless =
    [
        "AddNetworkAdapter",
        "AttachDisk",
        "ConnectNetworkAdapter",
        "CreateVirtualMachine",
        "DisableAutomaticCheckpoints",
        "DisableCheckpoints",
        "DiscardSavedState",
        "MarkOwner",
        "MergeCheckpoint",
        "SetAutomaticRecoveryAction",
        "SetAutomaticStartAction",
        "SetAutomaticStopAction",
        "SetFixedMemory",
        "SetProcessorCount",
        "ShutDownGuest",
        "StartVirtualMachine",
        "UnregisterVirtualMachine",
    ];

    [Fact]
    public void No_action_exists_that_turns_off_saves_resets_pauses_or_resumes()
    {
        var all = typeof(VirtualMachineAction)
            .Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(VirtualMachineAction)))
            .Select(type => type.Name)
            .Order(StringComparer.Ordinal);

        Assert.Equal(s_harmless, all);
    }

    [Fact]
    public void A_vm_is_started_only_from_off_or_after_what_turns_it_off()
    {
        AnyInput.Any.Sample(
            input =>
            {
                var plan = Planner.Plan(input);
                var down = input.Observed is { PowerState: PowerState.Off, HasSavedState: false };
                foreach (var planned in plan.Actions)
                {
                    down |= planned.Action is ShutDownGuest or DiscardSavedState or CreateVirtualMachine;
                    Assert.True(planned.Action is not StartVirtualMachine || down);
                }

                if (input.Observed is { PowerState: PowerState.Paused or PowerState.FastSaved })
                {
                    Assert.DoesNotContain(plan.Actions, a => a.Action is StartVirtualMachine or ShutDownGuest);
                }
            },
            iter: Cases
        );
    }

    [Fact]
    public void What_needs_the_vm_off_never_comes_before_the_shutdown_and_the_guest_is_asked_once()
    {
        AnyInput.Any.Sample(
            input =>
            {
                var plan = Planner.Plan(input);
                Assert.True(plan.Actions.Count(a => a.Action is ShutDownGuest) <= 1);
                if (input.Restart is { ShutdownAskedAt: not null })
                {
                    Assert.DoesNotContain(plan.Actions, a => a.Action is ShutDownGuest);
                }

                var up = input.Observed is { PowerState: not PowerState.Off };
                foreach (var planned in plan.Actions)
                {
                    up &= planned.Action is not (ShutDownGuest or DiscardSavedState);
                    Assert.False(up && planned.NeedsOff);
                }
            },
            iter: Cases
        );
    }

    [Fact]
    public void No_checkpoint_but_a_users_is_merged_and_none_beside_a_backups_or_a_replicas()
    {
        AnyInput.Any.Sample(
            input =>
            {
                foreach (var merge in Planner.Plan(input).Actions.Select(a => a.Action).OfType<MergeCheckpoint>())
                {
                    Assert.Contains(
                        input.Observed!.Checkpoints!,
                        c => c.Id == merge.CheckpointId && c.Kind == CheckpointKind.User
                    );
                    Assert.DoesNotContain(
                        input.Observed.Checkpoints!,
                        c => c.Kind is CheckpointKind.Recovery or CheckpointKind.Replica
                    );
                }
            },
            iter: Cases
        );
    }

    [Fact]
    public void Nothing_is_done_to_a_copy_a_clustered_vm_or_one_that_is_not_ours()
    {
        AnyInput.Any.Sample(
            input =>
            {
                var touchable =
                    input.Observed is null
                    || (
                        input.Observed is { ReplicationMode: ReplicationMode.None, Clustered: false }
                        && (input.Observed.Owner is null || input.Observed.Owner == Some.Owner)
                    );
                Assert.True(touchable || Planner.Plan(input).Actions.Count == 0);
            },
            iter: Cases
        );
    }

    [Fact]
    public void A_setting_that_is_in_sync_unknown_or_blocked_has_no_action()
    {
        AnyInput.Any.Sample(
            input =>
            {
                var plan = Planner.Plan(input);
                var corrected = plan.Actions.Select(a => a.Setting).OfType<string>().ToHashSet();
                foreach (var setting in plan.Settings)
                {
                    if (setting.State is SettingState.InSync or SettingState.Unknown or SettingState.Blocked)
                    {
                        Assert.DoesNotContain(setting.Name, corrected);
                    }
                }
            },
            iter: Cases
        );
    }

    [Fact]
    public void The_same_facts_give_the_same_plan()
    {
        AnyInput.Any.Sample(
            input =>
            {
                var (one, two) = (Planner.Plan(input), Planner.Plan(input));
                Assert.Equal(one.Names(), two.Names());
                Assert.Equal(one.Settings, two.Settings);
                Assert.Equal(one.Problems, two.Problems);
            },
            iter: 1_000
        );
    }

    [Fact]
    public void Done_one_action_at_a_time_and_planned_afresh_every_curable_vm_ends_in_sync()
    {
        const int Enough = 40;
        AnyInput.Curable.Sample(
            input =>
            {
                var host = new ModelHost(input);
                var plan = Planner.Plan(host.Input);
                for (var steps = 0; host.Step(plan); steps++)
                {
                    Assert.True(steps < Enough, $"no end in sight: {plan.Names()}");
                    plan = Planner.Plan(host.Input);
                }

                Assert.True(host.Shutdowns <= 1, "one restart gathers all");
                Assert.Null(host.Input.Restart);
                Assert.Empty(plan.Actions);
                Assert.All(
                    plan.Settings,
                    s => Assert.True(s.State is SettingState.InSync or SettingState.Blocked, $"{s}")
                );
                Assert.All(
                    plan.Settings.Where(s => s.State == SettingState.Blocked),
                    s => Assert.True(s.Name is "Checkpoints" or "ExistingCheckpoints" or "SavedState" or "PowerState")
                );
                if (
                    input.Observed!.PowerState == PowerState.Running
                    && input.Desired.PowerState != DesiredPowerState.Stopped
                )
                {
                    Assert.Equal(PowerState.Running, host.Input.Observed!.PowerState);
                }
            },
            iter: Cases
        );
    }
}

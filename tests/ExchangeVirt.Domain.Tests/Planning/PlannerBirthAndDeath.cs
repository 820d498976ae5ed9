using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;

namespace ExchangeVirt.Domain.Tests.Planning;

public sealed class PlannerBirthAndDeath
{
    private static readonly PlanningInput s_absent = Some.Input with
    {
        Observed = null,
        VirtualMachineId = null,
        AppliedGeneration = null,
        AppliedPowerState = null,
    };

    [Theory]
    [InlineData(DesiredPowerState.Running, "CreateVirtualMachine StartVirtualMachine")]
    [InlineData(DesiredPowerState.Stopped, "CreateVirtualMachine")]
    [InlineData(null, "CreateVirtualMachine")]
    public void A_vm_that_never_was_is_created_and_started_only_where_asked(DesiredPowerState? power, string actions)
    {
        var plan = Planner.Plan(s_absent with { Desired = Some.Desired with { PowerState = power } });

        Assert.Equal(actions, plan.Names());
        Assert.All(plan.Actions, a => Assert.Equal(ActionCause.Creation, a.Cause));
    }

    [Fact]
    public void A_creation_that_was_cut_off_is_repeated_before_anything_else()
    {
        var plan = Planner.Plan(Some.Seen(vm => Some.IsOff(vm) with { CreationIncomplete = true, ProcessorCount = 1 }));

        Assert.IsType<CreateVirtualMachine>(plan.Actions[0].Action);
        Assert.DoesNotContain(plan.Actions, planned => planned.Action is SetProcessorCount);
        Assert.Empty(plan.Problems);
    }

    [Fact]
    public void A_half_made_vm_of_another_owner_is_not_completed()
    {
        var other = Some.Owner with { Installation = "installation-2" };

        var plan = Planner.Plan(Some.Seen(vm => Some.IsOff(vm) with { CreationIncomplete = true, Owner = other }));

        Assert.Empty(plan.Actions);
        Assert.True(plan.Problem(PlanReasons.OwnedByAnother).Stalled);
    }

    [Fact]
    public void A_blueprint_holds_what_was_declared_and_nothing_that_the_guest_brings_itself()
    {
        var inGuest = new DesiredDisk { Name = "iscsi", InGuestIscsi = true };

        var plan = Planner.Plan(s_absent with { Desired = Some.Desired with { Disks = [Some.Disk, inGuest] } });

        var blueprint = Assert.IsType<CreateVirtualMachine>(plan.Actions[0].Action).Blueprint;
        Assert.Equal(("EX01", 2, 8), (blueprint.Name, blueprint.Generation, blueprint.ProcessorCount));
        Assert.Equal(ByteSize.FromGibibytes(128), blueprint.Memory);
        Assert.Equal([Some.Disk], blueprint.Disks);
        Assert.Equal(Some.Owner, blueprint.Owner);
    }

    [Fact]
    public void A_vm_that_once_was_is_missing_and_never_made_anew_by_itself()
    {
        var plan = Planner.Plan(s_absent with { VirtualMachineId = Some.Id });

        Assert.Empty(plan.Actions);
        Assert.True(plan.Problem(PlanReasons.MissingVirtualMachine).Stalled);
        Assert.Contains(
            $"recreate: {Some.Id}",
            plan.Problem(PlanReasons.MissingVirtualMachine).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_missing_vm_is_made_anew_where_a_person_named_its_GUID_and_no_other()
    {
        var missing = s_absent with { VirtualMachineId = Some.Id };

        Assert.Equal(
            "CreateVirtualMachine StartVirtualMachine",
            Planner.Plan(missing with { RecreateInPlaceOf = Some.Id }).Names()
        );
        Assert.Empty(
            Planner.Plan(missing with { RecreateInPlaceOf = new Guid("0c6a0000-0000-0000-0000-00000000000f") }).Actions
        );
    }

    [Fact]
    public void A_host_out_of_reach_may_still_run_the_vm()
    {
        var plan = Planner.Plan(s_absent with { InventoryComplete = false });
        var once = Planner.Plan(s_absent with { InventoryComplete = false, VirtualMachineId = Some.Id });

        Assert.Empty(plan.Actions);
        Assert.Empty(once.Actions);
        Assert.False(plan.Problem(PlanReasons.InventoryIncomplete).Stalled);
        Assert.Single(once.Problems);
    }

    [Fact]
    public void Nothing_is_created_beside_a_namesake_on_a_disk_of_another_vm_or_below_the_minimum()
    {
        PlanningInput[] inputs =
        [
            s_absent with
            {
                Namesakes = ["hv02"],
            },
            s_absent with
            {
                DisksElsewhere = [new DiskAttachment(@"d:\ex01\DB1.vhdx", "LAB")],
            },
            s_absent with
            {
                Desired = Some.Desired with { Memory = ByteSize.FromGibibytes(4) },
            },
        ];

        Assert.All(
            inputs,
            input =>
            {
                var plan = Planner.Plan(input);
                Assert.Empty(plan.Actions);
                Assert.Single(plan.Problems);
            }
        );
    }

    [Fact]
    public void A_retained_vm_is_left_as_it_is()
    {
        var plan = Planner.PlanDeletion(Some.Seen(Some.IsOff), DeletionPolicy.Retain);

        Assert.Empty(plan.Actions);
        Assert.Empty(plan.Problems);
    }

    [Fact]
    public void A_vm_to_be_deleted_is_unregistered_once_it_is_off()
    {
        var plan = Planner.PlanDeletion(Some.Seen(Some.IsOff), DeletionPolicy.Delete);

        Assert.Equal("UnregisterVirtualMachine", plan.Names());
        Assert.Equal(ActionCause.Deletion, plan.Actions[0].Cause);
        Assert.True(plan.Actions[0].Disruptive);
    }

    [Theory]
    [InlineData(PowerState.Running)]
    [InlineData(PowerState.Saved)]
    [InlineData(PowerState.Paused)]
    [InlineData(PowerState.Stopping)]
    [InlineData(PowerState.Unknown)]
    public void A_vm_to_be_deleted_that_is_not_off_waits_and_says_so(PowerState state)
    {
        var plan = Planner.PlanDeletion(Some.Seen(vm => vm with { PowerState = state }), DeletionPolicy.Delete);

        Assert.Empty(plan.Actions);
        Assert.Contains("Retain", plan.Problem(PlanReasons.DeletionWaitsForOff).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_deletion_touches_no_checkpoint_and_nothing_that_is_not_ours()
    {
        var backup = Some.Seen(vm => Some.IsOff(vm) with { Checkpoints = [Some.Checkpoint(CheckpointKind.Recovery)] });
        var foreign = Some.Seen(vm => Some.IsOff(vm) with { Owner = null });
        var copy = Some.Seen(vm => Some.IsOff(vm) with { Id = new Guid("0c6a0000-0000-0000-0000-00000000000f") });
        var replica = Some.Seen(vm => Some.IsOff(vm) with { ReplicationMode = ReplicationMode.Replica });

        Assert.All(
            [backup, foreign, copy, replica],
            input => Assert.Empty(Planner.PlanDeletion(input, DeletionPolicy.Delete).Actions)
        );
        Assert.Single(Planner.PlanDeletion(backup, DeletionPolicy.Delete).Problems);
    }

    [Fact]
    public void A_deletion_waits_while_its_manifest_is_not_sound_and_a_creation_too()
    {
        const string Wrong = "spec.memory.size is missing.";

        var deletion = Planner.PlanDeletion(Some.Seen(Some.IsOff) with { Invalid = Wrong }, DeletionPolicy.Delete);
        var creation = Planner.Plan(s_absent with { Invalid = Wrong });

        Assert.All([deletion, creation], static plan => Assert.Empty(plan.Actions));
        Assert.All(
            [deletion, creation],
            static plan => Assert.Contains(Wrong, plan.Problem(PlanReasons.Invalid).Message, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_deletion_waits_for_a_host_that_may_hold_the_vm_and_for_no_other()
    {
        var gone = s_absent with { VirtualMachineId = Some.Id };

        Assert.Empty(Planner.PlanDeletion(gone, DeletionPolicy.Delete).Problems);
        Assert.Single(Planner.PlanDeletion(gone with { InventoryComplete = false }, DeletionPolicy.Delete).Problems);
        Assert.Empty(Planner.PlanDeletion(s_absent with { InventoryComplete = false }, DeletionPolicy.Delete).Problems);
    }
}

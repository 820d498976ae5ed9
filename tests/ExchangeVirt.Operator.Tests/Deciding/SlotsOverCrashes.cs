using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Domain.Tests.Planning;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Operator.Tests.Support;
using ExchangeVirt.Resources.V1Alpha1;
using DisruptionGrant = ExchangeVirt.Domain.Gating.DisruptionGrant;

namespace ExchangeVirt.Operator.Tests.Deciding;

public sealed class SlotsOverCrashes
{
    [Fact]
    public void A_member_that_goes_down_holds_the_slot_though_the_DAGs_status_was_lost()
    {
        var goingDown = new SlotWish("ex01", "op1", Wishes: false, Some.Now.AddMinutes(-1), "Restart")
        {
            TookDown = true,
        };
        var waiting = new SlotWish("ex02", "op2", Wishes: true, Some.Now, "Restart");

        // Its guest was asked and still runs with a good heartbeat.
        var grants = SlotKeeper.Decide(Situations.Group(), [goingDown, waiting], Some.Now);

        Assert.Equal([("ex01", "op1")], grants.Select(static grant => (grant.Member, grant.OperationId)));
    }

    [Theory]
    [InlineData(OperationStep.RequestName, true, false)]
    [InlineData(RestartOperations.RestartName, false, false)]
    [InlineData(RestartOperations.RestartName, true, true)]
    public void Whether_a_member_goes_down_is_read_off_its_own_status(string name, bool asked, bool tookDown)
    {
        var entity = Situations.Entity(
            new OperationStatus
            {
                Name = name,
                Id = "op1",
                StartedAt = Some.Now,
                ShutdownAskedAt = asked ? Some.Now : null,
            }
        );

        Assert.Equal(tookDown, SlotWish.Of(entity).TookDown);
    }

    [Fact]
    public void A_restart_begun_in_no_DAG_wishes_for_the_slot_once_the_VM_is_in_one()
    {
        var begun = RestartOperations.ToStatus(Some.Restart with { ShutdownAskedAt = null }, "Restart");
        var situation = Situations.With(Some.Policy, Situations.Wrong()).InGroup().During(begun);
        Assert.IsType<ShutDownGuest>(situation.Decide().Next!.Action);

        Assert.Null(OperationStep.For(situation.Decide(), static () => Guid.Empty));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("op1", true)]
    public void A_member_that_is_down_comes_back_though_a_grant_outlived_the_note_of_its_operation(
        string? current,
        bool starts
    )
    {
        var operation = current is null
            ? null
            : RestartOperations.ToStatus(Some.Restart with { Id = current }, "Restart");
        var off = Some.IsOff(Some.Observed) with { PowerStateSince = Some.Now.AddDays(-1) };
        var situation = Situations
            .With(Some.Policy, off)
            .InGroup(new DisruptionGrant("ex01", "op1", "Restart", Some.Now))
            .During(operation);

        Assert.Equal(starts, situation.Decide().Next?.Action is StartVirtualMachine);
    }

    [Fact]
    public void A_grant_of_another_operation_still_locks_a_member_in_mid_restart()
    {
        var situation = Situations
            .With(Some.Policy, Some.IsOff(Some.Observed))
            .InGroup(new DisruptionGrant("ex01", "op9", "Restart", Some.Now))
            .During(RestartOperations.ToStatus(Some.Restart, "Restart"));

        Assert.Contains(
            situation.Decide().Actions,
            static action => action.Closed is { Reason: GateReasons.MemberLocked }
        );
    }
}

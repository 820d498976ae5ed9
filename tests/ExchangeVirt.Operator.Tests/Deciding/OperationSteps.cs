using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Domain.Tests.Planning;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Operator.Tests.Support;
using ExchangeVirt.Resources.V1Alpha1;
using DisruptionGrant = ExchangeVirt.Domain.Gating.DisruptionGrant;

namespace ExchangeVirt.Operator.Tests.Deciding;

public sealed class OperationSteps
{
    private static readonly Guid s_new = new("00000000-0000-0000-0000-0000000000aa");
    private static readonly string s_newId = s_new.ToString("D");

    [Fact]
    public void Nothing_to_restart_begins_nothing()
    {
        Assert.Null(Step(Situations.InOrder()));
        Assert.Null(Step(Situations.With(Some.Policy, Situations.Drifted())));
    }

    [Fact]
    public void A_standalone_server_begins_its_restart_at_once_and_has_asked_nothing_yet()
    {
        var begun = Step(Situations.With(Some.Policy, Situations.Wrong()))!;

        Assert.Equal(RestartOperations.RestartName, begun.Name);
        Assert.Equal(s_newId, begun.Id);
        Assert.Equal("Begun", begun.Stage);
        Assert.Equal("Running", begun.PowerStateAfter);
        Assert.Null(begun.ShutdownAskedAt);
    }

    [Fact]
    public void A_DAG_member_first_wishes_for_the_slot()
    {
        var wished = Step(Situations.With(Some.Policy, Situations.Wrong()).InGroup())!;

        Assert.Equal(OperationStep.RequestName, wished.Name);
        Assert.Equal(s_newId, wished.Id);
    }

    [Fact]
    public void A_wish_stays_while_it_is_not_granted()
    {
        var wish = Wish("op1");

        Assert.Same(wish, Step(Situations.With(Some.Policy, Situations.Wrong()).InGroup().During(wish)));
    }

    [Theory]
    [InlineData("nothing needs it any more")]
    [InlineData("a gate closed")]
    [InlineData("another member got the slot")]
    public void A_wish_is_withdrawn_when(string why)
    {
        var situation = Situations.With(Some.Policy, Situations.Wrong()).InGroup().During(Wish("op1"));
        situation = why switch
        {
            "nothing needs it any more" => Situations.InOrder().InGroup().During(Wish("op1")),
            "a gate closed" => situation with { Pauses = [new Pause(PauseScope.Everywhere)] },
            _ => situation.InGroup(new DisruptionGrant("ex02", "op2", "Restart", Some.Now)),
        };

        Assert.Null(Step(situation));
    }

    [Theory]
    [InlineData("op1", true)]
    [InlineData("op9", false)]
    public void A_grant_counts_for_the_operation_it_names_alone(string granted, bool begins)
    {
        var situation = Situations
            .With(Some.Policy, Situations.Wrong())
            .InGroup(new DisruptionGrant("ex01", granted, "Restart", Some.Now))
            .During(Wish("op1"));

        var step = Step(situation);

        Assert.Equal(begins ? (RestartOperations.RestartName, "op1") : (null, null), (step?.Name, step?.Id));
    }

    [Fact]
    public void That_the_guest_is_asked_is_noted_before_and_only_once()
    {
        var begun = Operation(Some.Restart with { ShutdownAskedAt = null });
        var asked = Step(Situations.With(Some.Policy, Situations.Wrong()).During(begun))!;

        Assert.Equal(Some.Now, asked.ShutdownAskedAt);
        Assert.Equal("ShuttingDown", asked.Stage);

        var later = Situations.With(Some.Policy, Situations.Wrong()).During(asked) with
        {
            Now = Some.Now.AddMinutes(5),
        };
        Assert.Equal(asked, Step(later));
        Assert.DoesNotContain(later.Decide().Plan.Actions, static planned => planned.Action is ShutDownGuest);
    }

    [Fact]
    public void That_a_saved_state_is_discarded_is_noted_before_so_that_the_VM_is_ours_to_bring_back()
    {
        var saved = Some.IsSaved(Some.Observed);
        var begun = Step(Situations.With(Some.Policy, saved))!;
        Assert.Equal(RestartOperations.RestartName, begun.Name);

        var asked = Step(Situations.With(Some.Policy, saved).During(begun))!;
        Assert.Equal((Some.Now, "DiscardingSavedState"), (asked.ShutdownAskedAt, asked.Stage));

        var off = Situations.With(Some.Policy, Some.IsOff(Some.Observed)).During(asked);
        Assert.IsType<StartVirtualMachine>(off.Decide().Next!.Action);
    }

    [Fact]
    public void A_restart_that_a_gate_stops_before_anything_was_asked_is_given_up()
    {
        var begun = Operation(Some.Restart with { ShutdownAskedAt = null });
        var situation = Situations.With(Some.Policy, Situations.Wrong()).During(begun);

        Assert.Null(Step(situation with { Pauses = [new Pause(PauseScope.Policy)] }));
        Assert.NotNull(Step(situation));
    }

    [Fact]
    public void A_restart_that_was_asked_for_outlives_every_closed_gate()
    {
        var situation = Situations.With(Some.Policy, Situations.Wrong()).During(Operation(Some.Restart)) with
        {
            Pauses = [new Pause(PauseScope.Policy)],
        };

        Assert.Equal("ShuttingDown", Step(situation)!.Stage);
    }

    [Fact]
    public void Off_is_noted_when_it_is_first_seen_and_the_start_when_it_comes()
    {
        var off = Some.IsOff(Situations.Wrong());
        var seen = Step(Situations.With(Some.Policy, off).During(Operation(Some.Restart)))!;
        Assert.Equal(Some.Now, seen.OffSeenAt);
        Assert.Equal("Off", seen.Stage);
        Assert.Null(seen.StartAskedAt);

        var later = Situations.With(Some.Policy, Some.IsOff(Some.Observed)).During(seen) with
        {
            Now = Some.Now.AddMinutes(1),
        };
        var started = Step(later)!;
        Assert.Equal(Some.Now, started.OffSeenAt);
        Assert.Equal(later.Now, started.StartAskedAt);
        Assert.Equal("Starting", started.Stage);
    }

    [Fact]
    public void A_restart_is_over_when_the_VM_runs_again()
    {
        var operation = Operation(Some.Restart with { OffSeenAt = Some.Now, StartAskedAt = Some.Now });

        Assert.Null(Step(Situations.InOrder().During(operation)));
    }

    [Fact]
    public void A_creation_is_noted_before_it_is_asked_and_kept_until_the_VM_runs()
    {
        var creating = Step(Situations.Unborn(Situations.Host))!;
        Assert.Equal(("Create", "Creating", "Running"), (creating.Name, creating.Stage, creating.PowerStateAfter));

        var made = Situations.With(Some.Policy, Some.IsOff(Some.Observed)).During(creating);
        Assert.Equal("Starting", Step(made)!.Stage);
        Assert.Equal(ActionCause.Creation, made.Decide().Next!.Cause);

        Assert.Null(Step(Situations.InOrder().During(creating)));
    }

    [Fact]
    public void A_restart_needs_its_operation_before_its_first_step()
    {
        var next = Situations.With(Some.Policy, Situations.Wrong()).Decide().Next!;

        Assert.True(next.BeginsRestart);
        Assert.False(OperationStep.Covers(null, next));
        Assert.False(OperationStep.Covers(Wish("op1"), next));
        Assert.True(OperationStep.Covers(Operation(Some.Restart), next));
    }

    private static OperationStatus? Step(Situation situation) =>
        OperationStep.For(situation.Decide(), static () => s_new);

    private static OperationStatus Operation(RestartOperation restart) =>
        RestartOperations.ToStatus(restart, "Restart");

    private static OperationStatus Wish(string id) =>
        new()
        {
            Name = OperationStep.RequestName,
            Id = id,
            StartedAt = Some.Now,
            Reason = "Restart",
        };
}

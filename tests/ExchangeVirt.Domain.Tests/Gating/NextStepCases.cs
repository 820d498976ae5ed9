using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Domain.Tests.Planning;

namespace ExchangeVirt.Domain.Tests.Gating;

public sealed class NextStepCases
{
    private static readonly Dictionary<string, (PlannedAction[] Plan, string[] ClosedFor, string? Next)> s_cases = new()
    {
        ["an empty plan"] = ([], [], null),
        ["the first"] = ([Gates.Hot, Gates.ShutDown], [], "DisableCheckpoints"),
        ["past a closed setting"] = (
            [Gates.Hot, Gates.ShutDown, Gates.OffOnly],
            ["DisableCheckpoints"],
            "ShutDownGuest"
        ),
        ["never past a closed shutdown"] = ([Gates.ShutDown, Gates.OffOnly, Gates.Start], ["ShutDownGuest"], null),
        ["never past a saved state that stays"] = (
            [Gates.Discard, Gates.OffOnly, Gates.Start],
            ["DiscardSavedState"],
            null
        ),
        ["brought back up past settings that wait"] = (
            [Gates.OffOnly, Gates.Start],
            ["SetProcessorCount"],
            "StartVirtualMachine"
        ),
        ["not started without a disk that waits"] = ([Gates.Attach, Gates.Start], ["AttachDisk"], null),
    };

    public static TheoryData<string> Cases => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_next_step_is_the_first_that_may_be_done_and_rests_on_nothing_that_waits(string name)
    {
        var (actions, closedFor, next) = s_cases[name];
        var plan = new VirtualMachinePlan { Actions = actions };

        var step = Gate.Next(
            plan,
            action =>
                closedFor.Contains(action.Action.Name)
                    ? new GateDecision.Closed(GateName.Rate, "Because", "because")
                    : new GateDecision.Open()
        );

        Assert.Equal(next, step.Action?.Action.Name);
        Assert.Equal(closedFor.Length > 0, step.Refusals.Count > 0);
    }

    [Fact]
    public void What_waits_behind_a_closed_shutdown_shows_the_same_gate()
    {
        var input = Gates.Open with
        {
            Rules = Gates.Open.Rules with { Disruption = ExchangeVirt.Domain.Model.Disruption.MaintenanceWindow },
        };
        var plan = Planner.Plan(
            Some.Seen(vm =>
                vm with
                {
                    ProcessorCount = 2,
                    CheckpointType = ExchangeVirt.Domain.Model.CheckpointType.Standard,
                }
            )
        );

        var step = Gate.Next(plan, action => Gate.Check(input, action));

        Assert.IsType<DisableCheckpoints>(step.Action?.Action);
        Assert.Equal(
            ["ShutDownGuest", "SetProcessorCount", "StartVirtualMachine"],
            step.Refusals.Select(r => r.Action.Action.Name)
        );
        Assert.All(step.Refusals, r => Assert.Equal(GateReasons.NoMaintenanceWindow, r.Gate.Reason));
    }

    [Fact]
    public void An_off_switch_pulled_between_off_and_start_leaves_only_the_start()
    {
        var input = Gates.Open with { Pauses = [new Pause(PauseScope.Everywhere)], Restart = Some.Restart };
        var plan = Planner.Plan(
            Some.Seen(vm => Some.IsOff(vm) with { ProcessorCount = 2, Disks = [] }) with
            {
                Restart = Some.Restart,
            }
        );

        var step = Gate.Next(plan, action => Gate.Check(input, action));

        Assert.IsType<StartVirtualMachine>(step.Action?.Action);
        Assert.Equal(2, step.Refusals.Count);
    }
}

using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Domain.Tests.Planning;

namespace ExchangeVirt.Domain.Tests.Gating;

/// <summary>Gate 7. A restart of the sample VM needs 75 minutes: 45 for the shutdown, 30 beside it.</summary>
public sealed class WindowCases
{
    private static readonly Dictionary<
        string,
        (Disruption Disruption, (int From, int To)[] Windows, PlannedAction Action, string Outcome, int? OpensIn)
    > s_cases = new()
    {
        ["never"] = (Disruption.Never, [(-10, 600)], Gates.ShutDown, "Window/DisruptionNever", null),
        ["never, and nothing is disrupted"] = (Disruption.Never, [], Gates.Hot, "open", null),
        ["never, and the start is recovery"] = (Disruption.Never, [], Gates.Start, "open", null),
        ["approval"] = (Disruption.Approval, [(-10, 600)], Gates.ShutDown, "Window/ApprovalNotAvailableYet", null),
        ["anytime"] = (Disruption.Anytime, [], Gates.ShutDown, "open", null),
        ["no window defined"] = (Disruption.MaintenanceWindow, [], Gates.ShutDown, "Window/NoMaintenanceWindow", null),
        ["a window that is no span of time"] = (
            Disruption.MaintenanceWindow,
            [(10, 10)],
            Gates.ShutDown,
            "Window/NoMaintenanceWindow",
            null
        ),
        ["just long enough"] = (Disruption.MaintenanceWindow, [(-10, 75)], Gates.ShutDown, "open", null),
        ["a minute too short"] = (
            Disruption.MaintenanceWindow,
            [(-10, 74), (1000, 1200)],
            Gates.ShutDown,
            "Window/MaintenanceWindowTooShort",
            1000
        ),
        ["two in a row are one"] = (Disruption.MaintenanceWindow, [(20, 90), (-10, 20)], Gates.ShutDown, "open", null),
        ["one within another"] = (Disruption.MaintenanceWindow, [(-10, 90), (-5, 5)], Gates.ShutDown, "open", null),
        ["not yet open"] = (Disruption.MaintenanceWindow, [(30, 200)], Gates.ShutDown, "Window/MaintenanceWindow", 30),
        ["the next that is long enough"] = (
            Disruption.MaintenanceWindow,
            [(30, 60), (500, 700)],
            Gates.ShutDown,
            "Window/MaintenanceWindow",
            500
        ),
        ["none long enough"] = (
            Disruption.MaintenanceWindow,
            [(30, 60)],
            Gates.ShutDown,
            "Window/MaintenanceWindow",
            null
        ),
        ["opens this moment"] = (Disruption.MaintenanceWindow, [(0, 75)], Gates.ShutDown, "open", null),
        ["closed this moment"] = (
            Disruption.MaintenanceWindow,
            [(-75, 0)],
            Gates.ShutDown,
            "Window/MaintenanceWindow",
            null
        ),
        ["what is not a restart needs no rest"] = (
            Disruption.MaintenanceWindow,
            [(-10, 1)],
            Gates.Attach with
            {
                Disruptive = true,
            },
            "open",
            null
        ),
    };

    public static TheoryData<string> Cases => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_vm_is_disrupted_only_when_it_may_be(string name)
    {
        var (disruption, windows, action, outcome, opensIn) = s_cases[name];

        var decision = Gate.Check(With(disruption, CheckpointRemoval.Never, windows), action);

        Assert.Equal(outcome, Gates.Outcome(decision));
        Assert.Equal(
            opensIn is { } minutes ? Gates.Now + TimeSpan.FromMinutes(minutes) : null,
            (decision as GateDecision.Closed)?.OpensAt
        );
    }

    [Theory]
    [InlineData(CheckpointRemoval.Never, true, "Window/CheckpointRemovalNever")]
    [InlineData(CheckpointRemoval.MaintenanceWindow, true, "open")]
    [InlineData(CheckpointRemoval.MaintenanceWindow, false, "Window/NoMaintenanceWindow")]
    [InlineData(CheckpointRemoval.Anytime, false, "open")]
    public void Checkpoints_are_merged_when_the_policy_says_whatever_disruption_says(
        CheckpointRemoval removal,
        bool window,
        string outcome
    ) => Assert.Equal(outcome, Gates.Outcome(With(Disruption.Never, removal, window ? [(-1, 1)] : []), Gates.Merge));

    [Fact]
    public void A_restart_once_begun_is_finished_though_the_window_closes()
    {
        var closed = With(Disruption.MaintenanceWindow, CheckpointRemoval.Never, [(-75, 0)]) with
        {
            Restart = Some.Restart,
        };

        Assert.Equal("open", Gates.Outcome(closed, Gates.OffOnly));
        Assert.Equal("open", Gates.Outcome(closed, Gates.Start));
    }

    [Fact]
    public void A_restart_that_holds_its_slot_but_asked_nothing_yet_still_needs_its_window()
    {
        var closed = With(Disruption.MaintenanceWindow, CheckpointRemoval.Never, [(-75, 0)]) with
        {
            Restart = Some.Restart with { ShutdownAskedAt = null },
        };

        Assert.Equal("Window/MaintenanceWindow", Gates.Outcome(closed, Gates.ShutDown));
    }

    private static GateInput With(Disruption disruption, CheckpointRemoval removal, (int From, int To)[] windows) =>
        Gates.Open with
        {
            Rules = new EffectiveRules(Enforcement.Enforce, disruption, removal),
            MaintenanceIntervals =
            [
                .. windows.Select(w => new MaintenanceInterval(
                    $"from {w.From}",
                    Gates.Now + TimeSpan.FromMinutes(w.From),
                    Gates.Now + TimeSpan.FromMinutes(w.To)
                )),
            ],
        };
}

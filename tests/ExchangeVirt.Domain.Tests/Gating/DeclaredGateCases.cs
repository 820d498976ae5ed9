using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;

namespace ExchangeVirt.Domain.Tests.Gating;

/// <summary>The gates that rest on declarations alone: they say the same as among all eight, and ask for no fact of a host.</summary>
public sealed class DeclaredGateCases
{
    private static readonly Dictionary<string, (Func<GateInput, GateInput> Close, PlannedAction Action)> s_cases = new()
    {
        ["nothing in the way"] = (static i => i, Gates.ShutDown),
        ["paused VM"] = (static i => i with { Pauses = [new Pause(PauseScope.VirtualMachine)] }, Gates.Hot),
        ["paused everywhere"] = (
            static i => i with { Pauses = [new Pause(PauseScope.Everywhere, "ann", "move")] },
            Gates.Hot
        ),
        ["held"] = (static i => i with { HoldReason = "" }, Gates.Hot),
        ["observe"] = (static i => With(i, Enforcement.Observe, Disruption.Anytime), Gates.Hot),
        ["never"] = (static i => With(i, Enforcement.Enforce, Disruption.Never), Gates.ShutDown),
        ["no window"] = (static i => With(i, Enforcement.Enforce, Disruption.MaintenanceWindow), Gates.ShutDown),
        ["no window, and nothing is disrupted"] = (
            static i => With(i, Enforcement.Enforce, Disruption.MaintenanceWindow),
            Gates.Hot
        ),
        ["a window to come"] = (
            static i =>
                With(i, Enforcement.Enforce, Disruption.MaintenanceWindow) with
                {
                    MaintenanceIntervals = [new MaintenanceInterval("w", Gates.Now.AddHours(1), Gates.Now.AddHours(5))],
                },
            Gates.ShutDown
        ),
    };

    public static TheoryData<string> Cases => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void They_say_what_they_say_among_all_gates(string name)
    {
        var (close, action) = s_cases[name];
        var input = close(Gates.Open);

        Assert.Equal(Gate.Check(input, action) as GateDecision.Closed, Gate.CheckDeclared(input, action));
    }

    public static TheoryData<string, string> Switches =>
        new()
        {
            { "pulled", "Everything is paused by ann: move. Go on with exvirt resume --all." },
            {
                "pulled for a directory",
                "Everything is paused by ann: move. Go on with exvirt resume --all --state /srv/state."
            },
            { "taken for pulled", "It cannot be read. Mend it." },
        };

    [Theory]
    [MemberData(nameof(Switches))]
    public void The_switch_for_everything_says_how_to_go_on(string how, string message)
    {
        var pulled = new Pause(PauseScope.Everywhere, "ann", "move");
        var pause = how switch
        {
            "pulled for a directory" => pulled with { CommandOptions = " --state /srv/state" },
            "taken for pulled" => new Pause(PauseScope.Everywhere, "exvirt", "It cannot be read. Mend it.")
            {
                Assumed = true,
            },
            _ => pulled,
        };

        var closed = Gate.CheckDeclared(Gates.Open with { Pauses = [pause] }, Gates.Hot);

        Assert.Equal((GateReasons.EverythingOnPause, message), (closed!.Reason, closed.Message));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void They_say_it_without_any_fact_of_a_host(string name)
    {
        var (close, action) = s_cases[name];
        var blind = Gates.Open with
        {
            Host = new HostFacts("", Reachable: false, FactAge: null, TimeSpan.Zero, ClusterStateKnown: false),
            Operation = null,
            AvailabilityGroup = null,
        };

        Assert.Equal(Gate.CheckDeclared(close(Gates.Open), action), Gate.CheckDeclared(close(blind), action));
    }

    private static GateInput With(GateInput input, Enforcement enforcement, Disruption disruption) =>
        input with
        {
            Rules = new EffectiveRules(enforcement, disruption, CheckpointRemoval.Anytime),
        };
}

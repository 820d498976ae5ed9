using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Tests.Planning;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Operator.Tests.Support;
using ExchangeVirt.Resources.V1Alpha1;
using k8s.Models;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.Operator.Tests.Reporting;

/// <summary>What moves by itself is told by steps, and at most once a minute.</summary>
public sealed class SteadyFigures
{
    private readonly FakeTimeProvider _time = new(Some.Now);

    [Theory]
    [InlineData("a little less free", "needs 2Ti, 1Ti left", "needs 2Ti, 1000Gi left", true)]
    [InlineData("much less free", "needs 2Ti, 1Ti left", "needs 2Ti, 900Gi left", false)]
    [InlineData("exactly a step", "100Gi left", "95Gi left", true)]
    [InlineData("a percentage", "busy to 97 %, 90 % is tolerated", "busy to 95 %, 90 % is tolerated", true)]
    [InlineData("nothing any more", "1Gi left", "0Gi left", false)]
    [InlineData("a count is no amount", "3 of 64 votes", "3 of 65 votes", false)]
    [InlineData("a date is no amount", "opens at 2026-11-28 22:00:00Z", "opens at 2026-11-29 22:00:00Z", false)]
    [InlineData("a name with a number", "hv100Gi: 8Gi", "hv101Gi: 8Gi", false)]
    [InlineData("another text", "8Gi left on D:", "8Gi left on E:", false)]
    [InlineData("one amount more", "8Gi", "8Gi and 8Gi", false)]
    public void A_text_stays_while_its_amounts_waver(string name, string before, string now, bool stays) =>
        Assert.True((stays ? before : now) == SteadyText.Keep(before, now), name);

    [Fact]
    public void A_wavering_message_stays_within_a_generation_and_is_told_anew_after_a_change_of_spec()
    {
        var first = Conditions.After(null, [Wavering("8Gi left")], generation: 1, Some.Now);
        Assert.Equal("8Gi left", Assert.Single(Conditions.After(first, [Wavering("8.1Gi left")], 1, Some.Now)).Message);
        Assert.Equal(
            "8.1Gi left",
            Assert.Single(Conditions.After(first, [Wavering("8.1Gi left")], 2, Some.Now)).Message
        );
        Assert.Equal(
            "8.1Gi left",
            Assert
                .Single(Conditions.After(first, [Wavering("8.1Gi left") with { Wavers = false }], 1, Some.Now))
                .Message
        );
    }

    [Fact]
    public void Figures_move_by_steps_and_at_most_once_a_minute()
    {
        var pace = new FigurePace(_time);
        var first = Write(pace, before: null, used: 1.0, free: 1000);
        Assert.Null(pace.WaitOf("hv01"));

        // Within a step nothing is told.
        Assert.Equal(Figures(first), Figures(Write(pace, first, used: 1.05, free: 990)));
        Assert.Null(pace.WaitOf("hv01"));

        var second = Write(pace, first, used: 4.0, free: 800);
        Assert.Equal(("4.0", "800Gi"), Figures(second));
        Assert.Equal(TimeSpan.FromMinutes(1), pace.WaitOf("hv01"));

        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(Figures(second), Figures(Write(pace, second, used: 9.0, free: 100)));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(("9.0", "100Gi"), Figures(Write(pace, second, used: 9.0, free: 100)));
    }

    [Fact]
    public void A_verdict_that_changes_is_told_at_once()
    {
        var pace = new FigurePace(_time);
        var first = Write(pace, before: null, used: 1.0, free: 1000);
        Assert.Contains(first.Conditions!, static one => one is { Type: "WithinRatio", Status: "True" });
        var second = Write(pace, first, used: 2.0, free: 500);
        Assert.NotNull(pace.WaitOf("hv01"));

        var third = Write(pace, second, used: 60.0, free: 500);

        Assert.Contains(third.Conditions!, static one => one is { Type: "WithinRatio", Status: "False" });
    }

    [Fact]
    public void What_was_known_of_a_host_stands_while_nothing_is_heard_of_it()
    {
        var facts = Facts(2, 1000) with { ForeignApplications = ["SQL Server", "IIS"] };
        var first = Report(Situations.Host with { Facts = facts }, null, mayMove: true);
        Assert.Equal(["IIS", "SQL Server"], first.ForeignApplications);

        var silent = Report(Situations.Silent with { Facts = null }, first, mayMove: true);

        Assert.Equal(first.ForeignApplications, silent.ForeignApplications);
        Assert.Equal(first.Processor, silent.Processor);
        Assert.Equal(first.Memory, silent.Memory);
    }

    private static HyperVHostStatus Write(FigurePace pace, HyperVHostStatus? before, double used, int free)
    {
        var mayMove = pace.WaitOf("hv01") is null;
        var after = Report(Situations.Host with { Facts = Facts(used, free) }, before, mayMove);
        pace.Note("hv01", before, after);
        return after;
    }

    private static (string? Used, string? Free) Figures(HyperVHostStatus status) =>
        (status.Processor!.RootProcessorsUsed, Assert.Single(status.Volumes!).Free);

    private static ObservedHost Facts(double used, int freeGibibytes) =>
        Situations.Facts with
        {
            Processors = new HostProcessors(32, 64, used, "GenuineIntel"),
            Volumes =
            [
                new HostVolume(@"D:\", ByteSize.FromGibibytes(2000), ByteSize.FromGibibytes(freeGibibytes), "Local"),
            ],
        };

    private static HyperVHostStatus Report(Operator.Observing.HostView view, HyperVHostStatus? before, bool mayMove) =>
        HostReport.For(
            new HyperVHost
            {
                Metadata = new V1ObjectMeta { Name = "hv01", Generation = 1 },
                Spec = new HyperVHostSpec { Agent = new AgentSpec { Endpoint = "https://hv01:7443" } },
                Status = before,
            },
            view,
            new HostDefinition { Name = "hv01", Policy = Some.Policy },
            problem: null,
            mayMove,
            Some.Now
        );

    private static Finding Wavering(string message) =>
        new(ConditionTypes.Placed, false, Reasons.NoHostFits, message) { Wavers = true };
}

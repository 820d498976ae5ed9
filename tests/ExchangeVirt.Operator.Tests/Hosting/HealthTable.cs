using ExchangeVirt.Operator.Hosting;
using ExchangeVirt.Runtime.Informers;

namespace ExchangeVirt.Operator.Tests.Hosting;

public sealed class HealthTable
{
    [Theory]
    [InlineData("just started, nothing listed", false, 1, 1, null, true, false)]
    [InlineData("listed", true, 1, 1, null, true, true)]
    [InlineData("heard a while ago, as in a quiet cluster", true, 239, 100, null, true, true)]
    [InlineData("not heard for four minutes, and asked again and again", true, 240, 10, null, true, false)]
    [InlineData("the API server has been away for hours", true, 9000, 10, null, true, false)]
    [InlineData("neither heard nor asked for ten minutes", true, 600, 600, null, false, false)]
    [InlineData("never listed, and stuck", false, 600, 600, null, false, false)]
    [InlineData("a standby that sees the lease", true, 1, 1, 59, true, true)]
    [InlineData("a standby that has not seen the lease for a minute", true, 1, 1, 60, true, false)]
    public void A_process_is_alive_while_it_asks_and_ready_while_it_hears(
        string case_,
        bool synced,
        int heard,
        int active,
        int? looked,
        bool alive,
        bool ready
    )
    {
        var odd = new Followed("ExchangeVirtualMachine", synced, Seconds(heard), Seconds(active));
        var health = new Health(
            [new Followed("HyperVHost", true, Seconds(1), Seconds(1)), odd],
            looked is { } seconds ? () => new LeaseSight(IsHeld: false, Seconds(seconds)) : null
        );

        Assert.True(alive == (Problems(health.Alive()).Count == 0), case_);
        Assert.True(ready == (Problems(health.Ready()).Count == 0), case_);
    }

    [Fact]
    public void Who_leads_is_ready_however_long_ago_it_looked_at_what_it_holds()
    {
        var health = new Health([], static () => new LeaseSight(IsHeld: true, TimeSpan.FromHours(1)));

        Assert.Empty(Problems(health.Ready()));
    }

    [Fact]
    public void What_is_wrong_is_named_with_its_kind_and_for_how_long()
    {
        var health = new Health(
            [new Followed("HyperVHost", true, Seconds(300), Seconds(700))],
            static () => new LeaseSight(IsHeld: false, Seconds(90))
        );

        Assert.Equal(["watch-HyperVHost: It has not been active for 700 s."], Problems(health.Alive()));
        Assert.Equal(
            ["watch-HyperVHost: Nothing was heard for 300 s.", "leadership: The lease was not seen for 90 s."],
            Problems(health.Ready())
        );
    }

    private static List<string> Problems(IReadOnlyList<HealthCheck> checks) =>
        [
            .. checks
                .Where(static check => check.Problem is not null)
                .Select(static check => $"{check.Name}: {check.Problem}"),
        ];

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);

    private sealed record Followed(string Kind, bool IsSynced, TimeSpan SinceHeard, TimeSpan SinceActive) : IInformer
    {
        public Task Synced => IsSynced ? Task.CompletedTask : new TaskCompletionSource().Task;

        public Task RunAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

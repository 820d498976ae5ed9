using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Tests.Planning;
using ExchangeVirt.Operator.Acting;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Operator.Tests.Support;
using ExchangeVirt.Resources.V1Alpha1;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.Operator.Tests.Acting;

/// <summary>How long is waited in this process does not hang on the wall clock.</summary>
public sealed class WaitsOverClocks
{
    private readonly FakeTimeProvider _time = new(Some.Now);
    private readonly SetClock _clock;

    public WaitsOverClocks() => _clock = new SetClock(_time);

    [Theory]
    [InlineData(0)]
    [InlineData(72)]
    [InlineData(-72)]
    public void A_failed_action_is_tried_again_as_late_as_before(int hours)
    {
        var failures = new ActionFailures(_clock, static () => 0.5);
        var key = new ObjectKey("messaging", "ex01");
        failures.Add(key, "AttachDisk", "Disk:db1", new AgentFault(AgentFaultKind.Failed, "F", "m"));
        var left = Left();
        Assert.True(left > TimeSpan.Zero);

        _clock.Jump(TimeSpan.FromHours(hours));

        Assert.Equal(left, Left());
        _time.Advance(left / 2);
        Assert.Equal(left / 2, Left());
        _time.Advance(left / 2);
        Assert.Equal(TimeSpan.Zero, Left());

        TimeSpan Left() => Assert.Single(failures.Of(key)).RetryAt - _clock.GetUtcNow();
    }

    [Fact]
    public void A_time_that_was_told_stays_though_the_clock_is_set_by_a_little()
    {
        var failures = new ActionFailures(_clock, static () => 0.5);
        var key = new ObjectKey("messaging", "ex01");
        failures.Add(key, "AttachDisk", "Disk:db1", new AgentFault(AgentFaultKind.Failed, "F", "m"));
        var told = Assert.Single(failures.Of(key)).RetryAt;

        _clock.Jump(TimeSpan.FromMilliseconds(800));

        Assert.Equal(told, Assert.Single(failures.Of(key)).RetryAt);
    }

    [Theory]
    [InlineData(72)]
    [InlineData(-72)]
    public void The_figures_of_a_host_are_held_for_a_minute_and_no_longer(int hours)
    {
        var pace = new FigurePace(_clock);
        pace.Note("hv01", new HyperVHostStatus(), new HyperVHostStatus { Memory = new() { Assigned = "8Gi" } });

        _clock.Jump(TimeSpan.FromHours(hours));

        Assert.Equal(TimeSpan.FromMinutes(1), pace.WaitOf("hv01"));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(pace.WaitOf("hv01"));
    }
}

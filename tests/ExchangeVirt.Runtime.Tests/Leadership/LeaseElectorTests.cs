using ExchangeVirt.Runtime.Leadership;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.Runtime.Tests.Leadership;

public sealed class LeaseElectorTests : IDisposable
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(100);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly FakeLease _lease = new();
    private readonly Pump _pump = new();

    public void Dispose() => _pump.Dispose();

    [Fact]
    public async Task One_of_two_works_and_the_other_takes_over_within_seconds_of_a_clean_stop()
    {
        await _pump;
        await using var first = Run("first");
        await UntilAsync(() => first.IsWorking);
        await using var second = Run("second");
        await PassAsync(TimeSpan.FromMinutes(2));
        Assert.True(first.IsWorking);
        Assert.Equal(0, second.Begun);
        Assert.Equal("first", second.Elector.Holder);

        await first.StopAsync();
        var stopped = _time.GetUtcNow();
        await UntilAsync(() => second.IsWorking);

        Assert.True(_time.GetUtcNow() - stopped < TimeSpan.FromSeconds(5));
        Assert.False(first.IsWorking);
        Assert.Equal(("second", 1), (_lease.Current?.Holder, _lease.Current?.Transitions));
    }

    [Fact]
    public async Task A_lease_whose_holder_died_is_taken_when_its_time_is_over_and_not_before()
    {
        await _pump;
        _lease.Set(HeldBy("dead"));
        await using var next = Run("next");
        await PassAsync(TimeSpan.FromSeconds(14));
        Assert.Equal(0, next.Begun);

        await UntilAsync(() => next.IsWorking);

        Assert.True(_time.GetUtcNow() - _time.Start >= TimeSpan.FromSeconds(15));
        Assert.True(_time.GetUtcNow() - _time.Start < TimeSpan.FromSeconds(19));
    }

    [Fact]
    public async Task The_clock_of_whoever_holds_the_lease_is_not_trusted()
    {
        await _pump;
        // It was renewed an hour ago by its holder's clock, and is renewed still.
        _lease.Set(HeldBy("slow-clock"));
        await using var next = Run("next");
        for (var renewal = 0; renewal < 20; renewal++)
        {
            await PassAsync(TimeSpan.FromSeconds(2));
            _lease.Set(_lease.Current! with { RenewTime = _lease.Current.RenewTime + TimeSpan.FromSeconds(2) });
        }

        Assert.Equal(0, next.Begun);
    }

    [Fact]
    public async Task A_wall_clock_that_jumps_changes_nothing()
    {
        await _pump;
        await using var leader = Run("leader");
        await UntilAsync(() => leader.IsWorking);
        await using var other = Run("other");
        _time.AdjustTime(_time.GetUtcNow() + TimeSpan.FromDays(1));
        await PassAsync(TimeSpan.FromSeconds(30));
        _time.AdjustTime(_time.GetUtcNow() - TimeSpan.FromDays(3));
        await PassAsync(TimeSpan.FromSeconds(30));

        Assert.True(leader.IsWorking);
        Assert.Equal((1, 0), (leader.Begun, other.Begun));
    }

    [Fact]
    public async Task A_lease_without_a_holder_is_taken_at_once()
    {
        await _pump;
        _lease.Set(new LeaseView(null, TimeSpan.Zero, null, null, 7, ""));
        await using var next = Run("next");

        await UntilAsync(() => next.IsWorking);

        Assert.True(_time.GetUtcNow() - _time.Start < TimeSpan.FromSeconds(3));
        Assert.Equal(8, _lease.Current?.Transitions);
    }

    [Fact]
    public async Task Leadership_survives_failures_that_are_shorter_than_the_renew_deadline()
    {
        await _pump;
        await using var leader = Run("leader");
        await UntilAsync(() => leader.IsWorking);
        for (var blip = 0; blip < 5; blip++)
        {
            _lease.Weather = static _ => throw new HttpRequestException("refused");
            await PassAsync(TimeSpan.FromSeconds(6));
            _lease.Weather = static _ => Task.CompletedTask;
            await PassAsync(TimeSpan.FromSeconds(3));
        }

        Assert.True(leader.IsWorking);
        Assert.Equal(1, leader.Begun);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Work_stops_before_anyone_else_may_take_the_lease(bool hangs)
    {
        await _pump;
        await using var leader = Run("leader");
        await UntilAsync(() => leader.IsWorking);
        var renewed = _lease.Current!.RenewTime!.Value;
        _lease.Weather = hangs
            ? static token => new TaskCompletionSource().Task.WaitAsync(token)
            : static _ => throw new HttpRequestException("refused");

        await UntilAsync(() => leader.HasEnded);

        Assert.IsType<LeadershipLostException>(leader.Failure);
        Assert.False(leader.IsWorking);
        Assert.True(leader.StoppedAt - renewed < TimeSpan.FromSeconds(15), $"{leader.StoppedAt - renewed}");
        Assert.False(leader.Elector.IsLeading);
        Assert.Equal("leader", _lease.Current.Holder);
    }

    [Fact]
    public async Task Work_stops_at_the_next_look_when_somebody_else_has_taken_the_lease()
    {
        await _pump;
        await using var leader = Run("leader");
        await UntilAsync(() => leader.IsWorking);
        _lease.Set(HeldBy("thief"));

        await UntilAsync(() => leader.HasEnded);

        Assert.Contains(
            "thief",
            Assert.IsType<LeadershipLostException>(leader.Failure).Message,
            StringComparison.Ordinal
        );
        Assert.Equal("thief", _lease.Current?.Holder);
    }

    [Fact]
    public async Task A_lease_that_is_deleted_under_its_holder_is_made_again()
    {
        await _pump;
        await using var leader = Run("leader");
        await UntilAsync(() => leader.IsWorking);
        _lease.Set(null);
        await PassAsync(TimeSpan.FromSeconds(30));

        Assert.True(leader.IsWorking);
        Assert.Equal("leader", _lease.Current?.Holder);
    }

    [Fact]
    public async Task A_process_of_the_same_name_goes_on_at_once_after_a_crash()
    {
        await _pump;
        _lease.Set(HeldBy("pod-0"));
        await using var again = Run("pod-0");

        await UntilAsync(() => again.IsWorking);

        Assert.True(_time.GetUtcNow() - _time.Start < TimeSpan.FromSeconds(3));
        Assert.Equal(1, _lease.Current?.Transitions);
    }

    [Fact]
    public async Task The_lease_is_given_back_only_when_the_work_has_ended()
    {
        await _pump;
        var mayEnd = new TaskCompletionSource();
        await using var leader = Run("leader", mayEnd.Task);
        await UntilAsync(() => leader.IsWorking);
        var stopping = leader.StopAsync();
        await PassAsync(TimeSpan.FromSeconds(60));
        Assert.Equal("leader", _lease.Current?.Holder);

        mayEnd.SetResult();
        await stopping;

        Assert.Null(_lease.Current?.Holder);
        Assert.Null(leader.Failure);
    }

    [Fact]
    public async Task Work_that_fails_gives_the_lease_back_and_is_told()
    {
        await _pump;
        await using var leader = Run("leader", Task.FromException(new InvalidOperationException("broken")));

        // No time passes: the lease is still held when the work fails.
        await Eventually.HoldsAsync(() => leader.HasEnded);

        Assert.IsType<InvalidOperationException>(leader.Failure);
        Assert.Null(_lease.Current?.Holder);
    }

    [Fact]
    public async Task Whoever_must_be_sure_asks_the_lease_itself()
    {
        await _pump;
        await using var leader = Run("leader");
        await UntilAsync(() => leader.IsWorking);
        await leader.Elector.EnsureLeadingAsync(default);
        _lease.Set(HeldBy("thief"));

        await Assert.ThrowsAsync<LeadershipLostException>(() => leader.Elector.EnsureLeadingAsync(default));
    }

    [Theory]
    [InlineData(15, 15, 2)]
    [InlineData(15, 2, 2)]
    [InlineData(15, 10, 0)]
    [InlineData(5, 10, 2)]
    public void Times_that_could_let_two_work_are_refused(int duration, int deadline, int retry)
    {
        var options = Options("any") with
        {
            LeaseDuration = TimeSpan.FromSeconds(duration),
            RenewDeadline = TimeSpan.FromSeconds(deadline),
            RetryPeriod = TimeSpan.FromSeconds(retry),
        };

        Assert.Throws<InvalidOperationException>(options.Validate);
    }

    private static LeaseElectorOptions Options(string identity) => new() { Identity = identity };

    private LeaseView HeldBy(string holder) =>
        new(holder, TimeSpan.FromSeconds(15), _time.GetUtcNow() - TimeSpan.FromHours(1), null, 0, "");

    private Candidate Run(string identity, Task? mayEnd = null) =>
        new(
            new LeaseElector(_lease, Options(identity), _time, static () => 0.5, NullLogger<LeaseElector>.Instance),
            mayEnd,
            _time
        );

    private Task UntilAsync(Func<bool> state) => Eventually.HoldsAsync(_time, s_step, state);

    private Task PassAsync(TimeSpan time)
    {
        var began = _time.GetTimestamp();
        return UntilAsync(() => _time.GetElapsedTime(began) >= time);
    }
}

using ExchangeVirt.Runtime.Directories;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Tests.Stores;

public sealed class PauseSwitchTests
{
    public static TheoryData<string, Exception> Failures =>
        new()
        {
            { "no connection", new HttpRequestException("refused") },
            { "a time-out, which looks like a cancellation", new TaskCanceledException("timed out") },
            { "a store's own", new InvalidOperationException("the store is closed") },
            { "no right", new UnauthorizedAccessException("denied") },
            { "a disk", new IOException("disk") },
            { "a damaged file", new StateDamagedException("control/pause.json is damaged.") },
        };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_switch_that_cannot_be_read_counts_as_paused_whatever_the_cause(string name, Exception cause)
    {
        var state = await new PauseSwitch(new Control(() => throw cause)).ReadAsync(default);

        Assert.True(state is { IsPaused: true, IsAssumed: true }, name);
        Assert.Contains(cause.Message, state.Reason, StringComparison.Ordinal);
        Assert.Equal(
            cause is StateDamagedException,
            state.Reason.Contains("Remove that file", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"paused":true}""")]
    [InlineData("""{"IsPaused":"no"}""")]
    public async Task A_value_that_says_neither_counts_as_paused(string value)
    {
        var state = await new PauseSwitch(new Control(() => new ControlValue(value, "1"))).ReadAsync(default);

        Assert.True(state is { IsPaused: true, IsAssumed: true });
        Assert.Contains("exvirt resume --all", state.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_stops_is_not_told_that_everything_is_paused()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await Assert.ThrowsAsync<OperationCanceledException>(() =>
            new PauseSwitch(new Control(() => throw new OperationCanceledException(stop.Token))).ReadAsync(stop.Token)
        );
    }

    [Fact]
    public async Task A_switch_that_was_never_thrown_is_nothing() =>
        Assert.Null(await new PauseSwitch(new Control(static () => null)).ReadAsync(default));

    private sealed class Control(Func<ControlValue?> read) : IControlState
    {
        public Task<ControlValue?> GetControlAsync(string name, CancellationToken cancellationToken)
        {
            try
            {
                return Task.FromResult(read());
            }
            catch (Exception exception)
            {
                return Task.FromException<ControlValue?>(exception);
            }
        }

        public Task<ControlValue> SetControlAsync(
            string name,
            string value,
            string? expectedRevision,
            CancellationToken cancellationToken
        ) => throw new NotSupportedException();

        public IAsyncEnumerable<ControlValue?> WatchControlAsync(string name, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}

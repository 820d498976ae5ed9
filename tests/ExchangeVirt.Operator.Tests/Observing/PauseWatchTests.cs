using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Runtime.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.Operator.Tests.Observing;

public sealed class PauseWatchTests : IAsyncDisposable
{
    private static readonly ControlValue s_paused = new(
        """{"IsPaused":true,"Reason":"r","By":"ada","At":"2030-01-01T00:00:00Z"}""",
        "1"
    );
    private static readonly ControlValue s_resumed = new(
        """{"IsPaused":false,"Reason":"","By":"ada","At":"2030-01-01T00:00:00Z"}""",
        "2"
    );

    private readonly FakeTimeProvider _time = new();
    private readonly Control _control = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly PauseWatch _watch;
    private readonly Task _running;
    private int _rings;

    public PauseWatchTests()
    {
        _watch = new PauseWatch(_control, _time, static () => 0, NullLogger<PauseWatch>.Instance);
        _running = _watch.RunAsync(() => Interlocked.Increment(ref _rings), _stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    [Fact]
    public async Task Before_anything_was_heard_the_switch_is_read_fresh()
    {
        _control.Stored = s_paused;

        Assert.True((await _watch.Reading.Heard(default))!.IsPaused);
        Assert.Equal(1, _control.Reads);
    }

    [Fact]
    public async Task What_was_heard_costs_no_read_to_decide_and_one_to_act()
    {
        await HearAsync(s_paused);
        var reads = _control.Reads;

        for (var i = 0; i < 10; i++)
        {
            Assert.True((await _watch.Reading.Heard(default))!.IsPaused);
        }

        Assert.Equal(reads, _control.Reads);
        await _watch.Reading.Fresh(default);
        Assert.Equal(reads + 1, _control.Reads);
    }

    [Fact]
    public async Task What_was_read_fresh_corrects_what_was_heard()
    {
        await HearAsync(value: null);
        _control.Stored = s_paused;
        Assert.Null(await _watch.Reading.Heard(default));

        Assert.True((await _watch.Reading.Fresh(default))!.IsPaused);
        Assert.True((await _watch.Reading.Heard(default))!.IsPaused);
    }

    [Fact]
    public async Task While_it_cannot_be_read_it_counts_as_paused_for_deciding_too_and_then_no_longer()
    {
        await HearAsync(value: null);
        _control.Failure = new HttpRequestException("away");
        Assert.True((await _watch.Reading.Fresh(default))!.IsPaused);
        Assert.True((await _watch.Reading.Heard(default))!.IsPaused);

        _control.Failure = null;
        Assert.Null(await _watch.Reading.Heard(default));
        var reads = _control.Reads;
        Assert.Null(await _watch.Reading.Heard(default));
        Assert.Equal(reads, _control.Reads);
    }

    [Fact]
    public async Task A_watch_that_breaks_or_ends_is_opened_again_and_what_it_told_is_not_trusted_meanwhile()
    {
        await HearAsync(s_paused);
        _control.Break(new HttpRequestException("reset"));
        await UntilAsync(() => _control.Reads < ReadByDeciding());
        _control.Stored = s_resumed;
        Assert.False((await _watch.Reading.Heard(default))!.IsPaused);

        await UntilOpenAsync(2);
        _control.End();
        await UntilOpenAsync(3);
        await HearAsync(s_resumed);
        var reads = _control.Reads;
        Assert.False((await _watch.Reading.Heard(default))!.IsPaused);
        Assert.Equal(reads, _control.Reads);
        Assert.False(_running.IsCompleted);
    }

    [Fact]
    public async Task A_value_that_says_nothing_counts_as_paused()
    {
        await HearAsync(new ControlValue("""{"Paused":false}""", "1"));

        var state = await _watch.Reading.Heard(default);
        Assert.True(state!.IsPaused);
        Assert.Contains("exvirt resume --all", state.Reason, StringComparison.Ordinal);
    }

    private int ReadByDeciding()
    {
        _ = _watch.Reading.Heard(default);
        return _control.Reads;
    }

    private async Task HearAsync(ControlValue? value)
    {
        _control.Stored = value;
        var rings = Volatile.Read(ref _rings);
        _control.Tell(value);
        await UntilAsync(() => Volatile.Read(ref _rings) > rings);
    }

    private async Task UntilOpenAsync(int watches) =>
        await UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return _control.Watches >= watches;
        });

    private static async Task UntilAsync(Func<bool> state)
    {
        var watch = Stopwatch.StartNew();
        while (!state())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(2), "It never came.");
            await Task.Yield();
        }
    }

    private sealed class Control : IControlState
    {
        private Channel<Func<ControlValue?>> _channel = Channel.CreateUnbounded<Func<ControlValue?>>();
        private int _reads;
        private int _watches;

        public ControlValue? Stored { get; set; }

        public Exception? Failure { get; set; }

        public int Reads => Volatile.Read(ref _reads);

        public int Watches => Volatile.Read(ref _watches);

        public void Tell(ControlValue? value) => _channel.Writer.TryWrite(() => value);

        public void Break(Exception exception) => _channel.Writer.TryWrite(() => throw exception);

        public void End() => _channel.Writer.Complete();

        public Task<ControlValue?> GetControlAsync(string name, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _reads);
            return Failure is null ? Task.FromResult(Stored) : Task.FromException<ControlValue?>(Failure);
        }

        public Task<ControlValue> SetControlAsync(
            string name,
            string value,
            string? expectedRevision,
            CancellationToken cancellationToken
        ) => throw new NotSupportedException();

        public async IAsyncEnumerable<ControlValue?> WatchControlAsync(
            string name,
            [EnumeratorCancellation] CancellationToken cancellationToken
        )
        {
            // Whoever sees that it is watched may tell it something at once.
            if (_channel.Reader.Completion.IsCompleted)
            {
                _channel = Channel.CreateUnbounded<Func<ControlValue?>>();
            }

            Interlocked.Increment(ref _watches);
            await foreach (var next in _channel.Reader.ReadAllAsync(cancellationToken))
            {
                yield return next();
            }
        }
    }
}

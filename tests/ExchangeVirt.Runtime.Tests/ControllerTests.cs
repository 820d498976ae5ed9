using System.Collections.Concurrent;
using ExchangeVirt.Runtime.Informers;
using ExchangeVirt.Runtime.Queueing;
using ExchangeVirt.Runtime.Stores;
using ExchangeVirt.Runtime.Tests.Directories;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ExchangeVirt.Runtime.Tests;

/// <summary>Controllers on a real directory store, informer and queue; only the clock is false.</summary>
public sealed class ControllerTests : IAsyncDisposable
{
    private readonly Estate _estate = new();
    private readonly ScriptedController _script = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Informer<Widget> _informer;
    private readonly List<Controller<Widget>> _controllers = [];
    private readonly RecordingLogger _log = new();
    private readonly Pump _pump = new();
    private Task _running = Task.CompletedTask;

    public ControllerTests() =>
        _informer = new Informer<Widget>(
            _estate.Store,
            new InformerOptions(),
            _estate.Time,
            () => 0,
            NullLogger<Informer<Widget>>.Instance
        );

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _controllers.ForEach(controller => controller.Dispose());
        _stop.Dispose();
        _pump.Dispose();
        _estate.Dispose();
    }

    [Fact]
    public async Task Every_object_is_reconciled_and_then_only_what_changes()
    {
        await _pump;
        _estate.Declare("a", "b");
        _estate.Settle();
        await StartAsync();
        await QuietAsync();
        Assert.Equal(["reconcile a", "reconcile b"], _script.Passes.Order());

        _estate.Write("b.json", Estate.Json("b", size: 2));
        _estate.Settle();
        await Eventually.HoldsAsync(() => _script.Count("reconcile b") >= 2);
        await QuietAsync();
        Assert.Equal(1, _script.Count("reconcile a"));
    }

    [Fact]
    public async Task A_bell_from_outside_enqueues_exactly_one_object()
    {
        await _pump;
        _estate.Declare("a", "b");
        _estate.Settle();
        var controller = await StartAsync();
        await QuietAsync();

        controller.Enqueue(Estate.Key("a"));
        controller.EnqueueAfter(Estate.Key("b"), TimeSpan.FromSeconds(30));
        await Eventually.HoldsAsync(() => _script.Count("reconcile a") == 2);
        await QuietAsync();
        Assert.Equal(1, _script.Count("reconcile b"));
        _estate.Time.Advance(TimeSpan.FromSeconds(30));
        await Eventually.HoldsAsync(() => _script.Count("reconcile b") == 2);
    }

    [Fact]
    public async Task Once_status_says_what_is_so_nothing_is_written_any_more()
    {
        await _pump;
        _script.Reconcile = async (widget, token) =>
        {
            widget.Status = new WidgetStatus { Phase = $"Size{widget.Spec.Size}" };
            return ReconciliationResult<Widget>.Success(await _estate.Store.UpdateStatusAsync(widget, token));
        };
        _estate.Declare("a");
        _estate.Settle();
        var controller = await StartAsync();
        await Eventually.HoldsAsync(() => _estate.Reader.Get<Widget>(Estate.Key("a"))?.Status?.Phase == "Size1");
        await QuietAsync();
        var before = await _estate.MustGetAsync("a");

        controller.Enqueue(Estate.Key("a"));
        await QuietAsync();

        Assert.Equal(before.Metadata.ResourceVersion, (await _estate.MustGetAsync("a")).Metadata.ResourceVersion);
    }

    [Fact]
    public async Task The_finalizer_is_on_the_object_before_its_first_pass()
    {
        await _pump;
        var seen = new List<string>();
        _script.Reconcile = (widget, _) =>
        {
            seen.AddRange(widget.Metadata.Finalizers ?? []);
            return Task.FromResult(ReconciliationResult<Widget>.Success(widget));
        };
        _estate.Declare("a");
        _estate.Settle();
        await StartAsync(withFinalizer: true);
        await QuietAsync();

        Assert.All(seen, name => Assert.Equal(_script.Identifier, name));
        Assert.NotEmpty(seen);
        Assert.Equal([_script.Identifier], (await _estate.MustGetAsync("a")).Metadata.Finalizers);
    }

    [Fact]
    public async Task A_deleted_object_goes_when_its_finalizer_succeeds_and_not_before()
    {
        await _pump;
        var mayGo = false;
        _script.Finalize = widget =>
            Task.FromResult(
                mayGo
                    ? ReconciliationResult<Widget>.Success(widget)
                    : ReconciliationResult<Widget>.Failure(
                        widget,
                        "It still runs.",
                        requeueAfter: TimeSpan.FromMinutes(1)
                    )
            );
        _estate.Declare("a");
        _estate.Settle();
        await StartAsync(withFinalizer: true);
        await QuietAsync();
        await _estate.Store.DeleteAsync<Widget>(Estate.Key("a"), default);
        await Eventually.HoldsAsync(() => _script.Count("finalize a") == 1);
        await QuietAsync();
        var reconciled = _script.Count("reconcile a");
        Assert.NotNull(await _estate.GetAsync("a"));

        mayGo = true;
        _estate.Time.Advance(TimeSpan.FromMinutes(1));
        await Eventually.HoldsAsync(() => _script.Count("deleted a") == 1);

        Assert.Null(await _estate.GetAsync("a"));
        Assert.Equal((2, reconciled), (_script.Count("finalize a"), _script.Count("reconcile a")));
    }

    [Fact]
    public async Task A_pass_that_throws_is_repeated_with_back_off()
    {
        await _pump;
        List<double> at = [];
        _script.Reconcile = (widget, _) =>
        {
            at.Add((_estate.Time.GetUtcNow() - _estate.Time.Start).TotalMilliseconds);
            return at.Count <= 4
                ? throw new InvalidOperationException("a bug")
                : Task.FromResult(ReconciliationResult<Widget>.Success(widget));
        };
        _estate.Declare("a");
        _estate.Settle();
        await StartAsync();
        await Eventually.HoldsAsync(_estate.Time, TimeSpan.FromMilliseconds(50), () => at.Count == 5);

        double[] least = [200, 400, 800, 1600];
        Assert.All(
            at.Zip(at.Skip(1), (one, next) => next - one).Zip(least),
            pair => Assert.True(pair.First >= pair.Second)
        );
    }

    [Fact]
    public async Task An_unreadable_object_is_told_so_once_and_never_reconciled()
    {
        await _pump;
        _estate.Write("odd.json", OddJson);
        _estate.Declare("a");
        _estate.Settle();
        await StartAsync(
            options: new ControllerOptions
            {
                DescribeUnreadable = static odd =>
                    odd.Json.Contains("NotUnderstood", StringComparison.Ordinal)
                        ? null
                        : """{"phase":"NotUnderstood"}""",
            }
        );
        await Eventually.HoldsAsync(() =>
            _informer.FindUnreadable(Estate.Key("odd"))?.Json.Contains("NotUnderstood", StringComparison.Ordinal)
                is true
        );
        await QuietAsync();

        Assert.Equal(["reconcile a"], _script.Passes);
    }

    [Fact]
    public async Task An_object_that_is_found_unreadable_during_its_pass_is_told_so_and_fails_nothing()
    {
        var odd = new UnreadableResource(Estate.Key("a"), "spec.burst")
        {
            Json = """{"metadata":{"name":"a","namespace":"test"},"spec":{"burst":1}}""",
        };
        ConcurrentBag<UnreadableResource> told = [];
        _script.Reconcile = (_, _) => throw new ResourceUnreadableException(odd);
        _estate.Declare("a");
        _estate.Settle();
        await StartAsync(
            options: new ControllerOptions
            {
                DescribeUnreadable = each =>
                {
                    told.Add(each);
                    return null;
                },
            }
        );
        await Eventually.HoldsAsync(() => !told.IsEmpty);
        await QuietAsync();

        Assert.Same(odd, Assert.Single(told));
        Assert.Equal(["reconcile a"], _script.Passes);
        Assert.Empty(_log.Lines);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_unreadable_object_that_is_deleted_ends_only_where_it_may(bool may)
    {
        await _pump;
        _estate.Write("odd.json", OddJson);
        _estate.Settle();
        var odd = Assert.Single((await _estate.Store.ListAsync<Widget>(default)).Unreadable);
        await _estate.Store.WriteUnreadableFinalizersAsync<Widget>(odd, ["tests.example/widget", "other"], default);
        await _estate.Store.DeleteAsync<Widget>(odd.Key, default);
        await StartAsync(withFinalizer: true, new ControllerOptions { MayBeLetGoUnread = _ => may });
        await QuietAsync();

        var left = Assert.Single((await _estate.Store.ListAsync<Widget>(default)).Unreadable);
        Assert.Contains("other", left.Json, StringComparison.Ordinal);
        Assert.Equal(!may, left.Json.Contains("tests.example/widget", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_pass_may_say_when_to_look_again()
    {
        await _pump;
        _script.Reconcile = (widget, _) =>
            Task.FromResult(ReconciliationResult<Widget>.Success(widget, TimeSpan.FromSeconds(40)));
        _estate.Declare("a");
        _estate.Settle();
        await StartAsync();
        await QuietAsync();
        _estate.Time.Advance(TimeSpan.FromSeconds(39));
        await QuietAsync();
        Assert.Single(_script.Passes);
        _estate.Time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.HoldsAsync(() => _script.Passes.Count == 2);

        Assert.Throws<ArgumentOutOfRangeException>(() =>
            ReconciliationResult<Widget>.Success(new Widget(), TimeSpan.FromSeconds(-1))
        );
    }

    [Fact]
    public async Task A_conflict_is_repeated_at_once_on_a_fresh_read()
    {
        await _pump;
        var versions = new List<string>();
        _script.Reconcile = async (widget, token) =>
        {
            versions.Add(widget.Metadata.ResourceVersion);
            if (versions.Count == 1)
            {
                // Another writer is faster.
                await _estate.Store.PatchMetadataAsync(
                    await _estate.MustGetAsync("a"),
                    new MetadataPatch { SetAnnotations = new Dictionary<string, string> { ["by"] = "another" } },
                    token
                );
            }

            widget.Status = new WidgetStatus { Phase = "Seen" };
            return ReconciliationResult<Widget>.Success(await _estate.Store.UpdateStatusAsync(widget, token));
        };
        _estate.Declare("a");
        _estate.Settle();
        await StartAsync();
        await QuietAsync();

        // No time has passed, so nothing backed off.
        Assert.Equal("Seen", (await _estate.MustGetAsync("a")).Status?.Phase);
        Assert.True(versions.Count >= 2 && versions[0] != versions[1]);
    }

    [Fact]
    public async Task Endless_conflicts_back_off_in_the_end()
    {
        await _pump;
        _script.Reconcile = (_, _) => throw new ResourceConflictException("again");
        _estate.Declare("a");
        _estate.Settle();
        await StartAsync();
        await QuietAsync();
        Assert.Equal(6, _script.Passes.Count);

        _estate.Time.Advance(TimeSpan.FromMilliseconds(200));
        await Eventually.HoldsAsync(() => _script.Passes.Count == 12);
    }

    [Fact]
    public async Task An_object_deleted_and_made_again_is_let_go_before_the_new_one_is_looked_at()
    {
        await _pump;
        _estate.Declare("a", "b");
        _estate.Settle();
        await StartAsync();
        await QuietAsync();
        await _estate.Store.DeleteAsync<Widget>(Estate.Key("a"), default);
        _estate.Remove("a.json");
        _estate.Settle();
        _estate.Declare("a");
        _estate.Settle();
        await Eventually.HoldsAsync(() => _script.Count("reconcile a") >= 2);

        // One more pass may follow, where the new object was in the cache before its change was told.
        Assert.Equal(
            ["reconcile a", "deleted a", "reconcile a"],
            _script.Passes.Where(pass => pass.EndsWith('a')).Take(3)
        );
    }

    [Fact]
    public async Task Everything_is_looked_at_again_each_resync_period()
    {
        await _pump;
        _estate.Declare("a", "b");
        _estate.Settle();
        await StartAsync();
        await QuietAsync();
        _estate.Time.Advance(new ControllerOptions().ResyncPeriod);
        await Eventually.HoldsAsync(() => _script.Passes.Count == 4);
    }

    [Fact]
    public async Task Passes_over_one_object_never_overlap_while_those_over_others_do()
    {
        // On many threads, since that is what it is about; no time passes.
        var inside = 0;
        var open = new TaskCompletionSource();
        _script.Reconcile = async (widget, _) =>
        {
            Interlocked.Increment(ref inside);
            await open.Task;
            Interlocked.Decrement(ref inside);
            return ReconciliationResult<Widget>.Success(widget);
        };
        _estate.Declare("a", "b", "c");
        _estate.Settle();
        var controller = await StartAsync();
        await Eventually.HoldsAsync(() => Volatile.Read(ref inside) == 3);
        for (var number = 0; number < 10; number++)
        {
            controller.Enqueue(Estate.Key("a"));
            controller.Enqueue(Estate.Key("b"), WorkPriority.Resync);
        }

        open.SetResult();
        await Eventually.HoldsAsync(() => _script.Count("reconcile a") == 2 && _script.Count("reconcile b") == 2);
        await QuietAsync();

        Assert.Equal((0, 5), (_script.Overlaps, _script.Passes.Count));
    }

    [Fact]
    public async Task Stopping_waits_for_the_passes_under_way()
    {
        await _pump;
        var ended = false;
        var entered = new TaskCompletionSource();
        _script.Reconcile = async (widget, token) =>
        {
            entered.SetResult();
            var stopped = new TaskCompletionSource();
            await using var registration = token.Register(stopped.SetResult);
            await stopped.Task;
            await Task.Yield();
            ended = true;
            return ReconciliationResult<Widget>.Success(widget);
        };
        _estate.Declare("a");
        _estate.Settle();
        await StartAsync();
        await entered.Task;
        await _stop.CancelAsync();
        await _running;

        Assert.True(ended);
    }

    [Fact]
    public async Task A_pass_that_fails_while_everything_stops_fails_nothing_else()
    {
        await _pump;
        var entered = new TaskCompletionSource();
        _script.Reconcile = async (_, token) =>
        {
            entered.TrySetResult();
            var stopped = new TaskCompletionSource();
            await using var registration = token.Register(stopped.SetResult);
            await stopped.Task;
            throw new ResourceConflictException("somebody else was faster");
        };
        _estate.Declare("a");
        _estate.Settle();
        await StartAsync();
        await entered.Task;
        await _stop.CancelAsync();

        await _running;
        Assert.DoesNotContain(_log.Lines, static line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task A_pass_that_waits_is_repeated_in_its_time_and_is_no_error()
    {
        await _pump;
        var there = false;
        _script.Reconcile = (widget, _) =>
            Task.FromResult(
                there
                    ? ReconciliationResult<Widget>.Success(widget)
                    : ReconciliationResult<Widget>.Wait(widget, "It still runs.", TimeSpan.FromMinutes(1))
            );
        _estate.Declare("a");
        _estate.Settle();
        await StartAsync();
        await QuietAsync();
        Assert.Equal(1, _script.Count("reconcile a"));
        var line = Assert.Single(_log.Lines);
        Assert.Equal(LogLevel.Debug, line.Level);
        Assert.Contains("It still runs.", line.Text, StringComparison.Ordinal);

        there = true;
        _estate.Time.Advance(TimeSpan.FromMinutes(1));
        await Eventually.HoldsAsync(() => _script.Count("reconcile a") == 2);
    }

    [Fact]
    public async Task No_controller_starts_before_every_informer_has_synced()
    {
        await _pump;
        _estate.Declare("a");
        _estate.Settle();
        var other = new FakeInformer();
        var controller = Make(withFinalizer: false);
        var host = new ControllerHost([_informer, other], [controller], _estate.Time);
        _running = host.RunAsync(_stop.Token);
        await Eventually.HoldsAsync(() => _informer.Synced.IsCompleted);
        await Task.Yield();
        Assert.False(host.Started.IsCompleted);
        Assert.Empty(_script.Passes);

        other.Sync.SetResult();
        await host.Started;
        await Eventually.HoldsAsync(() => _script.Passes.Count == 1);
    }

    [Fact]
    public async Task A_part_that_fails_stops_all_and_is_told()
    {
        await _pump;
        var broken = new FakeInformer();
        broken.Sync.SetResult();
        var host = new ControllerHost([_informer, broken], [Make(withFinalizer: false)], _estate.Time);
        var running = host.RunAsync(_stop.Token);
        await host.Started;
        broken.Run.SetException(new InvalidOperationException("a bug"));

        var failed = await Assert.ThrowsAsync<AggregateException>(() => running);
        Assert.Equal("a bug", Assert.Single(failed.InnerExceptions).Message);
    }

    [Fact]
    public async Task The_host_knows_when_all_is_quiet()
    {
        await _pump;
        _estate.Declare("a");
        _estate.Settle();
        var open = new TaskCompletionSource();
        _script.Reconcile = async (widget, _) =>
        {
            await open.Task;
            return ReconciliationResult<Widget>.Success(widget);
        };
        var host = new ControllerHost([_informer], [Make(withFinalizer: false)], _estate.Time);
        _running = host.RunAsync(_stop.Token);
        await Eventually.HoldsAsync(() => _script.Passes.Count == 1);
        var quiet = host.WhenQuietAsync(TimeSpan.FromSeconds(1), default);
        for (var number = 0; number < 50; number++)
        {
            _estate.Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Assert.False(quiet.IsCompleted);
        open.SetResult();
        await Eventually.HoldsAsync(_estate.Time, TimeSpan.FromMilliseconds(100), () => quiet.IsCompleted);
    }

    private static string OddJson =>
        Estate.Json("odd").Replace("\"size\":1", "\"size\":\"large\"", StringComparison.Ordinal);

    private async Task<Controller<Widget>> StartAsync(bool withFinalizer = false, ControllerOptions? options = null)
    {
        var controller = Make(withFinalizer, options);
        var host = new ControllerHost([_informer], [controller], _estate.Time);
        _running = host.RunAsync(_stop.Token);
        await host.Started;
        return controller;
    }

    private Controller<Widget> Make(bool withFinalizer, ControllerOptions? options = null)
    {
        var controller = new Controller<Widget>(
            _script,
            withFinalizer ? [_script] : [],
            _estate.Store,
            _informer,
            options ?? new ControllerOptions(),
            _estate.Time,
            () => 0,
            _log
        );
        _controllers.Add(controller);
        return controller;
    }

    /// <summary>Waits until the informer has heard everything and the controllers have worked it off, without time passing.</summary>
    private async Task QuietAsync()
    {
        for (var calm = 0; calm < 20; calm++)
        {
            await Eventually.HoldsAsync(() =>
                _controllers.TrueForAll(controller => controller.IsIdle)
                && _informer.ResourceVersion
                    == _estate.Store.ListAsync<Widget>(default).GetAwaiter().GetResult().ResourceVersion
            );
            await Task.Yield();
        }
    }

    private sealed class RecordingLogger : ILogger<Controller<Widget>>
    {
        public ConcurrentQueue<(LogLevel Level, string Text)> Lines { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Lines.Enqueue((logLevel, formatter(state, exception)));
    }

    private sealed class FakeInformer : IInformer
    {
        public TaskCompletionSource Sync { get; } = new();

        public TaskCompletionSource Run { get; } = new();

        public string Kind => "Widget";

        public Task Synced => Sync.Task;

        public TimeSpan SinceHeard => TimeSpan.Zero;

        public TimeSpan SinceActive => TimeSpan.Zero;

        public Task RunAsync(CancellationToken cancellationToken) => Run.Task.WaitAsync(cancellationToken);
    }
}

using ExchangeVirt.Runtime.Informers;
using ExchangeVirt.Runtime.Stores;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.Runtime.Tests.Informers;

public sealed class InformerTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeStore _store = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Informer<Widget> _informer;
    private readonly List<string> _told = [];
    private readonly Pump _pump = new();
    private Task _running = Task.CompletedTask;

    public InformerTests()
    {
        _informer = new Informer<Widget>(
            _store,
            new InformerOptions(),
            _time,
            () => 0,
            NullLogger<Informer<Widget>>.Instance
        );
        _informer.AddHandler(change =>
            _told.Add(
                $"{change.Before?.Metadata.ResourceVersion ?? "-"}>{change.After?.Metadata.ResourceVersion ?? "-"} {change.Key.Name}"
            )
        );
        _informer.AddUnreadableHandler(odd =>
            _told.Add(_informer.FindUnreadable(odd.Key) is null ? $"no more odd {odd.Key.Name}" : $"odd {odd.Key.Name}")
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
        _stop.Dispose();
        _pump.Dispose();
    }

    [Fact]
    public async Task It_lists_then_watches_from_the_version_of_the_list()
    {
        await _pump;
        _store.List = () => new ResourceList<Widget>([Make("a", "3"), Make("b", "4")], "7");
        await StartAsync();
        _store.Send(ResourceEventType.Modified, Make("a", "8"), "8");
        _store.Send(ResourceEventType.Deleted, Make("b", "9"), "9");
        _store.Send(ResourceEventType.Added, Make("c", "10"), "10");
        _store.Send(ResourceEventType.Bookmark, null, "15");
        await Eventually.HoldsAsync(() => _informer.ResourceVersion == "15");

        Assert.Equal(["->3 a", "->4 b", "3>8 a", "4>- b", "->10 c"], _told);
        Assert.Equal(["7"], _store.WatchedFrom);
        Assert.Equal(["a", "c"], _informer.Cache.List().Select(widget => widget.Metadata.Name).Order());
    }

    [Fact]
    public async Task A_watch_that_breaks_while_everything_stops_is_no_failure()
    {
        await _pump;
        await StartAsync();
        _store.Break(new TimeoutException("silent"), before: _stop.Cancel);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
    }

    [Fact]
    public async Task A_closed_watch_is_opened_again_from_where_it_was_and_not_at_once()
    {
        await _pump;
        await StartAsync();
        _store.Send(ResourceEventType.Added, Make("a", "8"), "8");
        await Eventually.HoldsAsync(() => _informer.ResourceVersion == "8");
        _store.CloseWatch();
        await Eventually.HoldsAsync(_time, TimeSpan.FromMilliseconds(100), () => _store.WatchedFrom.Count == 2);

        Assert.Equal(["1", "8"], _store.WatchedFrom);
        Assert.Equal(1, _store.Lists);
        Assert.True(_time.GetUtcNow() - _time.Start >= TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task An_expired_watch_is_listed_again_and_what_vanished_meanwhile_is_told_as_deleted()
    {
        await _pump;
        _store.List = () => new ResourceList<Widget>([Make("a", "3"), Make("b", "4")], "7");
        await StartAsync();
        _store.List = () => new ResourceList<Widget>([Make("b", "4"), Make("c", "20")], "21");
        _store.Break(new ResourceVersionExpiredException("gone"));
        await Eventually.HoldsAsync(_time, TimeSpan.FromMilliseconds(100), () => _informer.ResourceVersion == "21");

        Assert.Equal(["->3 a", "->4 b", "->20 c", "3>- a"], _told);
        await Eventually.HoldsAsync(() => _store.WatchedFrom.Count == 2);
        Assert.Equal("21", _store.WatchedFrom[1]);
    }

    [Fact]
    public async Task What_cannot_be_read_is_not_taken_for_deleted_and_stays_as_it_was()
    {
        await _pump;
        _store.List = () => new ResourceList<Widget>([Make("a", "3")], "7");
        await StartAsync();
        _store.List = () => new ResourceList<Widget>([], "21") { Unreadable = [Odd("a")] };
        _store.Break(new ResourceVersionExpiredException("gone"));
        await Eventually.HoldsAsync(_time, TimeSpan.FromMilliseconds(100), () => _informer.ResourceVersion == "21");

        Assert.Equal("3", Assert.Single(_informer.Cache.List()).Metadata.ResourceVersion);
        Assert.Equal("odd", _informer.FindUnreadable(new ResourceKey("test", "a"))?.Message);
        Assert.Equal(["->3 a", "odd a"], _told);
    }

    [Fact]
    public async Task An_object_that_turns_unreadable_is_told_without_a_new_list_and_told_again_when_it_is_readable()
    {
        await _pump;
        _store.List = () => new ResourceList<Widget>([Make("a", "3")], "7");
        await StartAsync();
        _store.SendOdd(ResourceEventType.Modified, Odd("a"), "8");
        await Eventually.HoldsAsync(() => _informer.ResourceVersion == "8");
        Assert.NotNull(_informer.FindUnreadable(new ResourceKey("test", "a")));
        _store.Send(ResourceEventType.Modified, Make("a", "9"), "9");
        await Eventually.HoldsAsync(() => _informer.ResourceVersion == "9");

        Assert.Equal(["->3 a", "odd a", "no more odd a", "3>9 a"], _told);
        Assert.Empty(_informer.Unreadable);
        Assert.Equal(1, _store.Lists);
    }

    [Fact]
    public async Task An_unreadable_object_that_is_deleted_is_gone()
    {
        await _pump;
        _store.List = () => new ResourceList<Widget>([Make("a", "3")], "7") { Unreadable = [Odd("b"), Odd("c")] };
        await StartAsync();
        _store.SendOdd(ResourceEventType.Modified, Odd("a"), "8");
        _store.SendOdd(ResourceEventType.Deleted, Odd("a"), "9");
        _store.SendOdd(ResourceEventType.Deleted, Odd("b"), "10");
        await Eventually.HoldsAsync(() => _informer.ResourceVersion == "10");
        Assert.Equal("c", Assert.Single(_informer.Unreadable).Key.Name);
        _store.List = () => new ResourceList<Widget>([], "21");
        _store.Break(new ResourceVersionExpiredException("gone"));
        await Eventually.HoldsAsync(_time, TimeSpan.FromMilliseconds(100), () => _informer.ResourceVersion == "21");

        Assert.Empty(_informer.Unreadable);
        Assert.Empty(_informer.Cache.List());
        Assert.Equal(
            ["odd b", "odd c", "->3 a", "odd a", "no more odd a", "3>- a", "no more odd b", "no more odd c"],
            _told
        );
    }

    [Fact]
    public async Task What_can_be_read_again_as_it_was_is_told_as_no_more_odd_though_nothing_else_changed()
    {
        await _pump;
        _store.List = () => new ResourceList<Widget>([Make("a", "3")], "7");
        await StartAsync();
        _store.SendOdd(ResourceEventType.Modified, Odd("a"), "8");
        _store.Send(ResourceEventType.Modified, Make("a", "3"), "9");
        await Eventually.HoldsAsync(() => _informer.ResourceVersion == "9");

        Assert.Equal(["->3 a", "odd a", "no more odd a"], _told);
    }

    [Fact]
    public async Task How_long_ago_the_store_was_heard_counts_lists_events_and_bookmarks_but_no_failures()
    {
        await _pump;
        await StartAsync();
        _time.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(TimeSpan.FromSeconds(50), _informer.SinceHeard);
        _store.Send(ResourceEventType.Bookmark, null, "15");
        await Eventually.HoldsAsync(() => _informer.SinceHeard == TimeSpan.Zero);
        _time.Advance(TimeSpan.FromSeconds(20));
        var watches = _store.WatchedFrom.Count;
        _store.Break(new HttpRequestException("refused"));
        await Eventually.HoldsAsync(_time, TimeSpan.FromMilliseconds(100), () => _store.WatchedFrom.Count > watches);

        Assert.True(_informer.SinceHeard > TimeSpan.FromSeconds(20));
        Assert.True(_informer.SinceActive < TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Failures_back_off_exponentially_and_keep_the_version()
    {
        await _pump;
        await StartAsync();
        List<double> waits = [];
        for (var failure = 0; failure < 12; failure++)
        {
            var before = _time.GetUtcNow();
            _store.Break(new HttpRequestException("refused"));
            var count = _store.WatchedFrom.Count;
            await Eventually.HoldsAsync(_time, TimeSpan.FromMilliseconds(100), () => _store.WatchedFrom.Count > count);
            waits.Add((_time.GetUtcNow() - before).TotalSeconds);
        }

        double[] least = [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30, 30, 30];
        Assert.All(waits.Zip(least), pair => Assert.True(pair.First >= pair.Second - 0.001, $"{pair}"));
        Assert.All(_store.WatchedFrom, version => Assert.Equal("1", version));
        Assert.Equal(1, _store.Lists);
    }

    [Fact]
    public async Task A_silent_watch_counts_as_dead()
    {
        await _pump;
        await StartAsync();
        await Eventually.HoldsAsync(_time, TimeSpan.FromSeconds(30), () => _store.WatchedFrom.Count == 2);

        Assert.True(_time.GetUtcNow() - _time.Start >= TimeSpan.FromMinutes(3));
        Assert.Equal(1, _store.Lists);
    }

    [Fact]
    public async Task A_list_that_fails_is_tried_until_it_succeeds()
    {
        await _pump;
        var fails = 3;
        _store.List = () =>
            fails-- > 0 ? throw new HttpRequestException("refused") : new ResourceList<Widget>([Make("a", "3")], "7");
        _running = _informer.RunAsync(_stop.Token);
        Assert.False(_informer.Synced.IsCompleted);
        await Eventually.HoldsAsync(_time, TimeSpan.FromMilliseconds(100), () => _informer.Synced.IsCompleted);

        Assert.Equal(4, _store.Lists);
    }

    [Fact]
    public async Task An_index_follows_every_change()
    {
        await _pump;
        _informer.Cache.AddIndex("size", widget => [$"{widget.Spec.Size}"]);
        _store.List = () => new ResourceList<Widget>([Make("a", "3", size: 1), Make("b", "4", size: 1)], "7");
        await StartAsync();
        Assert.Equal(2, _informer.Cache.ByIndex("size", "1").Count);
        _store.Send(ResourceEventType.Modified, Make("a", "8", size: 2), "8");
        _store.Send(ResourceEventType.Deleted, Make("b", "9", size: 1), "9");
        await Eventually.HoldsAsync(() => _informer.ResourceVersion == "9");

        Assert.Empty(_informer.Cache.ByIndex("size", "1"));
        Assert.Equal("a", Assert.Single(_informer.Cache.ByIndex("size", "2")).Metadata.Name);
        _informer.Cache.AddIndex("late", widget => [widget.Metadata.Name]);
        Assert.Single(_informer.Cache.ByIndex("late", "a"));
    }

    private async Task StartAsync()
    {
        _running = _informer.RunAsync(_stop.Token);
        await _informer.Synced;
        await Eventually.HoldsAsync(() => _store.WatchedFrom.Count == 1);
    }

    private static Widget Make(string name, string version, int size = 1) =>
        new()
        {
            Metadata = new V1ObjectMeta
            {
                Name = name,
                NamespaceProperty = "test",
                ResourceVersion = version,
                Uid = name,
            },
            Spec = new WidgetSpec { Size = size },
        };

    private static UnreadableResource Odd(string name) =>
        new(new ResourceKey("test", name), "odd")
        {
            Json = $$$"""{"metadata":{"name":"{{{name}}}","namespace":"test"}}""",
        };
}

using System.Collections.Concurrent;
using ExchangeVirt.Runtime.Directories;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Tests.Directories;

/// <summary>How other processes reach a running operator.</summary>
public sealed class ControlAndRequestTests : IDisposable
{
    private readonly Estate _estate = new();

    public void Dispose() => _estate.Dispose();

    [Fact]
    public async Task A_pause_by_another_process_is_seen_by_the_very_next_read()
    {
        var other = new DirectoryControlState(_estate.State, _estate.Time);
        var running = new PauseSwitch(_estate.Store);
        Assert.Null(await running.ReadAsync(default));
        var pause = new PauseState(true, "switch replaced", "ada", _estate.Time.GetUtcNow());

        await new PauseSwitch(other).WriteAsync(pause, default);
        // Whoever reads it knows how a command names the place.
        Assert.Equal(pause with { CommandOptions = $" --state {_estate.State}" }, await running.ReadAsync(default));

        await new PauseSwitch(other).WriteAsync(pause with { IsPaused = false }, default);
        Assert.False((await running.ReadAsync(default))?.IsPaused);
        _estate.Restart();
        Assert.False((await new PauseSwitch(_estate.Store).ReadAsync(default))?.IsPaused);
    }

    [Theory]
    [InlineData("truncated")]
    [InlineData("missing")]
    public async Task A_pause_that_cannot_be_read_counts_as_paused(string damage)
    {
        var pause = new PauseSwitch(_estate.Store);
        foreach (var isPaused in new[] { true, false })
        {
            await pause.WriteAsync(new PauseState(isPaused, "", "ada", default), default);
        }

        var path = Path.Combine(_estate.State, "control", "pause.json");
        if (damage == "missing")
        {
            File.Delete(path);
        }
        else
        {
            await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path))[..20]);
        }

        var read = await pause.ReadAsync(default);
        Assert.True(read?.IsPaused);
        Assert.Contains(path, read?.Reason);
    }

    [Fact]
    public async Task A_control_value_is_written_only_over_what_was_read()
    {
        var control = _estate.Store;
        var first = await control.SetControlAsync("epoch", "1", null, default);
        await Assert.ThrowsAsync<ResourceConflictException>(() => control.SetControlAsync("epoch", "1", null, default));
        var second = await control.SetControlAsync("epoch", "2", first.Revision, default);
        await Assert.ThrowsAsync<ResourceConflictException>(() =>
            control.SetControlAsync("epoch", "3", first.Revision, default)
        );

        Assert.Equal(second, await control.GetControlAsync("epoch", default));
        await Assert.ThrowsAsync<ArgumentException>(() => control.SetControlAsync("../epoch", "3", null, default));
    }

    [Fact]
    public async Task No_two_operators_ever_get_the_same_epoch()
    {
        // As from two processes, at the same time.
        var other = new DirectoryControlState(_estate.State, _estate.Time);
        var numbers = new ConcurrentBag<long>();
        IControlState[] both = [_estate.Store, other];
        var threads = both.Select(control => new Thread(() =>
            {
                for (var number = 0; number < 10; number++)
                {
                    numbers.Add(control.IncrementControlAsync("epoch", default).GetAwaiter().GetResult());
                }
            }))
            .ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        _estate.Restart();

        Assert.Equal(Enumerable.Range(1, 20).Select(number => (long)number), numbers.Order());
        Assert.Equal(21, await _estate.Store.IncrementControlAsync("epoch", default));
        Assert.Equal("uid", await _estate.Store.GetOrAddControlAsync("installation", () => "uid", default));
        Assert.Equal("uid", await _estate.Store.GetOrAddControlAsync("installation", () => "other", default));
    }

    [Fact]
    public async Task A_change_by_another_process_is_told_at_the_next_look()
    {
        var other = new DirectoryControlState(_estate.State, _estate.Time);
        await using var watch = _estate.Store.WatchControlAsync("pause", default).GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync());
        Assert.Null(watch.Current);
        var next = watch.MoveNextAsync().AsTask();

        await other.SetControlAsync("pause", "on", null, default);
        _estate.Store.Scan();
        await Eventually.HoldsAsync(() => next.IsCompleted);
        Assert.Equal("on", watch.Current?.Value);

        // Without any hint it is found by asking every second.
        var revision = watch.Current?.Revision;
        next = watch.MoveNextAsync().AsTask();
        await other.SetControlAsync("pause", "off", revision, default);
        await Eventually.HoldsAsync(_estate.Time, TimeSpan.FromSeconds(1), () => next.IsCompleted);
        Assert.Equal("off", watch.Current?.Value);
    }

    [Fact]
    public async Task A_delete_request_is_done_and_acknowledged_by_its_removal()
    {
        var widget = await MakeAsync("a");
        var requests = new DirectoryRequests(_estate.State);
        requests.Post(Delete(widget));
        requests.Post(Delete(widget));
        Assert.True(requests.IsPending("Widget", Estate.Key("a")));
        Assert.NotNull(await _estate.GetAsync("a"));

        _estate.Store.Scan();

        Assert.False(requests.IsPending("Widget", Estate.Key("a")));
        Assert.Null(await _estate.GetAsync("a"));
    }

    [Fact]
    public async Task A_delete_request_waits_for_an_operator_that_is_down()
    {
        var widget = await MakeAsync("a");
        _estate.Store.Dispose();
        new DirectoryRequests(_estate.State).Post(Delete(widget));

        _estate.Restart();
        Assert.NotNull(await _estate.GetAsync("a"));
        _estate.Store.Scan();
        Assert.Null(await _estate.GetAsync("a"));
    }

    [Fact]
    public async Task A_delete_request_that_is_met_again_after_a_crash_leaves_a_new_object_of_the_name_alone()
    {
        var widget = await MakeAsync("a");
        new DirectoryRequests(_estate.State).Post(Delete(widget));
        var path = Assert.Single(Directory.GetFiles(Path.Combine(_estate.State, "requests")));
        var request = await File.ReadAllBytesAsync(path);
        _estate.Store.Scan();
        _estate.Remove("a.json");
        _estate.Settle();
        await MakeAsync("a");

        // As if the operator had died between doing and acknowledging.
        await File.WriteAllBytesAsync(path, request);
        _estate.Store.Scan();

        Assert.False(File.Exists(path));
        Assert.Null((await _estate.MustGetAsync("a")).Metadata.DeletionTimestamp);
    }

    [Fact]
    public async Task A_file_that_is_no_request_is_set_aside_and_stops_nothing()
    {
        var widget = await MakeAsync("a");
        var directory = Path.Combine(_estate.State, "requests");
        await File.WriteAllTextAsync(Path.Combine(directory, "0.json"), "{");
        await File.WriteAllTextAsync(Path.Combine(directory, "1.json"), """{"version":9}""");
        new DirectoryRequests(_estate.State).Post(Delete(widget));

        _estate.Store.Scan();

        Assert.Null(await _estate.GetAsync("a"));
        Assert.Equal(
            ["0.json.refused", "1.json.refused"],
            Directory.GetFiles(directory).Select(Path.GetFileName).Order()
        );
    }

    [Fact]
    public void A_request_to_no_state_directory_is_refused()
    {
        var requests = new DirectoryRequests(Path.Combine(_estate.Root, "nowhere"));

        Assert.Throws<DirectoryNotFoundException>(() =>
            requests.Post(new DeleteRequest("Widget", Estate.Key("a"), "uid", "ada", default))
        );
    }

    [Fact]
    public async Task The_regular_look_finds_what_no_hint_told()
    {
        using var stop = new CancellationTokenSource();
        var running = _estate.Store.RunAsync(stop.Token);
        _estate.Declare("a");
        await Eventually.HoldsAsync(
            _estate.Time,
            TimeSpan.FromMilliseconds(500),
            () => _estate.Reader.Get<Widget>(Estate.Key("a")) is not null
        );
        new DirectoryRequests(_estate.State).Post(Delete(await _estate.MustGetAsync("a")));
        await Eventually.HoldsAsync(
            _estate.Time,
            TimeSpan.FromMilliseconds(500),
            () => _estate.Reader.Get<Widget>(Estate.Key("a")) is null
        );

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task The_file_system_hints_at_manifests_and_requests()
    {
        using var hints = FileSystemChangeHints.For(_estate.Options);
        var first = hints.WaitAsync(default);
        _estate.Declare("a");
        await first.WaitAsync(TimeSpan.FromMinutes(2));

        Assert.False(new NoChangeHints().WaitAsync(default).IsCompleted);
    }

    private async Task<Widget> MakeAsync(string name)
    {
        _estate.Declare(name);
        _estate.Settle();
        return await _estate.MustGetAsync(name);
    }

    private static DeleteRequest Delete(Widget widget) =>
        new("Widget", widget.Key(), widget.Metadata.Uid, "ada", DateTimeOffset.UnixEpoch);
}

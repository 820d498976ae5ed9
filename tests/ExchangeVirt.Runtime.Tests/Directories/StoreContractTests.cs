using ExchangeVirt.Runtime.Directories;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Tests.Directories;

/// <summary>What controllers may rely on, whichever store is behind.</summary>
public sealed class StoreContractTests : IDisposable
{
    private readonly Estate _estate = new();

    public StoreContractTests()
    {
        _estate.Declare("a", "b");
        _estate.Settle();
    }

    private DirectoryStore Store => _estate.Store;

    public void Dispose() => _estate.Dispose();

    [Fact]
    public async Task A_new_object_has_the_metadata_that_an_api_server_gives()
    {
        var widget = await _estate.MustGetAsync("a");

        Assert.Equal("00000001-0000-0000-0000-000000000000", widget.Metadata.Uid);
        Assert.Equal(1, widget.Metadata.Generation);
        Assert.Equal(_estate.Time.GetUtcNow().UtcDateTime, widget.Metadata.CreationTimestamp);
        Assert.Null(widget.Metadata.DeletionTimestamp);
        Assert.Null(widget.Status);
    }

    [Fact]
    public async Task Only_the_status_of_a_status_write_is_taken()
    {
        var widget = await _estate.MustGetAsync("a");
        widget.Spec.Size = 99;
        widget.Metadata.Annotations = new Dictionary<string, string> { ["x"] = "y" };
        widget.Metadata.Finalizers = ["f"];
        widget.Status = new WidgetStatus { Phase = "Seen" };

        var written = await Store.UpdateStatusAsync(widget, default);

        Assert.Equal((1, "Seen", 1), (written.Spec.Size, written.Status?.Phase, (int)written.Metadata.Generation!));
        Assert.Null(written.Metadata.Finalizers);
        Assert.NotEqual(widget.Metadata.ResourceVersion, written.Metadata.ResourceVersion);
        Assert.Equal(written.Metadata.ResourceVersion, (await _estate.MustGetAsync("a")).Metadata.ResourceVersion);
    }

    [Fact]
    public async Task An_unchanged_status_is_not_written()
    {
        var first = await WriteStatusAsync("Seen");
        var file = await File.ReadAllBytesAsync(_estate.ObjectFile("a"));
        var written = File.GetLastWriteTimeUtc(_estate.ObjectFile("a"));
        var list = await Store.ListAsync<Widget>(default);

        var second = await WriteStatusAsync("Seen");

        Assert.Equal(first.Metadata.ResourceVersion, second.Metadata.ResourceVersion);
        Assert.Equal(file, await File.ReadAllBytesAsync(_estate.ObjectFile("a")));
        Assert.Equal(written, File.GetLastWriteTimeUtc(_estate.ObjectFile("a")));
        Assert.Equal(list.ResourceVersion, (await Store.ListAsync<Widget>(default)).ResourceVersion);
    }

    [Fact]
    public async Task A_write_from_an_old_version_is_a_conflict()
    {
        var old = await _estate.MustGetAsync("a");
        await WriteStatusAsync("Seen");
        old.Status = new WidgetStatus { Phase = "Late" };

        await Assert.ThrowsAsync<ResourceConflictException>(() => Store.UpdateStatusAsync(old, default));
        await Assert.ThrowsAsync<ResourceConflictException>(() =>
            Store.PatchMetadataAsync(old, new MetadataPatch { Finalizers = ["f"] }, default)
        );
        Assert.Equal("Seen", (await _estate.MustGetAsync("a")).Status?.Phase);
    }

    [Fact]
    public async Task A_write_to_what_is_gone_is_told_from_a_conflict()
    {
        var widget = await _estate.MustGetAsync("a");
        Assert.True(await Store.DeleteAsync<Widget>(Estate.Key("a"), default));
        Assert.False(await Store.DeleteAsync<Widget>(Estate.Key("a"), default));

        await Assert.ThrowsAsync<ResourceNotFoundException>(() => Store.UpdateStatusAsync(widget, default));
        Assert.Null(await _estate.GetAsync("a"));
    }

    [Fact]
    public async Task Finalizers_hold_a_deleted_object_until_the_last_is_removed()
    {
        var widget = await _estate.MustGetAsync("a");
        widget = await Store.PatchMetadataAsync(widget, new MetadataPatch { Finalizers = ["one", "two"] }, default);
        await Store.DeleteAsync<Widget>(Estate.Key("a"), default);
        await Store.DeleteAsync<Widget>(Estate.Key("a"), default);

        var deleted = await _estate.MustGetAsync("a");
        Assert.NotNull(deleted.Metadata.DeletionTimestamp);
        Assert.Equal(2, deleted.Metadata.Generation);
        deleted = await Store.PatchMetadataAsync(deleted, new MetadataPatch { Finalizers = ["two"] }, default);
        Assert.NotNull(await _estate.GetAsync("a"));
        await Store.PatchMetadataAsync(deleted, new MetadataPatch { Finalizers = [] }, default);
        Assert.Null(await _estate.GetAsync("a"));
    }

    [Fact]
    public async Task Generation_rises_only_when_what_is_asked_for_changes()
    {
        await WriteStatusAsync("Seen");
        _estate.Write("a.json", Estate.Json("a", annotations: """{"note":"new"}"""));
        _estate.Settle();
        var annotated = await _estate.MustGetAsync("a");
        Assert.Equal((1, "new"), ((int)annotated.Metadata.Generation!, annotated.Metadata.Annotations["note"]));

        // The same content in another order and layout asks for nothing new.
        _estate.Write(
            "a.json",
            """
            {"spec": {"size": 1}, "metadata": {"annotations": {"note": "new"}, "namespace": "test", "name": "a"},
             "kind": "Widget", "apiVersion": "tests.example/v1"}
            """
        );
        _estate.Settle();
        Assert.Equal(annotated.Metadata.ResourceVersion, (await _estate.MustGetAsync("a")).Metadata.ResourceVersion);

        _estate.Write("a.json", Estate.Json("a", size: 2));
        _estate.Settle();
        var changed = await _estate.MustGetAsync("a");
        Assert.Equal((2, 2, "Seen"), ((int)changed.Metadata.Generation!, changed.Spec.Size, changed.Status?.Phase));
    }

    [Fact]
    public async Task Annotations_of_the_operator_live_beside_those_of_the_manifest()
    {
        _estate.Write("a.json", Estate.Json("a", annotations: """{"ask":"now","keep":"1"}"""));
        _estate.Settle();
        var widget = await Store.PatchMetadataAsync(
            await _estate.MustGetAsync("a"),
            new MetadataPatch
            {
                SetAnnotations = new Dictionary<string, string> { ["own"] = "x" },
                RemoveAnnotations = ["ask"],
            },
            default
        );
        Assert.Equal(["keep", "own"], widget.Metadata.Annotations.Keys.Order());
        Assert.Equal(
            2,
            (await Store.PatchMetadataAsync(widget, new MetadataPatch(), default)).Metadata.Annotations.Count
        );

        _estate.Restart();
        _estate.Settle();
        widget = await _estate.MustGetAsync("a");
        Assert.Equal(["keep", "own"], widget.Metadata.Annotations.Keys.Order());

        // What the manifest asks anew is shown again.
        _estate.Write("a.json", Estate.Json("a", annotations: """{"ask":"again"}"""));
        _estate.Settle();
        widget = await Store.PatchMetadataAsync(
            await _estate.MustGetAsync("a"),
            new MetadataPatch { RemoveAnnotations = ["own"] },
            default
        );
        Assert.Equal("ask", Assert.Single(widget.Metadata.Annotations.Keys));
    }

    [Fact]
    public async Task A_watch_tells_every_change_after_the_list_in_order()
    {
        using var stop = new CancellationTokenSource();
        var list = await Store.ListAsync<Widget>(default);
        await WriteStatusAsync("Seen");
        await using var watch = Store.WatchAsync<Widget>(list.ResourceVersion, stop.Token).GetAsyncEnumerator();
        var modified = await NextAsync(watch);
        await Store.DeleteAsync<Widget>(Estate.Key("a"), default);
        var deleted = await NextAsync(watch);
        _estate.Declare("c");
        _estate.Settle();
        var added = await NextAsync(watch);

        Assert.Equal((ResourceEventType.Modified, "Seen"), (modified.Type, modified.Object?.Status?.Phase));
        Assert.Equal((ResourceEventType.Deleted, "a"), (deleted.Type, deleted.Object?.Metadata.Name));
        Assert.Equal((ResourceEventType.Added, "c"), (added.Type, added.Object?.Metadata.Name));
        Assert.Equal(modified.ResourceVersion, modified.Object?.Metadata.ResourceVersion);

        var quiet = watch.MoveNextAsync().AsTask();
        await Eventually.HoldsAsync(_estate.Time, TimeSpan.FromSeconds(10), () => quiet.IsCompleted);
        Assert.Equal(ResourceEventType.Bookmark, watch.Current.Type);

        var next = watch.MoveNextAsync();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
    }

    [Fact]
    public async Task A_watch_from_a_forgotten_or_foreign_version_has_expired()
    {
        _estate.Options = _estate.Options with { History = 3 };
        _estate.Restart();
        _estate.Settle();
        var old = (await Store.ListAsync<Widget>(default)).ResourceVersion;
        for (var number = 0; number < 4; number++)
        {
            await WriteStatusAsync($"Seen{number}");
        }

        foreach (var version in new[] { old, "0", "999999999", "nonsense", "" })
        {
            await using var watch = Store.WatchAsync<Widget>(version, default).GetAsyncEnumerator();
            await Assert.ThrowsAsync<ResourceVersionExpiredException>(async () => await watch.MoveNextAsync());
        }
    }

    [Fact]
    public async Task Versions_never_repeat_over_deletions_and_restarts()
    {
        var seen = long.Parse((await WriteStatusAsync("Seen")).Metadata.ResourceVersion);
        for (var life = 0; life < 3; life++)
        {
            await Store.DeleteAsync<Widget>(Estate.Key("a"), default);
            _estate.Remove("a.json");
            _estate.Settle();
            _estate.Restart();
            _estate.Declare("a");
            _estate.Settle();
            var next = long.Parse((await WriteStatusAsync("Seen")).Metadata.ResourceVersion);
            Assert.True(next > seen, $"{next} after {seen}");
            seen = next;
        }
    }

    [Fact]
    public async Task The_same_event_raises_its_count_and_the_number_of_events_is_bound()
    {
        var at = _estate.Time.GetUtcNow();
        var widget = await _estate.MustGetAsync("a");
        for (var number = 0; number < 40; number++)
        {
            await RecordAsync($"Reason{number}", number);
            await RecordAsync("Often", number);
        }

        var events = await Store.ListEventsAsync("Widget", Estate.Key("a"), default);
        var often = Assert.Single(events, record => record.Reason == "Often");
        Assert.Equal((40, at, at.AddMinutes(39)), (often.Count, often.FirstTimestamp, often.LastTimestamp));
        Assert.Equal(32, events.Count);
        Assert.Empty(await Store.ListEventsAsync("Widget", Estate.Key("b"), default));
        _estate.Restart();
        Assert.Equal(events, await Store.ListEventsAsync(null, null, default));
        Assert.Equal(events, _estate.Reader.ListEvents());

        Task RecordAsync(string reason, int minute) =>
            Store.RecordEventAsync(
                new EventRecord(
                    widget.Reference(),
                    EventType.Normal,
                    reason,
                    "It happened.",
                    1,
                    at.AddMinutes(minute),
                    at.AddMinutes(minute)
                ),
                default
            );
    }

    [Fact]
    public async Task An_object_that_does_not_fit_its_type_does_not_hide_the_others()
    {
        _estate.Write("b.json", Estate.Json("b").Replace("\"size\":1", "\"size\":\"large\""));
        _estate.Settle();

        var list = await Store.ListAsync<Widget>(default);

        Assert.Equal("a", Assert.Single(list.Items).Metadata.Name);
        Assert.Equal(Estate.Key("b"), Assert.Single(list.Unreadable).Key);
    }

    private async Task<Widget> WriteStatusAsync(string phase)
    {
        var widget = await _estate.MustGetAsync("a");
        widget.Status = new WidgetStatus { Phase = phase };
        return await Store.UpdateStatusAsync(widget, default);
    }

    private static async Task<ResourceEvent<Widget>> NextAsync(IAsyncEnumerator<ResourceEvent<Widget>> watch)
    {
        Assert.True(await watch.MoveNextAsync());
        return watch.Current;
    }
}

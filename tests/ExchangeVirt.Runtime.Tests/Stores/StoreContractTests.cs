using System.Text.Json.Nodes;
using ExchangeVirt.Runtime.Stores;
using k8s.Models;

namespace ExchangeVirt.Runtime.Tests.Stores;

/// <summary>What controllers may rely on, whichever store is behind.</summary>
public abstract class StoreContractTests : IAsyncLifetime
{
    private static readonly DateTimeOffset s_at = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private IStoreUnderTest _under = null!;

    private IResourceStore Store => _under.Store;

    protected abstract Task<IStoreUnderTest> OpenAsync();

    public async ValueTask InitializeAsync()
    {
        _under = await OpenAsync();
        await _under.DeclareAsync("a");
        await _under.DeclareAsync("b");
    }

    public async ValueTask DisposeAsync()
    {
        await _under.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_new_object_has_the_metadata_that_an_api_server_gives()
    {
        var a = await MustGetAsync("a");
        var b = await MustGetAsync("b");

        Assert.Equal(
            ("a", _under.Namespace, 1),
            (a.Metadata.Name, a.Metadata.NamespaceProperty, (int)a.Metadata.Generation!)
        );
        Assert.True(Guid.TryParse(a.Metadata.Uid, out _), a.Metadata.Uid);
        Assert.NotEqual(a.Metadata.Uid, b.Metadata.Uid);
        Assert.NotEmpty(a.Metadata.ResourceVersion);
        Assert.Equal(DateTimeKind.Utc, a.Metadata.CreationTimestamp?.Kind);
        Assert.Null(a.Metadata.DeletionTimestamp);
        Assert.Equal(["a", "b"], await NamesAsync());
    }

    [Fact]
    public async Task Only_the_status_of_a_status_write_is_taken()
    {
        var widget = await MustGetAsync("a");
        widget.Spec.Size = 99;
        widget.Metadata.Annotations = new Dictionary<string, string> { ["x"] = "y" };
        widget.Metadata.Finalizers = ["tests.example/f"];
        widget.Status = new WidgetStatus { Phase = "Seen" };

        var written = await Store.UpdateStatusAsync(widget, default);

        Assert.Equal((1, "Seen", 1), (written.Spec.Size, written.Status?.Phase, (int)written.Metadata.Generation!));
        Assert.Null(written.Metadata.Finalizers);
        Assert.False(written.Metadata.Annotations?.ContainsKey("x") ?? false);
        Assert.NotEqual(widget.Metadata.ResourceVersion, written.Metadata.ResourceVersion);
        Assert.Equal(written.Metadata.ResourceVersion, (await MustGetAsync("a")).Metadata.ResourceVersion);
    }

    [Fact]
    public async Task An_unchanged_status_is_not_written()
    {
        var first = await WriteStatusAsync("Seen");

        var second = await WriteStatusAsync("Seen");
        var listed = Assert.Single(
            (await Store.ListAsync<Widget>(default)).Items,
            each => each.Metadata.Name == "a" && each.Metadata.NamespaceProperty == _under.Namespace
        );
        var third = await Store.UpdateStatusAsync(listed, default);

        Assert.Equal(first.Metadata.ResourceVersion, second.Metadata.ResourceVersion);
        Assert.Equal(first.Metadata.ResourceVersion, third.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task A_text_is_kept_character_by_character()
    {
        // Beyond the basic plane, what looks like an escape and is none, and what YAML takes for the end of a line.
        const string Text = "𠮷野家 😀 \\ud842\\udfb7 \u0001\u007f\u0085\u2028\ufeff \"quoted\" C:\\new\tline\n";
        var widget = await MustGetAsync("a");
        widget.Status = new WidgetStatus { Note = Text };

        var written = await Store.UpdateStatusAsync(widget, default);
        var read = await MustGetAsync("a");

        Assert.Equal(Text, written.Status?.Note);
        Assert.Equal(Text, read.Status?.Note);
        var again = await Store.UpdateStatusAsync(read, default);
        Assert.Equal(read.Metadata.ResourceVersion, again.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task What_a_status_leaves_out_is_removed()
    {
        await WriteStatusAsync("Seen");
        var widget = await MustGetAsync("a");
        widget.Status = new WidgetStatus { Note = "Only this." };

        var written = await Store.UpdateStatusAsync(widget, default);
        var read = await MustGetAsync("a");

        Assert.Equal((null, "Only this."), (written.Status?.Phase, written.Status?.Note));
        Assert.Equal((null, "Only this."), (read.Status?.Phase, read.Status?.Note));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("old")]
    public async Task What_a_status_leaves_out_is_removed_whole_and_may_come_again(string name)
    {
        await _under.DeclareOldAsync("old");
        var widget = await MustGetAsync(name);
        for (var round = 0; round < 2; round++)
        {
            widget.Status = new WidgetStatus
            {
                Phase = "Seen",
                Part = new WidgetPart { Of = "a whole" },
                Parts = ["one", "two"],
                Conditions = [new WidgetCondition("Ready", "True"), new WidgetCondition("Stalled", "True")],
            };
            widget = await Store.UpdateStatusAsync(widget, default);
            Assert.Equal(("a whole", 2), (widget.Status?.Part?.Of, widget.Status?.Parts?.Count));
            widget.Status = new WidgetStatus { Phase = "Seen", Conditions = [new WidgetCondition("Ready", "False")] };
            widget = await Store.UpdateStatusAsync(widget, default);
            Assert.Equal((null, null), (widget.Status?.Part, widget.Status?.Parts));
            Assert.Equal([new WidgetCondition("Ready", "False")], widget.Status?.Conditions);
        }

        var read = await MustGetAsync(name);
        Assert.Equal(("Seen", null, null), (read.Status?.Phase, read.Status?.Part, read.Status?.Parts));
        Assert.Equal(widget.Metadata.ResourceVersion, read.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task A_write_from_an_old_version_is_a_conflict()
    {
        var old = await MustGetAsync("a");
        await WriteStatusAsync("Seen");
        old.Status = new WidgetStatus { Phase = "Late" };

        await Assert.ThrowsAsync<ResourceConflictException>(() => Store.UpdateStatusAsync(old, default));
        await Assert.ThrowsAsync<ResourceConflictException>(() =>
            Store.PatchMetadataAsync(old, new MetadataPatch { Finalizers = ["tests.example/f"] }, default)
        );
        Assert.Equal("Seen", (await MustGetAsync("a")).Status?.Phase);
    }

    [Fact]
    public async Task A_write_to_an_object_made_anew_under_the_same_name_is_a_conflict()
    {
        var old = await MustGetAsync("a");
        await Store.DeleteAsync<Widget>(Key("a"), default);
        await _under.DeclareAsync("a", size: 2);
        old.Status = new WidgetStatus { Phase = "Late" };

        await Assert.ThrowsAsync<ResourceConflictException>(() => Store.UpdateStatusAsync(old, default));
        Assert.NotEqual("Late", (await MustGetAsync("a")).Status?.Phase);
    }

    [Fact]
    public async Task A_write_to_what_is_gone_is_told_from_a_conflict()
    {
        var widget = await MustGetAsync("a");
        Assert.True(await Store.DeleteAsync<Widget>(Key("a"), default));
        Assert.False(await Store.DeleteAsync<Widget>(Key("a"), default));
        widget.Status = new WidgetStatus { Phase = "Late" };

        await Assert.ThrowsAsync<ResourceNotFoundException>(() => Store.UpdateStatusAsync(widget, default));
        await Assert.ThrowsAsync<ResourceNotFoundException>(() =>
            Store.PatchMetadataAsync(widget, new MetadataPatch { Finalizers = ["tests.example/f"] }, default)
        );
        Assert.Null(await Store.GetAsync<Widget>(Key("a"), default));
    }

    [Fact]
    public async Task Finalizers_hold_a_deleted_object_until_the_last_is_removed()
    {
        var widget = await MustGetAsync("a");
        widget = await Store.PatchMetadataAsync(
            widget,
            new MetadataPatch { Finalizers = ["tests.example/one", "tests.example/two"] },
            default
        );
        await Store.DeleteAsync<Widget>(Key("a"), default);
        await Store.DeleteAsync<Widget>(Key("a"), default);

        var deleted = await MustGetAsync("a");
        Assert.NotNull(deleted.Metadata.DeletionTimestamp);
        Assert.Equal(2, deleted.Metadata.Generation);
        deleted = await Store.PatchMetadataAsync(
            deleted,
            new MetadataPatch { Finalizers = ["tests.example/two"] },
            default
        );
        Assert.NotNull(await Store.GetAsync<Widget>(Key("a"), default));
        await Store.PatchMetadataAsync(deleted, new MetadataPatch { Finalizers = [] }, default);
        Assert.Null(await Store.GetAsync<Widget>(Key("a"), default));
    }

    [Fact]
    public async Task A_status_written_after_the_finalizer_leaves_the_finalizer_removable()
    {
        var widget = await MustGetAsync("a");
        widget = await Store.PatchMetadataAsync(
            widget,
            new MetadataPatch { Finalizers = ["tests.example/one"] },
            default
        );
        widget.Status = new WidgetStatus { Phase = "Seen" };
        widget = await Store.UpdateStatusAsync(widget, default);

        widget = await Store.PatchMetadataAsync(widget, new MetadataPatch { Finalizers = [] }, default);

        Assert.Empty(widget.Metadata.Finalizers ?? []);
        Assert.Equal("Seen", (await MustGetAsync("a")).Status?.Phase);
    }

    [Fact]
    public async Task A_metadata_patch_that_changes_nothing_is_not_written()
    {
        var widget = await Store.PatchMetadataAsync(
            await MustGetAsync("a"),
            new MetadataPatch
            {
                Finalizers = ["tests.example/one"],
                SetAnnotations = new Dictionary<string, string> { ["own"] = "x" },
            },
            default
        );

        var again = await Store.PatchMetadataAsync(
            widget,
            new MetadataPatch
            {
                Finalizers = ["tests.example/one"],
                SetAnnotations = new Dictionary<string, string> { ["own"] = "x" },
                RemoveAnnotations = ["never-there"],
            },
            default
        );

        Assert.Equal(widget.Metadata.ResourceVersion, again.Metadata.ResourceVersion);
        Assert.Equal(widget.Metadata.ResourceVersion, (await MustGetAsync("a")).Metadata.ResourceVersion);
    }

    [Fact]
    public async Task Generation_rises_only_when_what_is_asked_for_changes()
    {
        await WriteStatusAsync("Seen");
        await _under.DeclareAsync("a", annotations: new Dictionary<string, string> { ["note"] = "new" });
        var annotated = await MustGetAsync("a");
        Assert.Equal((1, "new"), ((int)annotated.Metadata.Generation!, annotated.Metadata.Annotations["note"]));

        await _under.DeclareAsync("a", size: 2);
        var changed = await MustGetAsync("a");
        Assert.Equal((2, 2, "Seen"), ((int)changed.Metadata.Generation!, changed.Spec.Size, changed.Status?.Phase));
    }

    [Fact]
    public async Task A_watch_tells_every_change_after_the_list_in_order()
    {
        using var stop = new CancellationTokenSource();
        var list = await Store.ListAsync<Widget>(default);
        await WriteStatusAsync("Seen");
        await using var watch = Watch(list.ResourceVersion, stop.Token).GetAsyncEnumerator();
        var modified = await NextAsync(watch);
        await Store.DeleteAsync<Widget>(Key("a"), default);
        var deleted = await NextAsync(watch);
        await _under.DeclareAsync("c");
        var added = await NextAsync(watch);

        Assert.Equal((ResourceEventType.Modified, "Seen"), (modified.Type, modified.Object?.Status?.Phase));
        Assert.Equal((ResourceEventType.Deleted, "a"), (deleted.Type, deleted.Object?.Metadata.Name));
        Assert.Equal((ResourceEventType.Added, "c"), (added.Type, added.Object?.Metadata.Name));
        Assert.Equal(modified.ResourceVersion, modified.Object?.Metadata.ResourceVersion);

        var next = watch.MoveNextAsync();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
    }

    [Fact]
    public async Task A_watch_resumes_from_the_version_of_any_event()
    {
        var list = await Store.ListAsync<Widget>(default);
        await WriteStatusAsync("One");
        await WriteStatusAsync("Two");
        ResourceEvent<Widget> first;
        await using (var watch = Watch(list.ResourceVersion, default).GetAsyncEnumerator())
        {
            first = await NextAsync(watch);
        }

        await using var resumed = Watch(first.ResourceVersion, default).GetAsyncEnumerator();
        var second = await NextAsync(resumed);

        Assert.Equal(("One", "Two"), (first.Object?.Status?.Phase, second.Object?.Status?.Phase));
    }

    [Fact]
    public async Task A_watch_from_a_forgotten_version_has_expired()
    {
        foreach (var version in new[] { await _under.ForgottenVersionAsync(), "0", "" })
        {
            await using var watch = Store.WatchAsync<Widget>(version, default).GetAsyncEnumerator();
            await Assert.ThrowsAsync<ResourceVersionExpiredException>(async () => await watch.MoveNextAsync());
        }
    }

    [Fact]
    public async Task The_same_event_raises_its_count()
    {
        var widget = await MustGetAsync("a");
        for (var minute = 0; minute < 3; minute++)
        {
            await RecordAsync(widget, "Often", count: minute + 1, s_at.AddMinutes(minute));
        }

        await RecordAsync(widget, "Once", count: 1, s_at);

        var events = await Store.ListEventsAsync("Widget", Key("a"), default);
        var often = Assert.Single(events, record => record.Reason == "Often");
        Assert.Equal((6, s_at, s_at.AddMinutes(2)), (often.Count, often.FirstTimestamp, often.LastTimestamp));
        Assert.Equal(
            (EventType.Warning, "It happened.", widget.Metadata.Uid),
            (often.Type, often.Message, often.Regarding.Uid)
        );
        Assert.Single(events, record => record.Reason == "Once");
        Assert.Empty(await Store.ListEventsAsync("Widget", Key("b"), default));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("−")]
    [InlineData("𠮷")]
    public async Task An_event_is_told_however_long_its_text_and_the_name_of_its_object_are(string letter)
    {
        var name = new string('n', 250);
        await _under.DeclareAsync(name);
        var widget = await MustGetAsync(name);
        var text = string.Concat(Enumerable.Repeat(letter, 3000));
        await Store.RecordEventAsync(
            new EventRecord(widget.Reference(), EventType.Warning, "Long", text, Count: 1, s_at, s_at),
            default
        );

        var told = Assert.Single(await Store.ListEventsAsync("Widget", Key(name), default));
        Assert.True(told.Message.Length > 300, told.Message);
        Assert.StartsWith(told.Message.TrimEnd('…'), text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_that_does_not_fit_its_type_does_not_hide_the_others()
    {
        var before = (await Store.ListAsync<Widget>(default)).ResourceVersion;
        await _under.DeclareOddAsync("odd");
        await _under.DeclareAsync("c");

        var list = await Store.ListAsync<Widget>(default);
        var odd = Assert.Single(list.Unreadable, each => each.Key == Key("odd"));
        Assert.Contains("size", odd.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("odd", (string?)JsonNode.Parse(odd.Json)!["metadata"]!["name"]);
        Assert.Equal(["a", "b", "c"], await NamesAsync());
        await using var watch = Watch(before, default).GetAsyncEnumerator();
        Assert.Equal(Key("odd"), (await NextAsync(watch)).Unreadable?.Key);
        Assert.Equal("c", (await NextAsync(watch)).Object?.Metadata.Name);
        var refused = await Assert.ThrowsAsync<ResourceUnreadableException>(() =>
            Store.GetAsync<Widget>(Key("odd"), default)
        );
        Assert.Equal(Key("odd"), refused.Resource.Key);
    }

    [Fact]
    public async Task An_object_that_does_not_fit_its_type_can_be_told_so_and_can_end()
    {
        await _under.DeclareOddAsync("odd");
        var odd = await OddAsync();
        await Store.WriteUnreadableFinalizersAsync<Widget>(odd, ["tests.example/one"], default);
        await Assert.ThrowsAsync<ResourceConflictException>(() =>
            Store.WriteUnreadableStatusAsync<Widget>(odd, """{"phase":"Late"}""", default)
        );

        odd = await OddAsync();
        await Store.WriteUnreadableStatusAsync<Widget>(odd, """{"phase":"NotUnderstood"}""", default);
        odd = await OddAsync();
        Assert.Equal("NotUnderstood", (string?)JsonNode.Parse(odd.Json)!["status"]!["phase"]);

        await Store.DeleteAsync<Widget>(Key("odd"), default);
        odd = await OddAsync();
        await Store.WriteUnreadableFinalizersAsync<Widget>(odd, [], default);
        Assert.DoesNotContain((await Store.ListAsync<Widget>(default)).Unreadable, each => each.Key == Key("odd"));

        async Task<UnreadableResource> OddAsync() =>
            Assert.Single((await Store.ListAsync<Widget>(default)).Unreadable, each => each.Key == Key("odd"));
    }

    private ResourceKey Key(string name) => new(_under.Namespace, name);

    private async Task<Widget> MustGetAsync(string name) =>
        await Store.GetAsync<Widget>(Key(name), default)
        ?? throw new InvalidOperationException($"{name} does not exist.");

    private async Task<IEnumerable<string>> NamesAsync() =>
        (await Store.ListAsync<Widget>(default))
            .Items.Where(each => each.Metadata.NamespaceProperty == _under.Namespace)
            .Select(static each => each.Metadata.Name)
            .Order(StringComparer.Ordinal);

    private async Task<Widget> WriteStatusAsync(string phase)
    {
        var widget = await MustGetAsync("a");
        widget.Status = new WidgetStatus { Phase = phase };
        return await Store.UpdateStatusAsync(widget, default);
    }

    private Task RecordAsync(Widget widget, string reason, int count, DateTimeOffset at) =>
        Store.RecordEventAsync(
            new EventRecord(widget.Reference(), EventType.Warning, reason, "It happened.", count, at, at),
            default
        );

    // Other tests may share the store, each in a namespace of its own.
    private IAsyncEnumerable<ResourceEvent<Widget>> Watch(string version, CancellationToken cancellationToken) =>
        Store
            .WatchAsync<Widget>(version, cancellationToken)
            .Where(change =>
                (change.Object?.Metadata.NamespaceProperty ?? change.Unreadable?.Key.Namespace) == _under.Namespace
            );

    private async Task<ResourceEvent<Widget>> NextAsync(IAsyncEnumerator<ResourceEvent<Widget>> watch)
    {
        var next = watch.MoveNextAsync().AsTask();
        await _under.UntilAsync(() => next.IsCompleted);
        Assert.True(await next);
        return watch.Current;
    }
}

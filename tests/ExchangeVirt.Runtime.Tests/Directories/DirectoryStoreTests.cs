using ExchangeVirt.Runtime.Directories;
using ExchangeVirt.Runtime.Stores;
using ExchangeVirt.Runtime.Tests.Stores;

namespace ExchangeVirt.Runtime.Tests.Directories;

/// <summary>The contract of every store, kept by a directory.</summary>
public sealed class DirectoryStoreContractTests : StoreContractTests
{
    protected override Task<IStoreUnderTest> OpenAsync() => Task.FromResult<IStoreUnderTest>(new DirectoryUnderTest());

    private sealed class DirectoryUnderTest : IStoreUnderTest
    {
        private readonly Estate _estate = new();

        public DirectoryUnderTest() => _estate.Options = _estate.Options with { History = 20 };

        public IResourceStore Store => _estate.Store;

        public string Namespace => "test";

        public Task DeclareAsync(string name, int size = 1, IReadOnlyDictionary<string, string>? annotations = null)
        {
            // A file that is there again after a deletion asks anew only once it was away.
            if (_estate.Reader.ListJson().All(each => (string?)each["metadata"]?["name"] != name))
            {
                _estate.Remove($"{name}.json");
                _estate.Settle();
            }

            return WriteAsync(
                name,
                Estate.Json(
                    name,
                    size,
                    System.Text.Json.JsonSerializer.Serialize(annotations ?? new Dictionary<string, string>())
                )
            );
        }

        public Task DeclareOldAsync(string name) => DeclareAsync(name);

        public Task DeclareOddAsync(string name) =>
            WriteAsync(name, Estate.Json(name).Replace("\"size\":1", "\"size\":\"large\"", StringComparison.Ordinal));

        public Task UntilAsync(Func<bool> state) =>
            Eventually.HoldsAsync(_estate.Time, TimeSpan.FromMilliseconds(100), state);

        public async Task<string> ForgottenVersionAsync()
        {
            var version = (await Store.ListAsync<Widget>(default)).ResourceVersion;
            for (var change = 0; change <= _estate.Options.History; change++)
            {
                await DeclareAsync("b", size: 100 + change);
            }

            return version;
        }

        public ValueTask DisposeAsync()
        {
            _estate.Dispose();
            return ValueTask.CompletedTask;
        }

        private Task WriteAsync(string name, string json)
        {
            _estate.Write($"{name}.json", json);
            _estate.Settle();
            return Task.CompletedTask;
        }
    }
}

/// <summary>What a directory keeps beyond the contract.</summary>
public sealed class DirectoryStoreTests : IDisposable
{
    private readonly Estate _estate = new();

    public DirectoryStoreTests()
    {
        _estate.Declare("a", "b");
        _estate.Settle();
    }

    private DirectoryStore Store => _estate.Store;

    public void Dispose() => _estate.Dispose();

    [Fact]
    public async Task A_new_object_has_no_status_whatever_its_manifest_says()
    {
        _estate.Write("fresh.json", Claiming("fresh", size: 1));
        _estate.Settle();

        Assert.Null((await _estate.MustGetAsync("fresh")).Status);
        Assert.Null(_estate.Reader.Get<Widget>(Estate.Key("fresh"))!.Status);
        Assert.All(_estate.Reader.ListJson(), static each => Assert.False(each.ContainsKey("status")));

        // Nor does a manifest change what the operator wrote.
        await WriteStatusAsync("Seen");
        _estate.Write("a.json", Claiming("a", size: 2));
        _estate.Settle();
        var changed = await _estate.MustGetAsync("a");
        Assert.Equal((2, "Seen"), (changed.Spec.Size, changed.Status?.Phase));
    }

    [Fact]
    public async Task An_unchanged_status_is_not_written_to_the_disk()
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
    public async Task Another_order_and_layout_of_a_manifest_asks_for_nothing_new()
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
    public async Task A_watch_from_a_foreign_version_has_expired()
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
    public async Task A_quiet_watch_is_told_that_nothing_happened()
    {
        var list = await Store.ListAsync<Widget>(default);
        await using var watch = Store.WatchAsync<Widget>(list.ResourceVersion, default).GetAsyncEnumerator();

        var quiet = watch.MoveNextAsync().AsTask();
        await Eventually.HoldsAsync(_estate.Time, TimeSpan.FromSeconds(10), () => quiet.IsCompleted);

        Assert.Equal(ResourceEventType.Bookmark, watch.Current.Type);
    }

    // A manifest that was exported with its status, and put back as it was.
    private static string Claiming(string name, int size) =>
        Estate
            .Json(name, size)
            .Replace("\"spec\":", "\"status\":{\"phase\":\"Ready\"},\"spec\":", StringComparison.Ordinal);

    private async Task<Widget> WriteStatusAsync(string phase)
    {
        var widget = await _estate.MustGetAsync("a");
        widget.Status = new WidgetStatus { Phase = phase };
        return await Store.UpdateStatusAsync(widget, default);
    }
}

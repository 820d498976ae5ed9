using System.Text.Json.Nodes;
using ExchangeVirt.Runtime.Directories;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Tests.Directories;

/// <summary>What outlives a crash, and what happens where it did not.</summary>
public sealed class StateTests : IDisposable
{
    private readonly Estate _estate = new();

    public void Dispose() => _estate.Dispose();

    [Fact]
    public async Task Everything_about_an_object_outlives_a_crash()
    {
        var before = await MakeAsync("a", "First", "Second");
        _estate.Restart();

        // Before any manifest is read: the last good spec is part of the state.
        var after = await _estate.MustGetAsync("a");
        Assert.Equal(before.Metadata.Uid, after.Metadata.Uid);
        Assert.Equal(before.Metadata.ResourceVersion, after.Metadata.ResourceVersion);
        Assert.Equal(before.Metadata.CreationTimestamp, after.Metadata.CreationTimestamp);
        Assert.Equal(["f"], after.Metadata.Finalizers);
        Assert.Equal(("Second", 1), (after.Status?.Phase, after.Spec.Size));
    }

    [Fact]
    public async Task A_write_that_was_not_finished_leaves_the_one_before()
    {
        var before = await MakeAsync("a", "First", "Second");
        var unfinished = _estate.ObjectFile("a") + ".4711.tmp";
        await File.WriteAllTextAsync(unfinished, """{"version":1,"checksum":"00","content":{"kind":"Wid""");
        _estate.Restart();

        Assert.Equal("Second", (await _estate.MustGetAsync("a")).Status?.Phase);
        Assert.Equal(before.Metadata.ResourceVersion, (await _estate.MustGetAsync("a")).Metadata.ResourceVersion);
        Assert.False(File.Exists(unfinished));
    }

    [Theory]
    [InlineData("truncated")]
    [InlineData("empty")]
    [InlineData("flipped")]
    [InlineData("zeroed")]
    [InlineData("missing")]
    public async Task A_damaged_newest_copy_gives_way_to_the_one_before(string damage)
    {
        var newest = await MakeAsync("a", "First", "Second");
        Damage(_estate.ObjectFile("a"), damage);
        Assert.Single(_estate.Reader.ListDamage());
        _estate.Restart();

        var recovered = await _estate.MustGetAsync("a");
        Assert.Equal(newest.Metadata.Uid, recovered.Metadata.Uid);
        Assert.Equal("First", recovered.Status?.Phase);

        // The next write is newer than the lost one, so nobody mistakes the one for the other.
        recovered.Status = new WidgetStatus { Phase = "Third" };
        var written = await _estate.Store.UpdateStatusAsync(recovered, default);
        Assert.True(long.Parse(written.Metadata.ResourceVersion) > long.Parse(newest.Metadata.ResourceVersion));
        _estate.Restart();
        Assert.Equal("Third", (await _estate.MustGetAsync("a")).Status?.Phase);
    }

    [Fact]
    public async Task Where_no_copy_is_whole_the_store_refuses_and_names_every_file()
    {
        await MakeAsync("a", "First", "Second");
        await MakeAsync("b", "First", "Second");
        _estate.Store.Dispose();
        foreach (var path in new[] { _estate.ObjectFile("a"), _estate.ObjectFile("b") })
        {
            Damage(path, "truncated");
            Damage(path + ".previous", "flipped");
        }

        var content = Snapshot();
        var refused = Assert.Throws<StateDamagedException>(() => _estate.Restart());

        Assert.Contains(_estate.ObjectFile("a"), refused.Message);
        Assert.Contains(_estate.ObjectFile("b"), refused.Message);
        Assert.Contains("Restore", refused.Message);
        Assert.Equal(content, Snapshot());
    }

    [Theory]
    [InlineData("truncated")]
    [InlineData("missing")]
    public async Task Versions_go_on_where_their_counter_was_lost(string damage)
    {
        var before = await MakeAsync("a", "First", "Second");
        _estate.Store.Dispose();
        foreach (var path in Directory.GetFiles(_estate.State, "meta.json*"))
        {
            Damage(path, damage);
        }

        _estate.Restart();
        var widget = await _estate.MustGetAsync("a");
        widget.Status = new WidgetStatus { Phase = "Third" };
        var after = await _estate.Store.UpdateStatusAsync(widget, default);

        Assert.True(long.Parse(after.Metadata.ResourceVersion) > long.Parse(before.Metadata.ResourceVersion) + 1000);
    }

    [Fact]
    public async Task State_of_a_newer_version_is_refused_and_not_touched()
    {
        await MakeAsync("a", "First", "Second");
        _estate.Store.Dispose();
        foreach (var file in new[] { _estate.ObjectFile("a"), Path.Combine(_estate.State, "meta.json") })
        {
            var good = await File.ReadAllTextAsync(file);
            await File.WriteAllTextAsync(file, good.Replace("\"version\":1", "\"version\":2"));
            var content = Snapshot();

            var refused = Assert.Throws<StateVersionException>(() => _estate.Restart());

            Assert.Contains("newer version", refused.Message);
            Assert.Equal(content, Snapshot());
            await File.WriteAllTextAsync(file, good);
        }

        _estate.Restart();
        Assert.Equal("Second", (await _estate.MustGetAsync("a")).Status?.Phase);
    }

    [Fact]
    public async Task A_status_write_touches_one_object_file()
    {
        await MakeAsync("a", "First", "Second");
        await MakeAsync("b", "First");
        var before = Snapshot();
        var widget = await _estate.MustGetAsync("a");
        widget.Status = new WidgetStatus { Phase = "Third" };

        await _estate.Store.UpdateStatusAsync(widget, default);

        var changed = Snapshot().Except(before).Select(pair => pair.Key).Order().ToList();
        Assert.Equal([_estate.ObjectFile("a"), _estate.ObjectFile("a") + ".previous"], changed);
    }

    [Fact]
    public async Task Names_that_a_file_system_would_confuse_stay_apart()
    {
        string[] names = ["a", "A", "a_b", "a/b", "..", "con", "é", new string('x', 250), new string('x', 249) + "y"];
        _estate.Write("all.json", $"[{string.Join(",", names.Select(name => Estate.Json(name)))}]");
        _estate.Settle();
        _estate.Restart();

        Assert.Equal(names.Order(), await _estate.NamesAsync());
        var files = Directory.GetFiles(Path.Combine(_estate.State, "objects"), "*.json", SearchOption.AllDirectories);
        Assert.Equal(names.Length, files.Select(file => file.ToUpperInvariant()).Distinct().Count());
        Assert.All(files, file => Assert.True(Path.GetFileName(file).Length < 200));
    }

    [Fact]
    public void A_second_operator_is_refused_and_told_who_has_the_directory()
    {
        _ = _estate.Store;

        var refused = Assert.Throws<StateLockedException>(() => _estate.Open());

        Assert.Contains($"process {Environment.ProcessId} on {Environment.MachineName}", refused.Message);
    }

    public static TheoryData<string, bool?> Holders =>
        new()
        {
            { "this process", true },
            { "a process that is no more", false },
            { "a process that began after the directory was taken", null },
            { "a process of another machine", null },
        };

    [Theory]
    [MemberData(nameof(Holders))]
    public void Whether_the_holder_still_runs_is_told_where_it_is_known(string what, bool? runs)
    {
        var self = new StateHolder(
            Environment.ProcessId,
            Environment.MachineName,
            new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero)
        );

        Assert.Equal(
            runs,
            StateLock.IsRunning(
                what switch
                {
                    "a process that is no more" => self with { ProcessId = int.MaxValue },
                    "a process that began after the directory was taken" => self with
                    {
                        Since = DateTimeOffset.UnixEpoch,
                    },
                    "a process of another machine" => self with { Machine = "elsewhere" },
                    _ => self,
                }
            )
        );
        Assert.Null(new DirectoryReader(_estate.Root).IsHolderRunning);
    }

    [Fact]
    public void The_lock_is_released_on_dispose_and_what_a_dead_process_left_does_not_block()
    {
        _estate.Store.Dispose();
        Assert.True(File.Exists(Path.Combine(_estate.State, "operator.lock")));
        Assert.Equal(Environment.ProcessId, _estate.Reader.Holder?.ProcessId);

        _estate.Restart();

        Assert.Empty(_estate.Store.Problems);
    }

    [Fact]
    public async Task A_disposed_store_never_writes_into_the_state_of_its_successor()
    {
        var widget = await MakeAsync("a", "First");
        var old = _estate.Store;
        _estate.Restart();
        var before = Snapshot();

        Assert.Throws<ObjectDisposedException>(old.Scan);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => old.UpdateStatusAsync(widget, default));
        await Assert.ThrowsAsync<ObjectDisposedException>(() =>
            old.PatchMetadataAsync(widget, new MetadataPatch { Finalizers = [] }, default)
        );
        await Assert.ThrowsAsync<ObjectDisposedException>(() => old.DeleteAsync<Widget>(Estate.Key("a"), default));
        Assert.Equal(before, Snapshot());
    }

    [Fact]
    public void A_store_that_failed_to_open_leaves_no_lock()
    {
        _estate.Store.Dispose();
        var meta = Path.Combine(_estate.State, "meta.json");
        File.WriteAllText(meta, """{"version":2}""");
        Assert.Throws<StateVersionException>(() => _estate.Open());
        File.Delete(meta);

        _estate.Restart();
    }

    [Fact]
    public async Task A_reader_sees_what_is_written_beside_a_running_operator()
    {
        await MakeAsync("a", "First");
        _estate.Write("bad.json", "{");
        _estate.Settle();
        await MakeAsync("b", "Second");
        await _estate.Store.DeleteAsync<Widget>(Estate.Key("c"), default);

        var reader = _estate.Reader;
        Assert.Equal(["First", "Second"], reader.List<Widget>().Select(widget => widget.Status?.Phase));
        Assert.Equal("Second", reader.Get<Widget>(Estate.Key("b"))?.Status?.Phase);
        Assert.Equal("bad.json", Assert.Single(reader.ListProblems()).File);
        Assert.Equal("Widget", reader.ListJson()[0]["kind"]!.GetValue<string>());
        Assert.Empty(reader.ListDamage());
        Assert.False(new DirectoryReader(Path.Combine(_estate.Root, "nowhere")).Exists);
        Assert.Empty(new DirectoryReader(Path.Combine(_estate.Root, "nowhere")).ListJson());
    }

    [Fact]
    public async Task A_reader_never_sees_half_a_write_or_an_older_one_again()
    {
        var widget = await MakeAsync("a", "First");
        Exception? failure = null;
        var done = false;
        var reads = 0;
        using var begun = new ManualResetEventSlim();
        var reading = new Thread(() =>
        {
            try
            {
                var newest = 0L;
                while (!Volatile.Read(ref done))
                {
                    var version = long.Parse(_estate.Reader.Get<Widget>(Estate.Key("a"))!.Metadata.ResourceVersion);
                    Assert.InRange(version, newest, long.MaxValue);
                    Assert.Empty(_estate.Reader.ListDamage());
                    newest = version;
                    reads++;
                    begun.Set();
                }
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        });
        reading.Start();
        Assert.True(begun.Wait(TimeSpan.FromMinutes(1)), failure?.ToString());
        for (var number = 0; number < 200; number++)
        {
            widget.Status = new WidgetStatus { Phase = $"Phase{number}" };
            widget = await _estate.Store.UpdateStatusAsync(widget, default);
        }

        Volatile.Write(ref done, true);
        reading.Join();

        Assert.Null(failure);
        Assert.NotEqual(0, reads);
    }

    private async Task<Widget> MakeAsync(string name, params IEnumerable<string> phases)
    {
        _estate.Declare(name);
        _estate.Settle();
        var widget = await _estate.Store.PatchMetadataAsync(
            await _estate.MustGetAsync(name),
            new MetadataPatch { Finalizers = ["f"] },
            default
        );
        foreach (var phase in phases)
        {
            widget.Status = new WidgetStatus { Phase = phase };
            widget = await _estate.Store.UpdateStatusAsync(widget, default);
        }

        return widget;
    }

    private Dictionary<string, string> Snapshot() =>
        Directory
            .GetFiles(_estate.State, "*", SearchOption.AllDirectories)
            .Where(path =>
                Path.GetFileName(path) is not "operator.lock" and not "operator.json" and not "operator.json.previous"
            )
            .ToDictionary(path => path, File.ReadAllText);

    private static void Damage(string path, string damage)
    {
        var bytes = File.ReadAllBytes(path);
        switch (damage)
        {
            case "truncated":
                File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
                break;
            case "empty":
                File.WriteAllBytes(path, []);
                break;
            case "flipped":
                // Still JSON, but not what was written: only the checksum can tell.
                var content = JsonNode.Parse(bytes)!;
                content["content"]!["status"] = JsonNode.Parse("""{"phase":"Never"}""");
                File.WriteAllText(path, content.ToJsonString());
                break;
            case "zeroed":
                File.WriteAllBytes(path, new byte[bytes.Length]);
                break;
            default:
                File.Delete(path);
                break;
        }
    }
}

using ExchangeVirt.Runtime.Manifests;

namespace ExchangeVirt.Runtime.Tests.Directories;

/// <summary>The rules that a directory of manifests is read by.</summary>
public sealed class ManifestRulesTests : IDisposable
{
    private readonly Estate _estate = new();

    public void Dispose() => _estate.Dispose();

    [Fact]
    public async Task A_set_of_files_is_taken_when_unchanged_for_two_seconds()
    {
        _estate.Declare("a");
        _estate.Store.Scan();
        _estate.Time.Advance(TimeSpan.FromSeconds(1.9));
        _estate.Store.Scan();
        Assert.Empty(await _estate.NamesAsync());

        _estate.Time.Advance(TimeSpan.FromSeconds(0.1));
        _estate.Store.Scan();

        Assert.Equal(["a"], await _estate.NamesAsync());
        Assert.True(_estate.Store.FirstPass.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_half_written_file_is_not_taken()
    {
        _estate.Declare("a");
        _estate.Settle();
        var whole = Estate.Json("a", size: 2);
        for (var length = 10; length < whole.Length; length += 10)
        {
            _estate.Write("a.json", whole[..length]);
            _estate.Store.Scan();
            _estate.Time.Advance(TimeSpan.FromSeconds(1.5));
            Assert.Empty(_estate.Store.Problems);
        }

        _estate.Write("a.json", whole);
        _estate.Settle();

        Assert.Equal(2, (await _estate.MustGetAsync("a")).Spec.Size);
        Assert.Empty(_estate.Store.Problems);
    }

    [Fact]
    public async Task A_checkout_that_replaces_many_files_is_taken_as_one()
    {
        string[] names = [.. Enumerable.Range(0, 20).Select(number => $"w{number:00}")];
        _estate.Declare(names);
        _estate.Settle();
        var parsed = _estate.Parser.Calls;

        // As git does it: removed and written again, one after the other, looked at in between.
        foreach (var name in names)
        {
            _estate.Remove($"{name}.json");
            _estate.Store.Scan();
            _estate.Time.Advance(TimeSpan.FromSeconds(0.5));
            _estate.Write($"{name}.json", Estate.Json(name, size: 5));
            _estate.Store.Scan();
            _estate.Time.Advance(TimeSpan.FromSeconds(0.5));
        }

        Assert.Equal(parsed, _estate.Parser.Calls);
        _estate.Settle();

        var list = await _estate.Store.ListAsync<Widget>(CancellationToken.None);
        Assert.All(list.Items, widget => Assert.Equal((5, 2), (widget.Spec.Size, (int)widget.Metadata.Generation!)));
        Assert.Equal(parsed + 1, _estate.Parser.Calls);
        Assert.Empty(_estate.Store.Problems);
    }

    [Fact]
    public async Task A_flipped_symlink_is_taken_as_one_change()
    {
        // As git-sync does it: each commit a directory, and a link that is replaced.
        var link = Path.Combine(_estate.Root, "current");
        foreach (var (commit, size) in new[] { ("c1", 1), ("c2", 2) })
        {
            Directory.CreateDirectory(Path.Combine(_estate.Root, commit));
            await File.WriteAllTextAsync(Path.Combine(_estate.Root, commit, "a.json"), Estate.Json("a", size));
            File.SetLastWriteTimeUtc(Path.Combine(_estate.Root, commit, "a.json"), DateTime.UnixEpoch);
        }

        Directory.CreateSymbolicLink(link, "c1");
        _estate.Options = _estate.Options with { ManifestDirectory = link };
        _estate.Settle();
        var before = await _estate.MustGetAsync("a");

        Directory.Delete(link);
        Directory.CreateSymbolicLink(link, "c2");
        _estate.Settle();

        var after = await _estate.MustGetAsync("a");
        Assert.Equal((1, 2), (before.Spec.Size, after.Spec.Size));
        Assert.Equal(before.Metadata.Uid, after.Metadata.Uid);
        Assert.Empty(_estate.Store.Problems);
    }

    [Fact]
    public async Task The_links_of_a_kubernetes_volume_are_followed()
    {
        var data = Directory.CreateDirectory(Path.Combine(_estate.Manifests, "..2026_01_02"));
        await File.WriteAllTextAsync(Path.Combine(data.FullName, "a.json"), Estate.Json("a"));
        Directory.CreateSymbolicLink(Path.Combine(_estate.Manifests, "..data"), "..2026_01_02");
        File.CreateSymbolicLink(Path.Combine(_estate.Manifests, "a.json"), "..data/a.json");

        _estate.Settle();

        Assert.Equal(["a"], await _estate.NamesAsync());
        Assert.Empty(_estate.Store.Problems);
    }

    [Fact]
    public async Task A_moved_file_is_no_change()
    {
        _estate.Declare("a", "b", "c", "d", "e", "f");
        _estate.Settle();
        var before = await _estate.MustGetAsync("a");

        _estate.Remove("a.json");
        _estate.Write("deep/below/renamed.json", Estate.Json("a"));
        _estate.Settle();

        var after = await _estate.MustGetAsync("a");
        Assert.Equal(before.Metadata.Uid, after.Metadata.Uid);
        Assert.Equal(before.Metadata.ResourceVersion, after.Metadata.ResourceVersion);
        Assert.Empty(_estate.Store.Problems);

        // It is known where it is now, over a restart too: an invalid file at the new place keeps it.
        _estate.Restart();
        _estate.Write("deep/below/renamed.json", "{");
        _estate.Settle();
        Assert.False((await _estate.MustGetAsync("a")).IsVanished());
    }

    [Fact]
    public async Task A_duplicate_is_reported_at_both_places_and_neither_is_taken()
    {
        _estate.Declare("a", "b");
        _estate.Settle();

        _estate.Write("other.json", Estate.Json("a", size: 9));
        _estate.Settle();

        Assert.Equal(1, (await _estate.MustGetAsync("a")).Spec.Size);
        Assert.Equal(["a.json", "other.json"], _estate.Store.Problems.Select(problem => problem.File).Order());
        Assert.All(_estate.Store.Problems, problem => Assert.Contains("declared again", problem.Message));

        _estate.Remove("a.json");
        _estate.Settle();
        Assert.Equal(9, (await _estate.MustGetAsync("a")).Spec.Size);
        Assert.Empty(_estate.Store.Problems);
    }

    [Fact]
    public async Task An_invalid_file_keeps_the_last_good_spec_of_all_it_declared()
    {
        _estate.Write("two.json", $"[{Estate.Json("a", 3)},{Estate.Json("b", 4)}]");
        _estate.Declare("c");
        _estate.Settle();

        _estate.Write("two.json", $"[{Estate.Json("a", 30)},{{");
        _estate.Write("c.json", Estate.Json("c", size: 7));
        _estate.Settle();

        var sizes = (await _estate.Store.ListAsync<Widget>(CancellationToken.None)).Items.ToDictionary(
            widget => widget.Metadata.Name,
            widget => widget.Spec.Size
        );
        Assert.Equal((3, 4, 7), (sizes["a"], sizes["b"], sizes["c"]));
        Assert.Equal("two.json", Assert.Single(_estate.Store.Problems).File);

        // The operator restarts while the file is still bad.
        _estate.Restart();
        _estate.Settle();
        Assert.Equal(["a", "b", "c"], await _estate.NamesAsync());
        Assert.False((await _estate.MustGetAsync("b")).IsVanished());
    }

    [Fact]
    public async Task An_unreadable_file_keeps_the_last_good_spec()
    {
        // File modes do not bind a privileged process, so the file is one whose content is out of reach for anyone.
        _estate.Declare("a", "b");
        _estate.Settle();
        _estate.Remove("a.json");
        File.CreateSymbolicLink(Path.Combine(_estate.Manifests, "a.json"), "unmounted/a.json");
        _estate.Settle();

        Assert.False(_estate.Store.IsStopped);
        Assert.False((await _estate.MustGetAsync("a")).IsVanished());
        Assert.Equal("a.json", Assert.Single(_estate.Store.Problems).File);
    }

    [Fact]
    public async Task A_vanished_manifest_means_retain()
    {
        _estate.Declare("a", "b", "c", "d", "e");
        _estate.Settle();
        var before = await _estate.MustGetAsync("a");

        _estate.Remove("a.json");
        _estate.Settle();

        var after = await _estate.MustGetAsync("a");
        Assert.True(after.IsVanished());
        Assert.Null(after.Metadata.DeletionTimestamp);
        Assert.Equal(
            (before.Metadata.Uid, before.Metadata.Generation),
            (after.Metadata.Uid, after.Metadata.Generation)
        );
        Assert.Equal(before.Spec.Size, after.Spec.Size);

        _estate.Declare("a");
        _estate.Settle();
        var back = await _estate.MustGetAsync("a");
        Assert.False(back.IsVanished());
        Assert.Equal(before.Metadata.Uid, back.Metadata.Uid);
    }

    [Fact]
    public async Task A_manifest_cannot_say_of_itself_that_it_vanished()
    {
        _estate.Write("a.json", Estate.Json("a", annotations: """{"exchangevirt.io/manifest":"Vanished"}"""));
        _estate.Settle();

        Assert.False((await _estate.MustGetAsync("a")).IsVanished());
    }

    [Fact]
    public async Task An_emptied_directory_stops_the_pass_until_the_files_return()
    {
        _estate.Declare("a", "b", "c");
        _estate.Settle();
        foreach (var name in new[] { "a", "b", "c" })
        {
            _estate.Remove($"{name}.json");
        }

        _estate.Settle();
        Assert.True(_estate.Store.IsStopped);
        Assert.Contains("3 of 3 objects", Assert.Single(_estate.Store.Problems).Message);
        Assert.All(
            (await _estate.Store.ListAsync<Widget>(CancellationToken.None)).Items,
            widget => Assert.False(widget.IsVanished())
        );

        _estate.Declare("a", "b", "c");
        _estate.Settle();
        Assert.False(_estate.Store.IsStopped);
        Assert.Empty(_estate.Store.Problems);
    }

    [Fact]
    public async Task An_unmounted_directory_stops_the_pass()
    {
        _estate.Declare("a");
        _estate.Settle();
        Directory.Delete(_estate.Manifests, recursive: true);
        _estate.Settle();

        Assert.True(_estate.Store.IsStopped);
        Assert.Contains(_estate.Store.Problems, problem => problem.Message.Contains("does not exist"));
        Assert.False((await _estate.MustGetAsync("a")).IsVanished());
    }

    [Theory]
    [InlineData(5, 1, false)]
    [InlineData(4, 1, true)]
    [InlineData(100, 10, false)]
    [InlineData(100, 11, true)]
    [InlineData(40, 8, false)]
    [InlineData(40, 9, true)]
    public async Task More_than_ten_objects_or_twenty_percent_gone_at_once_stop_the_pass(
        int all,
        int gone,
        bool stopped
    )
    {
        string[] names = [.. Enumerable.Range(0, all).Select(number => $"w{number:000}")];
        _estate.Declare(names);
        _estate.Settle();
        foreach (var name in names.Take(gone))
        {
            _estate.Remove($"{name}.json");
        }

        _estate.Write($"{names[^1]}.json", Estate.Json(names[^1], size: 2));
        _estate.Settle();

        var items = (await _estate.Store.ListAsync<Widget>(CancellationToken.None)).Items;
        Assert.Equal(stopped, _estate.Store.IsStopped);
        Assert.Equal(stopped ? 0 : gone, items.Count(widget => widget.IsVanished()));

        // A stopped pass takes nothing: what else came with the accident is not believed either.
        Assert.Equal(stopped ? 1 : 2, (await _estate.MustGetAsync(names[^1])).Spec.Size);
    }

    [Fact]
    public async Task The_rule_of_twenty_percent_holds_over_a_restart()
    {
        _estate.Declare("a", "b", "c");
        _estate.Settle();
        _estate.Remove("a.json");
        _estate.Remove("b.json");
        _estate.Restart();
        _estate.Settle();

        Assert.True(_estate.Store.IsStopped);
        Assert.False((await _estate.MustGetAsync("a")).IsVanished());
    }

    [Fact]
    public async Task A_file_over_the_size_limit_is_refused()
    {
        _estate.Options = _estate.Options with { Limits = new ManifestLimits { FileBytes = 1000 } };
        _estate.Declare("a");
        _estate.Write("big.json", new string(' ', 1001) + Estate.Json("big"));
        _estate.Settle();

        Assert.Equal(["a"], await _estate.NamesAsync());
        var problem = Assert.Single(_estate.Store.Problems);
        Assert.Equal("big.json", problem.File);
        Assert.Contains("at most 1000", problem.Message);
    }

    [Fact]
    public async Task Too_much_in_all_stops_the_pass()
    {
        _estate.Options = _estate.Options with { Limits = new ManifestLimits { TotalBytes = 1000 } };
        _estate.Declare("a");
        _estate.Settle();
        _estate.Declare(Enumerable.Range(0, 20).Select(number => $"w{number}"));
        _estate.Settle();

        Assert.True(_estate.Store.IsStopped);
        Assert.Equal(["a"], await _estate.NamesAsync());
    }

    [Fact]
    public async Task Links_out_of_the_directory_and_devices_are_not_followed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs /dev.");
        var outside = Path.Combine(_estate.Root, "outside.json");
        await File.WriteAllTextAsync(outside, Estate.Json("outside"));
        File.CreateSymbolicLink(Path.Combine(_estate.Manifests, "out.json"), outside);
        File.CreateSymbolicLink(Path.Combine(_estate.Manifests, "device.yaml"), "/dev/zero");
        File.CreateSymbolicLink(Path.Combine(_estate.Manifests, "nothing.yml"), "nowhere");
        Directory.CreateSymbolicLink(Path.Combine(_estate.Manifests, "folder"), _estate.Root);
        _estate.Declare("a");
        _estate.Settle();

        Assert.Equal(["a"], await _estate.NamesAsync());
        Assert.Equal(
            ["device.yaml", "folder", "nothing.yml", "out.json"],
            _estate.Store.Problems.Select(problem => problem.File).Order()
        );
    }

    [Fact]
    public async Task Only_yaml_and_json_are_read_and_hidden_files_are_not()
    {
        _estate.Declare("a");
        _estate.Write("README.md", "not a manifest");
        _estate.Write("a.json~", "an editor's copy");
        _estate.Write(".git/config.json", "not a manifest");
        _estate.Write(".hidden.json", "not a manifest");
        _estate.Settle();

        Assert.Equal(["a"], await _estate.NamesAsync());
        Assert.Empty(_estate.Store.Problems);
    }

    [Fact]
    public async Task A_change_that_keeps_size_and_time_is_found_by_the_regular_reread()
    {
        _estate.Declare("a");
        var path = Path.Combine(_estate.Manifests, "a.json");
        var written = File.GetLastWriteTimeUtc(path);
        _estate.Settle();
        await File.WriteAllTextAsync(path, Estate.Json("a", size: 8));
        File.SetLastWriteTimeUtc(path, written);
        _estate.Settle();
        Assert.Equal(1, (await _estate.MustGetAsync("a")).Spec.Size);

        _estate.Time.Advance(_estate.Options.Reread);
        _estate.Store.Scan();

        Assert.Equal(8, (await _estate.MustGetAsync("a")).Spec.Size);
    }

    [Fact]
    public void Files_that_never_stop_changing_are_reported_by_name()
    {
        for (var second = 0; second <= 61; second++)
        {
            _estate.Write("log.json", new string(' ', second));
            _estate.Store.Scan();
            _estate.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Contains("log.json", Assert.Single(_estate.Store.Problems).Message);

        _estate.Write("log.json", Estate.Json("a"));
        _estate.Settle();
        Assert.Empty(_estate.Store.Problems);
    }

    [Fact]
    public void State_inside_the_manifest_directory_is_not_read_as_manifests()
    {
        _estate.Options = _estate.Options with { StateDirectory = Path.Combine(_estate.Manifests, "state") };
        _estate.Declare("a");
        _estate.Settle();
        _estate.Settle();

        Assert.Empty(_estate.Store.Problems);
        Assert.Equal(1, _estate.Parser.Calls);
    }

    [Fact]
    public void State_is_found_inside_the_manifest_directory_through_a_link_too()
    {
        var link = Path.Combine(_estate.Root, "link");
        Directory.CreateSymbolicLink(link, _estate.Manifests);
        _estate.Options = new Runtime.Directories.DirectoryStoreOptions(link, Path.Combine(link, "state"));
        _estate.Declare("a");
        _estate.Settle();
        _estate.Settle();

        Assert.Empty(_estate.Store.Problems);
        Assert.Equal(1, _estate.Parser.Calls);
    }

    [Fact]
    public async Task A_set_that_a_failure_kept_from_being_taken_is_taken_at_the_next_look()
    {
        _estate.Declare("a");
        _estate.Parser.Failure = new InvalidOperationException("a bug");
        Assert.Throws<InvalidOperationException>(_estate.Settle);
        Assert.False(_estate.Store.FirstPass.IsCompleted);

        _estate.Parser.Failure = null;
        _estate.Store.Scan();

        Assert.Equal(["a"], await _estate.NamesAsync());
    }

    [Fact]
    public async Task A_deleted_object_is_not_made_anew_by_the_manifest_that_is_still_there()
    {
        _estate.Declare("a");
        _estate.Settle();
        var before = await _estate.MustGetAsync("a");
        await _estate.Store.DeleteAsync<Widget>(Estate.Key("a"), CancellationToken.None);

        _estate.Settle();
        Assert.Null(await _estate.GetAsync("a"));
        Assert.Contains("still declares it", Assert.Single(_estate.Store.Problems).Message);
        _estate.Restart();
        _estate.Settle();
        Assert.Null(await _estate.GetAsync("a"));

        _estate.Remove("a.json");
        _estate.Settle();
        Assert.Empty(_estate.Store.Problems);
        _estate.Declare("a");
        _estate.Settle();
        Assert.NotEqual(before.Metadata.Uid, (await _estate.MustGetAsync("a")).Metadata.Uid);
    }

    [Fact]
    public async Task Deleting_by_request_ends_a_pass_that_was_stopped_by_what_is_gone()
    {
        _estate.Declare("a", "b");
        _estate.Settle();
        _estate.Remove("a.json");
        _estate.Settle();
        Assert.True(_estate.Store.IsStopped);

        await _estate.Store.DeleteAsync<Widget>(Estate.Key("a"), CancellationToken.None);
        _estate.Store.Scan();

        Assert.False(_estate.Store.IsStopped);
        Assert.Equal(["b"], await _estate.NamesAsync());
        Assert.False(File.Exists(_estate.ObjectFile("a")));
    }
}

internal static class WidgetExtensions
{
    public static bool IsVanished(this Widget widget) =>
        widget.Metadata.Annotations?.TryGetValue(ManifestAnnotation.Name, out var value) is true
        && value == ManifestAnnotation.Vanished;
}

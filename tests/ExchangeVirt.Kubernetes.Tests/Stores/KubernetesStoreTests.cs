using System.Text.Json.Nodes;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Access;
using ExchangeVirt.Envtest.Definitions;
using ExchangeVirt.Runtime.Kubernetes;
using ExchangeVirt.Runtime.Stores;
using ExchangeVirt.Runtime.Tests;
using ExchangeVirt.Runtime.Tests.Stores;

namespace ExchangeVirt.Kubernetes.Tests.Stores;

/// <summary>The contract of every store, kept by a whole API server of version 1.20.</summary>
public sealed class KubernetesStoreContractTests(SharedControlPlane shared) : StoreContractTests
{
    protected override async Task<IStoreUnderTest> OpenAsync() =>
        await KubernetesUnderTest.OpenAsync(await shared.GetAsync());
}

/// <summary>What a Kubernetes store keeps beyond the contract.</summary>
public sealed class KubernetesStoreTests(SharedControlPlane shared, SharedCustomResourceServer today)
{
    private const string Manager = "exchangevirt-tests";

    [Fact]
    public async Task A_list_of_several_pages_is_whole()
    {
        var plane = await shared.GetAsync();
        await using var under = await KubernetesUnderTest.OpenAsync(plane);
        string[] names = ["a", "b", "c", "d", "e"];
        foreach (var name in names)
        {
            await under.DeclareAsync(name);
        }

        var list = await under.Store.ListAsync<Widget>(default);

        Assert.Equal(
            names,
            list.Items.Where(each => each.Metadata.NamespaceProperty == under.Namespace)
                .Select(static each => each.Metadata.Name)
                .Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Status_and_finalizers_are_written_under_names_of_their_own_and_leave_every_other_field_to_its_owner(
        bool onToday
    )
    {
        TestCluster cluster = onToday ? await today.GetAsync() : await shared.GetAsync();
        await using var under = await KubernetesUnderTest.OpenAsync(cluster);
        await under.DeclareAsync("a", annotations: new Dictionary<string, string> { ["mine"] = "1" });
        var widget = (await under.Store.GetAsync<Widget>(new ResourceKey(under.Namespace, "a"), default))!;
        widget = await under.Store.PatchMetadataAsync(
            widget,
            new MetadataPatch { Finalizers = ["tests.example/f"] },
            default
        );
        widget.Status = new WidgetStatus { Phase = "Seen" };
        await under.Store.UpdateStatusAsync(widget, default);

        var raw = (await cluster.Raw.GetAsync(WidgetDefinition.Path(under.Namespace, "a"))).Succeeded();
        var managers = raw["metadata"]!["managedFields"]!
            .AsArray()
            .ToDictionary(
                static entry => ((string)entry!["manager"]!, (string)entry["operation"]!),
                static entry => entry!["fieldsV1"]!.ToJsonString()
            );

        Assert.Equal([(Manager, "Apply"), (Manager + "-metadata", "Update"), ("user", "Apply")], managers.Keys.Order());
        Assert.Equal("""{"f:status":{"f:phase":{}}}""", managers[(Manager, "Apply")]);
        Assert.DoesNotContain("f:spec", managers[(Manager + "-metadata", "Update")], StringComparison.Ordinal);
        Assert.DoesNotContain("f:status", managers[(Manager + "-metadata", "Update")], StringComparison.Ordinal);
        Assert.Contains("f:spec", managers[("user", "Apply")], StringComparison.Ordinal);

        // Whoever declared it applies the same again: nothing changes, and what others wrote stays.
        await under.DeclareAsync("a", annotations: new Dictionary<string, string> { ["mine"] = "1" });
        var again = (await cluster.Raw.GetAsync(WidgetDefinition.Path(under.Namespace, "a"))).Succeeded();
        Assert.Equal(1, (int)again["metadata"]!["generation"]!);
        Assert.Equal("Seen", (string?)again["status"]!["phase"]);
        Assert.Equal("tests.example/f", (string?)again["metadata"]!["finalizers"]![0]);
    }

    [Fact]
    public async Task A_status_that_another_manager_has_written_is_taken_back_whole_or_left_where_it_is_not_ours()
    {
        var cluster = await today.GetAsync();
        await using var under = await KubernetesUnderTest.OpenAsync(cluster);
        await under.DeclareAsync("a");
        (
            await cluster.Raw.PatchAsync(
                $"{WidgetDefinition.Path(under.Namespace, "a")}/status?fieldManager=other",
                new JsonObject { ["status"] = new JsonObject { ["phase"] = "Theirs" } }
            )
        ).Succeeded();
        var widget = (await under.Store.GetAsync<Widget>(new ResourceKey(under.Namespace, "a"), default))!;
        widget.Status = new WidgetStatus { Phase = "Ours" };

        var written = await under.Store.UpdateStatusAsync(widget, default);

        Assert.Equal("Ours", written.Status?.Phase);
    }

    [Fact]
    public async Task An_unchanged_status_is_not_even_asked_for()
    {
        var plane = await shared.GetAsync();
        await using var under = await KubernetesUnderTest.OpenAsync(plane);
        await under.DeclareAsync("a");
        var key = new ResourceKey(under.Namespace, "a");
        var widget = (await under.Store.GetAsync<Widget>(key, default))!;
        widget.Status = new WidgetStatus { Phase = "Seen" };
        widget = await under.Store.UpdateStatusAsync(widget, default);
        await under.Store.UpdateStatusAsync(widget, default);
        await under.Store.UpdateStatusAsync((await under.Store.GetAsync<Widget>(key, default))!, default);

        var writes = await plane.Audit.WritesAsync("exchangevirt-tests");

        Assert.Single(writes, write => write.Namespace == under.Namespace && write.Subresource == "status");
    }

    [Fact]
    public async Task An_unchanged_status_is_not_asked_for_either_where_others_have_changed_the_object_meanwhile()
    {
        var plane = await shared.GetAsync();
        await using var under = await KubernetesUnderTest.OpenAsync(plane);
        await under.DeclareAsync("a");
        var key = new ResourceKey(under.Namespace, "a");
        var widget = (await under.Store.GetAsync<Widget>(key, default))!;
        widget.Status = new WidgetStatus { Phase = "Seen" };
        widget = await under.Store.UpdateStatusAsync(widget, default);
        for (var touch = 1; touch <= 3; touch++)
        {
            await under.DeclareAsync("a", annotations: new Dictionary<string, string> { ["touch"] = $"{touch}" });
            // As a watch hears of it while a pass is still at the version before.
            await under.Store.GetAsync<Widget>(key, default);
        }

        await under.Store.UpdateStatusAsync(widget, default);

        var writes = await plane.Audit.WritesAsync(Manager);
        Assert.Single(writes, write => write.Namespace == under.Namespace && write.Subresource == "status");
        // What is news is refused, and made anew from what is there now.
        widget.Status = new WidgetStatus { Phase = "Changed" };
        await Assert.ThrowsAsync<ResourceConflictException>(() => under.Store.UpdateStatusAsync(widget, default));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_part_of_a_status_that_another_manager_holds_on_to_is_let_go_of_once(bool onToday)
    {
        TestCluster cluster = onToday ? await today.GetAsync() : await shared.GetAsync();
        await using var under = await KubernetesUnderTest.OpenAsync(cluster);
        await under.DeclareAsync("a");
        var (key, path) = (new ResourceKey(under.Namespace, "a"), WidgetDefinition.Path(under.Namespace, "a"));
        await WriteAsync(new WidgetStatus { Phase = "Seen", Note = "passing" });
        var theirs = WidgetDefinition.Widget("a", 1);
        theirs.Remove("spec");
        theirs["status"] = new JsonObject { ["note"] = "passing" };
        (await cluster.Raw.PatchAsync($"{path}/status?fieldManager=other", theirs, RawApi.Apply)).Succeeded();

        var kept = await WriteAsync(new WidgetStatus { Phase = "Seen" });
        Assert.Equal("passing", kept.Status?.Note);
        for (var touch = 1; touch <= 3; touch++)
        {
            var label = new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["touch"] = $"{touch}" } },
            };
            (await cluster.Raw.PatchAsync($"{path}?fieldManager=busy", label)).Succeeded();
            await WriteAsync(new WidgetStatus { Phase = "Seen" });
        }

        Assert.Equal(2, await StatusWritesAsync());
        // What would change something is written all the same.
        await WriteAsync(new WidgetStatus { Phase = "Changed" });
        Assert.Equal(3, await StatusWritesAsync());

        async Task<Widget> WriteAsync(WidgetStatus status)
        {
            var widget = (await under.Store.GetAsync<Widget>(key, default))!;
            widget.Status = status;
            return await under.Store.UpdateStatusAsync(widget, default);
        }

        async Task<int> StatusWritesAsync() =>
            (await cluster.Audit.WritesAsync(Manager)).Count(write =>
                write.Namespace == under.Namespace && write.Subresource == "status"
            );
    }

    [Fact]
    public async Task A_cancelled_watch_ends_on_the_server_at_once()
    {
        var plane = await shared.GetAsync();
        await using var under = await KubernetesUnderTest.OpenAsync(plane);
        const string Watcher = "exchangevirt-watcher";
        using var api = ApiConnection.Find(plane.AdminKubeconfig, context: null, Watcher).Connect(Until.Clock);
        var store = KubernetesUnderTest.StoreOver(api);
        var list = await store.ListAsync<Widget>(default);
        using var stop = new CancellationTokenSource();
        var heard = false;
        var following = FollowAsync(
            store.WatchAsync<Widget>(list.ResourceVersion, stop.Token),
            () => Volatile.Write(ref heard, true)
        );
        await under.DeclareAsync("watched");
        await Until.TrueAsync("something is heard", () => Volatile.Read(ref heard));
        Assert.False(await HasEndedAsync());

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);

        // Servers write a watch into their log when it has ended; this one would go on for half an hour.
        await Until.TrueAsync("the server has ended it", HasEndedAsync);

        async Task<bool> HasEndedAsync() =>
            (await plane.Audit.ReadAsync()).Any(static entry =>
                entry.Verb == "watch" && entry.UserAgent.StartsWith(Watcher, StringComparison.Ordinal)
            );
    }

    [Fact]
    public async Task A_kind_that_is_not_installed_is_named()
    {
        var plane = await shared.GetAsync();
        using var api = KubernetesUnderTest.Api(plane);

        var refused = await Assert.ThrowsAsync<ResourceNotFoundException>(() =>
            KubernetesUnderTest.StoreOver(api).ListAsync<Gadget>(default)
        );

        Assert.Contains("gadgets of tests.example/v1", refused.Message, StringComparison.Ordinal);
    }

    private static async Task FollowAsync(IAsyncEnumerable<ResourceEvent<Widget>> watch, Action heard)
    {
        await foreach (var _ in watch)
        {
            heard();
        }
    }

    [k8s.Models.KubernetesEntity(Group = "tests.example", ApiVersion = "v1", Kind = "Gadget", PluralName = "gadgets")]
    private sealed class Gadget : k8s.IKubernetesObject<k8s.Models.V1ObjectMeta>
    {
        public string ApiVersion { get; set; } = "tests.example/v1";

        public string Kind { get; set; } = "Gadget";

        public k8s.Models.V1ObjectMeta Metadata { get; set; } = new();
    }
}

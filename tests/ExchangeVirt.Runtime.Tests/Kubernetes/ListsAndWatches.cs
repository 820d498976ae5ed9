using System.Net;
using ExchangeVirt.Runtime.Kubernetes;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Tests.Kubernetes;

public sealed class ListsAndWatches
{
    private const string Path = "/apis/tests.example/v1/widgets";

    [Fact]
    public async Task A_list_is_asked_for_page_after_page_and_whole()
    {
        using var server = new ScriptedServer().ThenPage("a/b+", "one", "two").ThenPage(null, "three");

        Assert.Equal(["one", "two", "three"], await ReadAllAsync(server));
        Assert.Equal([$"{Path}?limit=2", $"{Path}?limit=2&continue=a%2Fb%2B"], server.Asked);
    }

    [Fact]
    public async Task A_kind_that_is_not_served_has_no_list()
    {
        using var server = new ScriptedServer().ThenRefuse(HttpStatusCode.NotFound, "NotFound");

        Assert.Null(await ReadAllAsync(server));
    }

    [Fact]
    public async Task A_list_whose_first_page_is_forgotten_begins_again_and_is_given_up_at_the_third_time()
    {
        using var forgetful = new ScriptedServer();
        for (var attempt = 0; attempt < 3; attempt++)
        {
            forgetful.ThenPage("next", "one").ThenRefuse(HttpStatusCode.Gone, "Expired");
        }

        await Assert.ThrowsAsync<ResourceVersionExpiredException>(() => ReadAllAsync(forgetful));
        Assert.Equal(6, forgetful.Asked.Count);

        using var server = new ScriptedServer()
            .ThenPage("next", "one")
            .ThenRefuse(HttpStatusCode.Gone, "Expired")
            .ThenPage("next", "one")
            .ThenPage(null, "two");
        Assert.Equal(["one", "two"], await ReadAllAsync(server));
    }

    [Fact]
    public async Task A_kind_that_ceases_to_be_served_amid_its_pages_is_no_shorter_list()
    {
        using var server = new ScriptedServer()
            .ThenPage("next", "one")
            .ThenRefuse(HttpStatusCode.NotFound, "NotFound")
            .ThenRefuse(HttpStatusCode.NotFound, "NotFound");
        Assert.Null(await ReadAllAsync(server));

        using var listed = new ScriptedServer().ThenPage("next", "one").ThenRefuse(HttpStatusCode.NotFound, "NotFound");
        using var api = listed.Connect();
        var store = new KubernetesStore(
            api,
            new KubernetesStoreOptions
            {
                FieldManager = "tests",
                Instance = "test",
                PageSize = 2,
            },
            static () => 0
        );
        await Assert.ThrowsAsync<ResourceVersionExpiredException>(() => store.ListAsync<Widget>(default));
    }

    [Fact]
    public async Task A_version_that_has_expired_is_known_by_the_status_and_in_the_stream()
    {
        using var atOnce = new ScriptedServer().ThenRefuse(HttpStatusCode.Gone, "Expired");
        await Assert.ThrowsAsync<ResourceVersionExpiredException>(() => WatchAsync(atOnce));

        using var inStream = new ScriptedServer().Then(
            HttpStatusCode.OK,
            $$"""
            {"type":"ADDED","object":{"metadata":{"name":"one"} } }

            {"type":"ERROR","object":{{ScriptedServer.Refusal(HttpStatusCode.Gone, "Expired")}}}
            """
        );
        await Assert.ThrowsAsync<ResourceVersionExpiredException>(() => WatchAsync(inStream));
    }

    [Fact]
    public async Task An_error_in_the_stream_that_is_none_of_that_is_told_as_it_is()
    {
        using var server = new ScriptedServer().Then(
            HttpStatusCode.OK,
            $$"""{"type":"ERROR","object":{{ScriptedServer.Refusal(HttpStatusCode.InternalServerError, "InternalError")}}}"""
        );

        var refused = await Assert.ThrowsAsync<KubernetesApiException>(() => WatchAsync(server));
        Assert.Equal(HttpStatusCode.InternalServerError, refused.Status);
        Assert.Contains("it is so", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_that_the_server_ends_is_over()
    {
        using var server = new ScriptedServer().Then(
            HttpStatusCode.OK,
            """
            {"type":"ADDED","object":{"metadata":{"name":"one"}}}
            {"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9"}}}
            """
        );

        Assert.Equal([ResourceEventType.Added, ResourceEventType.Bookmark], await WatchAsync(server));
    }

    private static async Task<IReadOnlyList<string>?> ReadAllAsync(ScriptedServer server)
    {
        using var api = server.Connect();
        var items = await PagedList.ReadAllAsync(api, Path, pageSize: 2, CancellationToken.None);
        return items is null
            ? null
            : [.. items.Select(static item => item.GetProperty("metadata").GetProperty("name").GetString()!)];
    }

    private static async Task<IReadOnlyList<ResourceEventType>> WatchAsync(ScriptedServer server)
    {
        using var api = server.Connect();
        List<ResourceEventType> seen = [];
        await foreach (var line in WatchStream.ReadAsync(api, $"{Path}?watch=true", CancellationToken.None))
        {
            using (line)
            {
                seen.Add(line.Type);
            }
        }

        return seen;
    }
}

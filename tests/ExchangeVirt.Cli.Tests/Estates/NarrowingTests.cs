using System.Text.Json.Nodes;
using ExchangeVirt.Cli.Tests.Support;

namespace ExchangeVirt.Cli.Tests.Estates;

/// <summary>Whoever may not read all namespaces sees his own, whichever command he uses.</summary>
public sealed class NarrowingTests
{
    private const string Everywhere = "GET /apis/exchangevirt.io/v1alpha1/";

    [Fact]
    public async Task Status_shows_the_contexts_namespace_and_says_which()
    {
        await using var cluster = await NarrowAsync();

        var own = await cluster.RunAsync("status");
        var all = await cluster.RunAsync("status", "-A", "-o", "json");

        Assert.Contains(", namespace messaging: 1 host, 1 DAG, 1 machine", own.Output, StringComparison.Ordinal);
        Assert.Equal(0, (int?)JsonNode.Parse(all.Output)!["machines"]!["all"]);
    }

    [Fact]
    public async Task Deletion_is_judged_by_what_may_be_seen_and_says_so()
    {
        await using var cluster = await NarrowAsync();

        var run = await cluster.RunAsync("delete", "exdag/dag01", "-n", "messaging");

        Assert.True(run.ExitCode == 64, run.All);
        Assert.Contains("availability-group-has-members", run.Output, StringComparison.Ordinal);
        Assert.Contains(
            "What this keeps out of sight was not judged: You (jane) may not list exchangevirtualmachines.exchangevirt.io in all namespaces.",
            run.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Lint_judges_against_the_manifests_namespaces()
    {
        await using var cluster = await NarrowAsync();
        using var folder = new TemporaryFolder();
        var json = Some.Json(Some.Machine("ex09", inNamespace: "other", group: "dag09"));
        json["metadata"] = new JsonObject { ["name"] = "ex09", ["namespace"] = "other" };
        var manifest = folder.Write("ex09.json", json.ToJsonString());

        var run = await cluster.RunAsync("lint", manifest);

        // The context's is another: there is no dag09 in it.
        Assert.True(run.ExitCode != 3, run.All);
        Assert.DoesNotContain("dag09", run.Output, StringComparison.Ordinal);
        Assert.Contains("was not judged: You (jane) may not list", run.Error, StringComparison.Ordinal);
    }

    private static async Task<SmallApiServer> NarrowAsync()
    {
        var cluster = await SmallApiServer.StartAsync(
            Some.Host("hv01"),
            Some.Policy(),
            Some.Group("dag01"),
            Some.Group("dag09", "other"),
            Some.Machine("ex01", Some.InSync(), group: "dag01"),
            Some.Machine("ex02", Some.InSync(), inNamespace: "other")
        );
        foreach (
            var plural in (string[])
                ["databaseavailabilitygroups", "exchangevirtualmachines", "virtualmachinemigrations"]
        )
        {
            cluster.Refuse($"{Everywhere}{plural}");
        }

        return cluster;
    }
}

using System.Text.Json.Nodes;

namespace ExchangeVirt.Kubernetes.Tests.Plugin;

[Collection(nameof(PluginTests))]
public sealed class LintTests(SharedEstate shared)
{
    [Fact]
    public async Task What_a_manifest_names_may_be_in_the_cluster()
    {
        var estate = await shared.GetAsync();
        var manifest = PluginEstate.Machine("ex05");

        var alone = await estate.Exvirt.FeedAsync(manifest, "lint", "-", "--unknown-references", "Refuse");
        var there = await estate
            .Exvirt.As(estate.Viewer)
            .FeedAsync(manifest, "lint", "--cluster", "-f", "-", "--unknown-references", "Refuse");

        Assert.Equal(2, alone.ExitCode);
        Assert.Contains("unknown-availability-group", alone.Output, StringComparison.Ordinal);
        Assert.True(there.ExitCode == 0, there.All);
        Assert.Contains("findings: none", there.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_that_the_API_server_refuses_is_told_beforehand()
    {
        var estate = await shared.GetAsync();
        var manifest = PluginEstate.Machine("ex01", more: "virtualMachineName: OTHER");

        var alone = await estate.Exvirt.FeedAsync(manifest, "lint", "-");
        // A context that is chosen means the cluster, too.
        var there = await estate.Exvirt.FeedAsync(manifest, "lint", "--context", "test", "-o", "json", "-");

        Assert.True(alone.ExitCode == 0, alone.All);
        Assert.Equal(2, there.ExitCode);
        var finding = JsonNode.Parse(there.Output)!["findings"]!
            .AsArray()
            .Single(static each => (string?)each!["severity"] == "Invalid")!;
        Assert.Equal("virtual-machine-name-immutable", (string?)finding["rule"]);
    }

    [Fact]
    public async Task A_virtual_machine_that_another_object_of_the_cluster_claims_is_refused()
    {
        var estate = await shared.GetAsync();

        var lint = await estate.Exvirt.FeedAsync(
            PluginEstate.Machine("another", more: "virtualMachineName: EX01"),
            "lint",
            "--cluster",
            "-"
        );

        Assert.Equal(2, lint.ExitCode);
        Assert.Contains("virtual-machine-claimed-twice", lint.Output, StringComparison.Ordinal);
        Assert.Contains("messaging/ex01", lint.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_may_not_be_seen_is_not_called_missing()
    {
        var estate = await shared.GetAsync();
        var manifest = PluginEstate.Machine("ex05", more: "policyName: lab");

        var lint = await estate
            .Exvirt.As(estate.NamespaceViewer)
            .FeedAsync(manifest, "lint", "--cluster", "-", "--unknown-references", "Refuse");

        Assert.True(lint.ExitCode == 0, lint.All);
        Assert.Contains(
            "What this keeps out of sight was not judged: You (nick) may not list virtualizationpolicies.exchangevirt.io.",
            lint.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_manifest_without_a_namespace_is_meant_for_the_contexts()
    {
        var estate = await shared.GetAsync();
        var manifest = PluginEstate.Machine("ex05").Replace(", namespace: messaging", "", StringComparison.Ordinal);

        var inDefault = await estate.Exvirt.FeedAsync(
            manifest,
            "lint",
            "--cluster",
            "-",
            "--unknown-references",
            "Refuse"
        );
        var inMessaging = await estate.Exvirt.FeedAsync(
            manifest,
            "lint",
            "-n",
            "messaging",
            "--cluster",
            "-",
            "--unknown-references",
            "Refuse"
        );

        Assert.Contains("in the namespace default", inDefault.Output, StringComparison.Ordinal);
        Assert.True(inMessaging.ExitCode == 0, inMessaging.All);
    }
}

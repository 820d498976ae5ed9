using System.Text.Json.Nodes;
using ExchangeVirt.Cli.Commands;
using ExchangeVirt.Cli.Tests.Support;

namespace ExchangeVirt.Cli.Tests.Commands;

public sealed class VersionTests
{
    [Theory]
    [InlineData("exchangevirt-operator:0.1.0", null, "0.1.0")]
    [InlineData("registry.example:5000/exchangevirt-operator:0.1.0", null, "0.1.0")]
    [InlineData("registry.example:5000/exchangevirt-operator", null, null)]
    [InlineData("exchangevirt-operator@sha256:0123", null, null)]
    // Helm's label says it where the image does not.
    [InlineData("exchangevirt-operator@sha256:0123", "0.2.0", "0.2.0")]
    public void An_operators_version_is_its_label_or_its_images_tag(string image, string? label, string? version)
    {
        var deployment = new JsonObject
        {
            ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app.kubernetes.io/version"] = label } },
            ["spec"] = new JsonObject
            {
                ["template"] = new JsonObject
                {
                    ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["image"] = image }) },
                },
            },
        };

        Assert.Equal(version, VersionCommand.VersionOf(deployment));
    }

    [Fact]
    public async Task This_program_alone_needs_no_cluster()
    {
        var run = await Exvirt.RunAsync("version", "--client");

        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"^exvirt 0\.1\.0[^\n]*\n$", run.Output);
    }

    [Theory]
    [InlineData("kind: [Config")]
    [InlineData("this: is: no kubeconfig")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("kind: Config")]
    [InlineData("{ kind: Config, current-context: it, contexts: [{ name: it, context: { cluster: gone } }] }")]
    [InlineData("{ kind: Config, current-context: it, contexts: [{ name: it }], clusters: [{ name: it }] }")]
    public async Task A_kubeconfig_that_cannot_be_used_is_told_beside_this_programs_version(string kubeconfig)
    {
        using var folder = new TemporaryFolder();

        var run = await Exvirt.RunAsync("version", "--kubeconfig", folder.Write("config", kubeconfig));

        Assert.True(run.ExitCode == 0, run.All);
        Assert.Matches(
            @"^exvirt 0\.1\.0[^\n]*\noperator not known: The kubeconfig cannot be used: [^\n]+\n$",
            run.Output
        );
        Assert.Equal("", run.Error);
    }

    [Fact]
    public async Task A_kubeconfig_that_is_not_there_is_told_beside_this_programs_version()
    {
        using var folder = new TemporaryFolder();

        var missing = await Exvirt.RunAsync("version", "--kubeconfig", Path.Combine(folder.Path, "none"));
        var isFolder = await Exvirt.RunAsync("version", "--kubeconfig", folder.Path);

        Assert.All([missing, isFolder], static run => Assert.True(run.ExitCode == 0, run.All));
        Assert.All(
            [missing, isFolder],
            static run => Assert.Contains("\noperator not known: The kubeconfig", run.Output, StringComparison.Ordinal)
        );
    }
}

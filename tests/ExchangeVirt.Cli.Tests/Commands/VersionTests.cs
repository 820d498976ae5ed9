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
}

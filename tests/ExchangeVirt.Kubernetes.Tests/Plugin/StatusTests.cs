using System.Text.Json.Nodes;

namespace ExchangeVirt.Kubernetes.Tests.Plugin;

[Collection(nameof(PluginTests))]
public sealed class StatusTests(SharedEstate shared)
{
    [Fact]
    public async Task One_screen_tells_how_the_estate_stands()
    {
        var estate = await shared.GetAsync();

        var status = await estate.Exvirt.As(estate.Viewer).RunAsync("status");

        Assert.True(status.ExitCode == 0, status.All);
        Assert.Contains("works: replica-1 leads since", status.Output, StringComparison.Ordinal);
        Assert.Contains("installation 5f2c1c1a", status.Output, StringComparison.Ordinal);
        Assert.Contains("2 of 2 Ready", status.Output, StringComparison.Ordinal);
        Assert.Matches("(?m)^hv01 .+ 1.25 .+ 1.38  2.00 .+ 320Gi/486Gi  Ready$", status.Output);
        Assert.Matches("(?m)^messaging/dag01  2        2          3      2       1            free$", status.Output);
        Assert.Matches("(?m)^default  Enforce      MaintenanceWindow  weekend (opens|is open)", status.Output);
        Assert.Contains("messaging/ex01  Memory   RestartPending", status.Output, StringComparison.Ordinal);
        Assert.Contains(
            "messaging/ex01 for Memory: waits for MaintenanceWindow",
            status.Output,
            StringComparison.Ordinal
        );
        Assert.Empty(status.Error);
    }

    [Fact]
    public async Task What_is_not_Ready_makes_the_exit_code()
    {
        var estate = await shared.GetAsync();
        await estate.ApplyAsync(PluginEstate.Machine("new01"));

        var status = await estate.Exvirt.RunAsync("status", "-o", "json");
        await estate.DeleteAsync("exvm", "new01", "messaging");

        Assert.Equal(1, status.ExitCode);
        var json = JsonNode.Parse(status.Output)!;
        Assert.Equal("exvm/messaging/new01", (string?)json["notReady"]!.AsArray().Single()!["object"]);
        Assert.Equal("Working", (string?)json["operator"]!["state"]);
        Assert.Equal(PluginEstate.Installation, (string?)json["operator"]!["installation"]);
        Assert.False((bool)json["allWell"]!);
    }

    [Fact]
    public async Task Whoever_sees_one_namespace_is_shown_that_and_told_what_else_there_is()
    {
        var estate = await shared.GetAsync();

        var status = await estate.Exvirt.As(estate.NamespaceViewer).RunAsync("status");

        Assert.Contains(", namespace messaging: ", status.Output, StringComparison.Ordinal);
        Assert.Contains("2 of 2 Ready", status.Output, StringComparison.Ordinal);
        Assert.Contains("who works is not known", status.Output, StringComparison.Ordinal);
        Assert.Contains(
            "You (nick) may not list hypervhosts.exchangevirt.io.",
            status.Output,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "You (nick) may not get leases.coordination.k8s.io in namespace exchangevirt-system.",
            status.Output,
            StringComparison.Ordinal
        );
        Assert.True(status.ExitCode == 0, status.All);
    }

    [Fact]
    public async Task Looking_writes_nothing()
    {
        var estate = await shared.GetAsync();
        var walter = await estate.UserAsync("walter", "clusterrolebinding", "--clusterrole=exchangevirt-view");
        foreach (
            var command in (string[][])
                [
                    ["status"],
                    ["get", "-A"],
                    ["plan", "-A"],
                    ["version"],
                    ["lint", "--cluster", "."],
                ]
        )
        {
            var before = (await estate.Plane.Audit.ReadAsync()).Count;

            var said = await estate.Exvirt.As(walter).RunAsync(command);

            var asked = (await estate.Plane.Audit.ReadAsync())
                .Skip(before)
                .Where(static entry => entry.User == "walter")
                .ToList();
            var words = string.Join(' ', command);
            Assert.True(asked.Count > 0, $"{words} asked for nothing: {said.All}");
            Assert.True(!asked.Exists(static entry => entry.IsWrite), $"{words}: {string.Join('\n', asked)}");
        }
    }
}

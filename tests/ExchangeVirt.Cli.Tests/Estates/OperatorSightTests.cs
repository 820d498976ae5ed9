using System.Net;
using System.Text.Json.Nodes;
using ExchangeVirt.Cli.Tests.Support;
using ExchangeVirt.Runtime.Directories;
using ExchangeVirt.Runtime.Stores;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.Cli.Tests.Estates;

/// <summary>What is told of the switch that stops everything, where it can be read and where it cannot.</summary>
public sealed class OperatorSightTests
{
    private const string Pulled =
        """{"IsPaused":true,"Reason":"firmware","By":"jane","At":"2031-05-15T11:00:00+00:00"}""";

    public static TheoryData<string, string> Switches =>
        new()
        {
            { "never thrown", "" },
            { "pulled", "Paused    EVERYTHING by jane, 60m ago: firmware" },
            { "not to be seen", "Paused    not known: the switch could not be read from here, see below" },
            { "no such namespace", "Paused    not known: the switch could not be read from here, see below" },
            {
                "not understood",
                "Paused    TAKEN FOR PULLED: The off switch cannot be read, so everything is paused: "
            },
            { "emptied", "Paused    TAKEN FOR PULLED: The off switch cannot be read, so everything is paused: " },
        };

    [Theory]
    [MemberData(nameof(Switches))]
    public async Task What_is_not_known_of_a_clusters_switch_is_neither_paused_nor_not(string what, string told)
    {
        await using var cluster = await SmallApiServer.StartAsync(Some.Host("hv01"));
        Throw(cluster, what);

        var text = await cluster.RunAsync("status");
        var json = await cluster.RunAsync("status", "-o", "json");

        var line = text
            .Output.Split('\n')
            .FirstOrDefault(static each => each.StartsWith("Paused", StringComparison.Ordinal));
        Assert.StartsWith(told, line ?? "", StringComparison.Ordinal);
        Assert.True((told.Length == 0) == (line is null), text.All);
        var seen = JsonNode.Parse(json.Output)!["operator"]!;
        Assert.Equal(what is "pulled" or "not understood" or "emptied", seen["paused"] is not null);
        Assert.Equal(what is "not understood" or "emptied", (bool?)seen["paused"]?["assumed"] is true);
        Assert.Equal(what is "not to be seen" or "no such namespace", seen["pauseUnread"] is not null);
    }

    [Theory]
    [InlineData(
        "not to be seen",
        "Whether everything is paused is not known, and this is reckoned as if it were not. You (jane)"
    )]
    [InlineData("not understood", "The off switch cannot be read, so everything is paused")]
    [InlineData("never thrown", null)]
    public async Task A_plan_says_what_it_does_not_know_of_the_switch(string what, string? told)
    {
        await using var cluster = await SmallApiServer.StartAsync(
            Some.Policy(),
            Some.Machine("ex01", Some.RestartPending())
        );
        Throw(cluster, what);
        using var folder = new TemporaryFolder();
        var policy = folder.Write(
            "policy.yaml",
            """
            apiVersion: exchangevirt.io/v1alpha1
            kind: VirtualizationPolicy
            metadata: { name: default }
            spec: { enforcement: Enforce, disruption: Anytime }
            """
        );

        var run = await cluster.RunAsync("plan", "-f", policy);

        Assert.True(run.ExitCode == 0, run.All);
        if (told is null)
        {
            Assert.DoesNotContain("paused", run.Output, StringComparison.Ordinal);
        }
        else
        {
            Assert.Contains(told, run.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_directorys_damaged_switch_is_taken_for_pulled_as_its_operator_takes_it()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "objects"));
        var control = new DirectoryControlState(folder.Path, new FakeTimeProvider(Some.Now));
        await control.SetControlAsync("installation", "5f2c1c1a", null, default);
        await control.SetControlAsync(PauseSwitch.Name, Pulled, null, default);
        foreach (var name in (string[])["installation", "pause"])
        {
            File.WriteAllText(Path.Combine(folder.Path, "control", $"{name}.json"), "{");
        }

        var run = await Exvirt.RunAsync("status", "--state", folder.Path);

        Assert.Contains("Paused    TAKEN FOR PULLED: ", run.Output, StringComparison.Ordinal);
        // The installation's id cannot be read either, and the rest is shown all the same.
        Assert.Contains("installation.json is damaged", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directorys_operator_is_told_by_its_process()
    {
        using var state = new OperatorDirectory(Some.Host("hv01"));
        var holder = Path.Combine(state.Path, "operator.json");

        var runs = await Exvirt.RunAsync("status", "--state", state.Path);
        var said = File.ReadAllText(holder);
        File.WriteAllText(
            holder,
            said.Replace($":{Environment.ProcessId},", $":{int.MaxValue},", StringComparison.Ordinal)
        );
        var ended = await Exvirt.RunAsync("status", "--state", state.Path);

        Assert.Contains(
            $"Operator  works: process {Environment.ProcessId} on {Environment.MachineName} has the directory since 0s",
            runs.Output,
            StringComparison.Ordinal
        );
        Assert.Contains("Operator  has ended: process 2147483647 on ", ended.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(2, null)]
    [InlineData(10 * 60, "This machine's clock is 10m ahead of the API server's.")]
    [InlineData(-10 * 60, "This machine's clock is 10m behind the API server's.")]
    public async Task Times_are_told_by_the_clusters_clock_where_it_differs(int ahead, string? told)
    {
        await using var cluster = await SmallApiServer.StartAsync(Some.Machine("ex01", Some.RestartPending()));
        cluster.Now = Some.Now.AddSeconds(-ahead);
        cluster.HoldLease("replica-1", cluster.Now.AddSeconds(-4), seconds: 15);

        var run = await cluster.RunAsync("status");

        Assert.Matches("(?m)^Operator  works: replica-1 leads since [0-9]s, said so [2-6]s ago", run.Output);
        if (told is null)
        {
            Assert.DoesNotContain("clock", run.Output, StringComparison.Ordinal);
        }
        else
        {
            Assert.Contains(told, run.Output, StringComparison.Ordinal);
        }
    }

    private static void Throw(SmallApiServer cluster, string what)
    {
        switch (what)
        {
            case "pulled":
                cluster.HoldControl(PauseSwitch.Name, new JsonObject { ["value"] = Pulled });
                break;
            case "not to be seen":
                cluster.Refuse("name=exchangevirt-pause");
                break;
            case "no such namespace":
                cluster.Refuse("name=exchangevirt-pause", HttpStatusCode.NotFound);
                break;
            case "not understood":
                cluster.HoldControl(PauseSwitch.Name, new JsonObject { ["value"] = "yes" });
                break;
            case "emptied":
                cluster.HoldControl(PauseSwitch.Name, []);
                break;
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ExchangeVirt.Scenarios.Tests.Support;

namespace ExchangeVirt.Scenarios.Tests;

public sealed partial class DemoTests
{
    [Fact]
    public async Task The_demo_heals_the_sample_and_leaves_nothing_behind()
    {
        using var place = new Workplace();

        var demo = await Exvirt.RunAsync(place, "demo", "--output", "json");

        Assert.True(demo.ExitCode == 0, demo.All);
        var list = JsonNode.Parse(demo.Output)!;
        Assert.Equal("List", (string?)list["kind"]);
        var items = list["items"]!.AsArray();
        var hosts = items.Where(static item => (string?)item!["kind"] == "HyperVHost").ToList();
        var machines = items.Where(static item => (string?)item!["kind"] == "ExchangeVirtualMachine").ToList();
        Assert.Equal(4, hosts.Count);
        Assert.Equal(8, machines.Count);
        Assert.All(hosts, static host => Assert.InRange(Ratio(host!), 0.01m, 2m));
        Assert.All(machines.Where(static machine => Name(machine!) != "mbx02"), AssertHealed);
        AssertExplained(
            machines.Single(static machine => Name(machine!) == "mbx02")!,
            hosts.Select(static host => Name(host!))
        );
        Assert.DoesNotContain(
            items.SelectMany(static item => Violations(item!)),
            static severity => severity == "Unsupported"
        );
        Assert.Equal(3, Regex.Count(demo.Error, "Undone after"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(place.Temporary, "exvirt*"));
        Assert.All(AgentsOf(demo.Error), static id => Assert.True(HasEnded(id)));
    }

    [Fact]
    public async Task Agents_end_with_a_demo_that_is_killed()
    {
        using var place = new Workplace();
        await using var demo = Exvirt.Start(place, "demo");
        await demo.WaitForOutputAsync("hv04: agent");

        await demo.KillAsync();

        var agents = AgentsOf(demo.Output);
        Assert.Equal(4, agents.Count);
        await Until.TrueAsync("all agents have ended", () => agents.All(HasEnded));
    }

    [Fact]
    public async Task An_interrupted_demo_leaves_nothing_behind()
    {
        using var place = new Workplace();
        await using var demo = Exvirt.Start(place, "demo");
        await demo.WaitForOutputAsync("== Healing");

        var ended = await demo.InterruptAsync();

        Assert.True(ended.ExitCode == 130, ended.All);
        Assert.Empty(Directory.EnumerateFileSystemEntries(place.Temporary, "exvirt*"));
        Assert.All(AgentsOf(ended.Output), static id => Assert.True(HasEnded(id)));
    }

    private static void AssertHealed(JsonNode? machine)
    {
        var status = machine!["status"]!;
        var name = Name(machine);
        Assert.NotNull((string?)status["host"]);
        Assert.Equal("Running", (string?)status["powerState"]);
        Assert.NotEmpty(status["settings"]!.AsArray());
        Assert.All(
            status["settings"]!.AsArray(),
            setting => Assert.True((string?)setting!["state"] == "InSync", $"{name}: {setting.ToJsonString()}")
        );
        Assert.Contains(
            status["conditions"]!.AsArray(),
            static condition => (string?)condition!["type"] == "Ready" && (string?)condition["status"] == "True"
        );
    }

    private static void AssertExplained(JsonNode machine, IEnumerable<string> hosts)
    {
        var placed = machine["status"]!["conditions"]!
            .AsArray()
            .Single(static condition => (string?)condition!["type"] == "Placed")!;
        Assert.Equal("False", (string?)placed["status"]);
        Assert.All(
            hosts,
            host => Assert.Contains($"{host}: needs", (string?)placed["message"], StringComparison.Ordinal)
        );
    }

    private static IEnumerable<string?> Violations(JsonNode item) =>
        item["status"]?["violations"]?.AsArray().Select(static violation => (string?)violation!["severity"]) ?? [];

    private static decimal Ratio(JsonNode host) =>
        decimal.Parse((string)host["status"]!["processor"]!["overallRatio"]!, CultureInfo.InvariantCulture);

    private static string Name(JsonNode item) => (string)item["metadata"]!["name"]!;

    private static List<int> AgentsOf(string text) =>
        [
            .. Agent()
                .Matches(text)
                .Select(static match => int.Parse(match.Groups["id"].Value, CultureInfo.InvariantCulture)),
        ];

    private static bool HasEnded(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return process.HasExited;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }

    [GeneratedRegex(
        @": agent (?<id>[0-9]+) at https://127\.0\.0\.1:",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Agent();
}

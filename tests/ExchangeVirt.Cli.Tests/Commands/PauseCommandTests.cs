using System.Net;
using System.Text.Json.Nodes;
using ExchangeVirt.Cli.Tests.Support;
using ExchangeVirt.Runtime;
using ExchangeVirt.Runtime.Directories;
using ExchangeVirt.Runtime.Stores;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.Cli.Tests.Commands;

public sealed class PauseCommandTests
{
    private const string Written = "POST /api/v1/namespaces/exchangevirt-system/configmaps";

    public static TheoryData<string, string> Doubts =>
        new()
        {
            { "never ran", "No operator ever ran in namespace exchangevirt-system" },
            { "not to be seen", "Whether an operator reads this switch could not be looked up. You (jane) may not" },
            { "damaged", "exchangevirt-installation has no data.value" },
            { "server is broken", "Whether an operator reads this switch could not be looked up. The API server" },
        };

    [Theory]
    [MemberData(nameof(Doubts))]
    public async Task The_switch_is_pulled_whatever_is_not_known_of_the_operator(string what, string doubt)
    {
        await using var cluster = await SmallApiServer.StartAsync();
        switch (what)
        {
            case "not to be seen":
                cluster.Refuse("name=exchangevirt-installation");
                break;
            case "damaged":
                cluster.HoldControl("installation", []);
                break;
            case "server is broken":
                cluster.Refuse("name=exchangevirt-installation", HttpStatusCode.InternalServerError);
                break;
        }

        var run = await cluster.RunAsync("pause", "--all");

        Assert.True(run.ExitCode == 1, run.All);
        Assert.StartsWith("Paused: ", run.Output, StringComparison.Ordinal);
        Assert.Contains(doubt, run.Error, StringComparison.Ordinal);
        // What is doubted is asked after the switch is pulled.
        Assert.Equal(Written, cluster.Asked[^2]);
    }

    [Fact]
    public async Task An_operator_that_is_known_leaves_no_doubt()
    {
        await using var cluster = await SmallApiServer.StartAsync();
        cluster.HoldControl("installation", new JsonObject { ["value"] = "5f2c1c1a" });

        var run = await cluster.RunAsync("pause", "--all");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task What_is_advised_of_a_directory_names_it()
    {
        using var state = new OperatorDirectory([
            .. Enumerable.Range(1, 11).Select(static number => Some.Host($"hv{number:00}")),
        ]);

        var paused = await Exvirt.RunAsync("pause", "--all", "--state", state.Path);
        var status = await Exvirt.RunAsync("status", "--state", state.Path);
        var missing = await Exvirt.RunAsync("delete", "hvhost/hv99", "--state", state.Path);
        var sight = await new PauseSwitch(new DirectoryControlState(state.Path, new FakeTimeProvider())).ReadAsync(
            default
        );

        Assert.Contains($"until 'exvirt resume --all --state {state.Path}'.", paused.Output, StringComparison.Ordinal);
        Assert.Contains(
            $"… 11 in all: exvirt get hvhost --state {state.Path}",
            status.Output,
            StringComparison.Ordinal
        );
        Assert.Contains($"'exvirt get hvhost --state {state.Path}'", missing.Error, StringComparison.Ordinal);
        // The operator of that directory words the gate by it.
        Assert.Equal($" --state {state.Path}", sight!.CommandOptions);
    }

    [Theory]
    [InlineData("state/", "state/")]
    [InlineData("C:\\exvirt\\state", "C:\\exvirt\\state")]
    [InlineData("my state", "\"my state\"")]
    [InlineData("a;b", "\"a;b\"")]
    public void A_word_is_written_as_a_shell_takes_it(string word, string written) =>
        Assert.Equal(written, CommandWord.Of(word));
}

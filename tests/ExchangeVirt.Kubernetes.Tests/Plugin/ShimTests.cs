using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Clients;

namespace ExchangeVirt.Kubernetes.Tests.Plugin;

[Collection(nameof(PluginTests))]
public sealed class ShimTests(SharedEstate shared)
{
    [Fact]
    public async Task Kubectl_runs_it_as_its_own_command()
    {
        var estate = await shared.GetAsync();

        var direct = (await estate.Exvirt.RunAsync("get", "hvhost", "-o", "yaml")).Succeeded();
        var plugin = (await estate.Kubectl.RunAsync("exvirt", "get", "hvhost", "-o", "yaml")).Succeeded();
        var status = await estate.Kubectl.As(estate.Viewer).RunAsync("exvirt", "status");

        Assert.Equal(direct, plugin);
        Assert.True(status.ExitCode == 0, status.All);
        Assert.Contains("replica-1 leads", status.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_speaks_as_it_is_called()
    {
        var estate = await shared.GetAsync();

        var paused = (await estate.Kubectl.RunAsync("exvirt", "pause", "--all")).Succeeded();
        await estate.Kubectl.RunAsync("exvirt", "resume", "--all");
        var refused = await estate.Kubectl.RunAsync("exvirt", "pause");

        Assert.Contains("until 'kubectl exvirt resume --all'", paused, StringComparison.Ordinal);
        Assert.Contains("exvirt: 'kubectl exvirt pause' acts on everything", refused.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ex01\tReady", ":4", "get", "exvm", "-n", "messaging", "")]
    [InlineData("ex01\tReady", ":4", "get", "exvm", "-n", "messaging", "ex01")]
    [InlineData("exvm/ex02\tReady", ":4", "get", "-n", "messaging", "exvm/")]
    [InlineData("hv02\tReady", ":4", "get", "hvhost", "hv")]
    [InlineData("exvm\tExchangeVirtualMachine", ":4", "get", "ex")]
    [InlineData("status\tShows on one screen how an estate stands.", ":4", "stat")]
    public async Task It_completes_what_lives_in_the_cluster(string candidate, string directive, params string[] typed)
    {
        var estate = await shared.GetAsync();

        await AssertOffersAsync(
            candidate,
            directive,
            () => estate.Kubectl.RunAsync(["__complete", "exvirt", .. typed])
        );
    }

    // kubectl has completions of its own for these two, and asks no plugin.
    [Theory]
    [InlineData("messaging", ":4", "get", "exvm", "-n", "mess")]
    [InlineData("test", ":4", "status", "--context", "")]
    [InlineData("exchangevirt-system", ":4", "pause", "--operator-namespace", "ex")]
    public async Task It_completes_places(string candidate, string directive, params string[] typed)
    {
        var estate = await shared.GetAsync();

        await AssertOffersAsync(candidate, directive, () => estate.Exvirt.RunAsync(["__complete", .. typed]));
    }

    // Whoever types does not wait for a slow server for ever; a test does.
    private static Task AssertOffersAsync(string candidate, string directive, Func<Task<ToolResult>> ask) =>
        Until.TrueAsync(
            $"«{candidate}» is offered",
            async () =>
            {
                var lines = (await ask()).Succeeded().Trim().Split('\n');
                Assert.Equal(directive, lines[^1]);
                return lines.Contains(candidate);
            }
        );

    [Fact]
    public async Task Whoever_sees_nothing_is_offered_nothing_and_told_nothing()
    {
        var estate = await shared.GetAsync();

        var answer = await estate.Exvirt.As(estate.Nobody).RunAsync("__complete", "get", "exvm", "");

        Assert.Equal((":4\n", ""), (answer.Succeeded(), answer.Error));
    }
}

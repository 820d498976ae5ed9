using ExchangeVirt.Cli.Tests.Support;

namespace ExchangeVirt.Cli.Tests.Commands;

/// <summary>Which estate a command line means.</summary>
public sealed class SourceTests
{
    private static readonly Invocation s_kubectl = Invocation.From("kubectl exvirt");

    [Theory]
    [InlineData("get", "exvm")]
    [InlineData("status")]
    [InlineData("plan")]
    [InlineData("pause", "--all")]
    [InlineData("delete", "exvm/ex01")]
    public async Task A_directory_is_looked_at_where_one_is_named(params string[] command)
    {
        using var folder = new TemporaryFolder();

        var run = await Exvirt.RunAsync([.. command, "--state", folder.Path]);

        Assert.Equal(3, run.ExitCode);
        Assert.Contains($"{folder.Path} holds no operator's state.", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("get")]
    [InlineData("status")]
    [InlineData("plan")]
    [InlineData("resume", "--all")]
    public async Task A_directory_and_a_cluster_are_not_one_estate(params string[] command)
    {
        using var folder = new TemporaryFolder();

        var run = await Exvirt.RunAsync([.. command, "--state", folder.Path, "--context", "prod"]);

        Assert.Equal(64, run.ExitCode);
        Assert.Contains("give one of the two", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kubeconfig_that_is_named_and_cannot_be_used_is_a_failure()
    {
        using var folder = new TemporaryFolder();

        var run = await Exvirt.RunAsync("status", "--kubeconfig", folder.Write("config", "kind: [Config"));

        Assert.Equal(3, run.ExitCode);
        Assert.StartsWith("exvirt: The kubeconfig cannot be used: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_whole_estate_of_manifests_is_not_what_is_applied_to_a_cluster()
    {
        using var folder = new TemporaryFolder();

        var both = await Exvirt.RunAsync("plan", "--manifests", folder.Path, "-f", folder.Path);
        var cluster = await Exvirt.RunAsync("plan", "--manifests", folder.Path, "--context", "prod");

        Assert.Equal((64, 64), (both.ExitCode, cluster.ExitCode));
    }

    [Fact]
    public async Task Lint_without_a_file_is_no_command_line()
    {
        var run = await Exvirt.RunAsync(s_kubectl, "", "lint");

        Assert.Equal(64, run.ExitCode);
        Assert.Contains("See 'kubectl exvirt lint --help'.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lint_takes_a_namespace_for_a_cluster_alone()
    {
        var alone = await Exvirt.RunAsync(Invocation.Direct, "kind: Nonsense\n", "lint", "-n", "messaging", "-");
        await using var cluster = await SmallApiServer.StartAsync();
        using var folder = new TemporaryFolder();
        var beside = await cluster.RunAsync("lint", "-n", "messaging", folder.Path);

        Assert.Equal((64, ""), (alone.ExitCode, alone.Output));
        Assert.Contains("--namespace is a cluster's", alone.Error, StringComparison.Ordinal);
        Assert.True(beside.ExitCode == 0, beside.All);
    }

    [Fact]
    public async Task Lint_reads_standard_input_without_asking_any_cluster()
    {
        var run = await Exvirt.RunAsync(Invocation.Direct, "kind: Nonsense\n", "lint", "-");

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("-:1: apiVersion: is missing", run.Output, StringComparison.Ordinal);
    }
}

using ExchangeVirt.Cli.Tests.Support;

namespace ExchangeVirt.Cli.Tests.Completion;

public sealed class ShellCompletionTests
{
    [Theory]
    [InlineData("status", ":4", "")]
    [InlineData("pause", ":4", "pa")]
    [InlineData("up", ":4", "sim", "")]
    [InlineData("exvm", ":4", "get", "ex")]
    [InlineData("events", ":4", "get", "")]
    [InlineData("wide", ":4", "get", "exvm", "-o", "")]
    [InlineData("--output=json", ":4", "get", "exvm", "--output=j")]
    [InlineData("--namespace", ":4", "get", "exvm", "--na")]
    [InlineData("--help", ":4", "sim", "up", "--h")]
    [InlineData("Refuse", ":4", "lint", "a folder", "--unknown-references", "R")]
    // The value of an option is no argument.
    [InlineData("exvm", ":4", "get", "-o", "yaml", "ex")]
    public async Task What_may_be_typed_is_offered(string candidate, string directive, params string[] typed)
    {
        var (candidates, said) = await CompleteAsync(typed);

        Assert.Contains(candidate, candidates);
        Assert.Equal(directive, said);
        Assert.All(candidates, each => Assert.StartsWith(typed[^1], each, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(":0", "lint", "")]
    [InlineData(":0", "lint", "one", "")]
    [InlineData(":0", "plan", "-f", "")]
    [InlineData(":0", "status", "--kubeconfig", "")]
    [InlineData(":0", "status", "--kubeconfig=")]
    [InlineData(":16", "certs", "--output", "")]
    [InlineData(":16", "status", "--state", "")]
    [InlineData(":4", "pause", "--reason", "")]
    [InlineData(":4", "version", "")]
    [InlineData(":4", "nonsense", "")]
    public async Task Where_nothing_is_known_the_shell_offers_files_only_where_files_are_meant(
        string directive,
        params string[] typed
    )
    {
        var (candidates, said) = await CompleteAsync(typed);

        Assert.Empty(candidates);
        Assert.Equal(directive, said);
    }

    [Fact]
    public async Task What_is_behind_a_double_dash_is_no_option()
    {
        var (candidates, directive) = await CompleteAsync("lint", "--", "--");

        Assert.Empty(candidates);
        Assert.Equal(":0", directive);
    }

    [Fact]
    public async Task A_description_stands_behind_a_tab_on_the_same_line()
    {
        var run = await Exvirt.RunAsync("__complete", "get", "exv");

        Assert.Equal("exvm\tExchangeVirtualMachine\n:4\n", run.Output);
    }

    [Fact]
    public async Task Without_a_word_commands_are_offered()
    {
        var (candidates, _) = await CompleteAsync();

        Assert.Contains("status", candidates);
    }

    [Fact]
    public async Task Whatever_goes_wrong_it_is_silent()
    {
        using var folder = new TemporaryFolder();
        var broken = folder.Write("config", "no: kubeconfig: at all");

        var run = await Exvirt.RunAsync("__complete", "get", "exvm", "--kubeconfig", broken, "");

        Assert.Equal((0, ":4\n", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing")]
    public async Task A_kubeconfig_with_nothing_in_it_is_no_failure(string kubeconfig)
    {
        using var folder = new TemporaryFolder();
        var empty = folder.Write("config", kubeconfig);

        var names = await Exvirt.RunAsync("__complete", "get", "exvm", "--kubeconfig", empty, "");
        var contexts = await Exvirt.RunAsync("__complete", "get", "--kubeconfig", empty, "--context", "");

        Assert.Equal((0, ":4\n", ""), (names.ExitCode, names.Output, names.Error));
        Assert.Equal((0, ":4\n", ""), (contexts.ExitCode, contexts.Output, contexts.Error));
    }

    [Fact]
    public async Task A_directory_that_may_not_be_read_is_no_failure()
    {
        using var state = new OperatorDirectory(Some.Host("hv01"));
        var host = Assert.Single(
            Directory.GetFiles(Path.Combine(state.Path, "objects"), "*.json", SearchOption.AllDirectories)
        );
        // A folder is a file that nobody may read, whoever runs this.
        File.WriteAllText(host, "{");
        Directory.CreateDirectory($"{host}.previous");

        var run = await Exvirt.RunAsync("__complete", "get", "hvhost", "--state", state.Path, "");

        Assert.Equal((0, ":4\n", ""), (run.ExitCode, run.Output, run.Error));
    }

    private static async Task<(IReadOnlyList<string> Candidates, string Directive)> CompleteAsync(params string[] typed)
    {
        var run = await Exvirt.RunAsync(["__complete", .. typed]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var lines = run.Output.TrimEnd('\n').Split('\n');
        return ([.. lines[..^1].Select(static line => line.Split('\t')[0])], lines[^1]);
    }
}

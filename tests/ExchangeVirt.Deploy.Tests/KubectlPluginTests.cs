using ExchangeVirt.Deploy.Tests.Support;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Clients;

namespace ExchangeVirt.Deploy.Tests;

public sealed class KubectlPluginTests
{
    private static readonly string s_shims = Manifests.Path("kubectl");

    [Fact]
    public async Task Kubectl_finds_the_program_under_its_name()
    {
        using var folder = new TemporaryFolder();

        var answered = await Plugin(folder).RunAsync("exvirt", "version");

        Assert.StartsWith("exvirt ", answered.Succeeded(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_exit_code_comes_through()
    {
        using var folder = new TemporaryFolder();
        var kubectl = Plugin(folder);
        var direct = await Exvirt.RunAsync(folder.Path, ["lint", "not-there"]);

        Assert.NotEqual(0, direct.ExitCode);
        Assert.Equal(direct.ExitCode, (await kubectl.RunAsync("exvirt", "lint", "not-there")).ExitCode);
    }

    [Theory]
    [InlineData("pause", "exvirt", "pau")]
    [InlineData("--namespace", "exvirt", "get", "--names")]
    [InlineData("--output", "exvirt", "get", "exvm", "--")]
    [InlineData("--output", "exvirt", "lint", "a folder", "--")]
    [InlineData("exvm", "exvirt", "get", "")]
    [InlineData("wide", "exvirt", "get", "exvm", "-o", "")]
    public async Task Kubectl_completes(string candidate, params string[] words)
    {
        using var folder = new TemporaryFolder();

        var lines = (await Plugin(folder).RunAsync(["__complete", .. words])).Succeeded().Trim().Split('\n');

        Assert.Contains(candidate, lines.Select(static line => line.Split('\t')[0]));
        Assert.DoesNotContain(lines, static line => line.StartsWith('/'));
        Assert.Equal(":4", lines[^1]);
    }

    [Theory]
    [InlineData(":0", "exvirt", "lint", "")]
    [InlineData(":16", "exvirt", "certs", "--output", "")]
    public async Task Kubectl_lets_the_shell_offer_files_where_files_are_meant(string directive, params string[] words)
    {
        using var folder = new TemporaryFolder();

        var lines = (await Plugin(folder).RunAsync(["__complete", .. words])).Succeeded().Trim().Split('\n');

        Assert.Equal([directive], lines);
    }

    [Fact]
    public async Task Help_and_complaints_speak_as_the_user_has_called_it()
    {
        using var folder = new TemporaryFolder();
        var kubectl = Plugin(folder);

        var help = (await kubectl.RunAsync("exvirt", "status", "--help")).Succeeded();
        var refused = await kubectl.RunAsync("exvirt", "lint");

        Assert.Contains("kubectl exvirt status [options]", help, StringComparison.Ordinal);
        Assert.Contains("See 'kubectl exvirt lint --help'.", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_Windows_shim_leaves_nothing_in_the_shell_that_calls_it()
    {
        var lines = File.ReadAllLines(Path.Combine(s_shims, "kubectl-exvirt.cmd"))
            .Select(static line => line.TrimEnd())
            .ToList();

        Assert.InRange(
            lines.IndexOf("@setlocal"),
            0,
            lines.FindIndex(static line => line.StartsWith("@set \"", StringComparison.Ordinal))
        );
        // Its exit code is the program's: nothing is run after it.
        Assert.StartsWith("@exvirt ", lines[^1], StringComparison.Ordinal);
    }

    private static Tool Plugin(TemporaryFolder folder)
    {
        Assert.SkipWhen(
            OperatingSystem.IsWindows(),
            "The scripts are for sh; on Windows kubectl-exvirt.cmd stands in."
        );
        var kubectl = Kubectl.OnPath(folder);
        var programs = folder.Folder("programs");
        foreach (var shim in (string[])["kubectl-exvirt", "kubectl_complete-exvirt"])
        {
            var copy = Path.Combine(programs, shim);
            // With its mode: the scripts are executable as they come out of Git.
            File.CreateSymbolicLink(copy, Path.Combine(s_shims, shim));
        }

        File.CreateSymbolicLink(Path.Combine(programs, "exvirt"), Path.Combine(Exvirt.Folder, "exvirt"));
        return kubectl with { ProgramFolder = programs };
    }
}

using System.Runtime.InteropServices;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Assets;

namespace ExchangeVirt.Kubernetes.Tests.Harness;

public sealed class SkippingTests
{
    private static readonly string[] s_one =
    [
        "-method",
        $"*.{nameof(CustomResourceServerTests)}.{nameof(CustomResourceServerTests.It_is_ready_and_serves_our_kinds)}",
    ];

    [Fact]
    public async Task Without_servers_a_test_is_skipped_counted_and_says_why()
    {
        using var empty = new TemporaryFolder();

        var (code, log) = await RunAsync(empty.Path, required: null);

        Assert.True(code == 0, log);
        Assert.Contains("[SKIP]", log, StringComparison.Ordinal);
        Assert.Contains(
            $"{EnvtestAssets.FolderVariable} names {empty.Path}, which lacks etcd, apiextensions-apiserver.",
            log,
            StringComparison.Ordinal
        );
        Assert.Contains("Failed: 0, Skipped: 1", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_servers_a_test_fails_on_a_machine_that_must_run_it()
    {
        using var empty = new TemporaryFolder();

        var (code, log) = await RunAsync(empty.Path, required: "1");

        Assert.NotEqual(0, code);
        Assert.Contains($"{Missing.RequireVariable} is set", log, StringComparison.Ordinal);
        Assert.Contains("Failed: 1, Skipped: 0", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_package_that_is_not_the_one_we_know_is_not_used()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture is Architecture.X64,
            "The package is asked for on x64 Linux only."
        );
        using var folder = new TemporaryFolder();
        var programs = folder.Folder("bin");
        var npm = Path.Combine(programs, "npm");
        // The last argument is where the package is to go.
        await File.WriteAllTextAsync(npm, "#!/bin/sh\nfor folder; do :; done\necho other > \"$folder/package.tgz\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(npm, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        await using var tests = await TestProgram.StartAsync(
            new()
            {
                ["PATH"] = $"{programs}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}",
                ["XDG_CACHE_HOME"] = folder.Folder("cache"),
                [Missing.RequireVariable] = null,
            },
            "-method",
            $"*.{nameof(ToolTests)}.{nameof(ToolTests.Helm_renders_without_a_cluster)}"
        );

        Assert.Equal(0, await tests.WaitForExitAsync());
        Assert.Contains("[SKIP]", tests.Log, StringComparison.Ordinal);
        Assert.Contains("so it is not used", tests.Log, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(folder.Combine("cache"), "*", SearchOption.AllDirectories));
    }

    private static async Task<(int Code, string Log)> RunAsync(string assets, string? required)
    {
        await using var tests = await TestProgram.StartAsync(
            new() { [EnvtestAssets.FolderVariable] = assets, [Missing.RequireVariable] = required },
            s_one
        );
        return (await tests.WaitForExitAsync(), tests.Log);
    }
}

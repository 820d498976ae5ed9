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

    private static async Task<(int Code, string Log)> RunAsync(string assets, string? required)
    {
        await using var tests = await TestProgram.StartAsync(
            new() { [EnvtestAssets.FolderVariable] = assets, [Missing.RequireVariable] = required },
            s_one
        );
        return (await tests.WaitForExitAsync(), tests.Log);
    }
}

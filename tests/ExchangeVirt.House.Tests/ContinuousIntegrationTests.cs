using System.Diagnostics;

namespace ExchangeVirt.House.Tests;

/// <summary>What a submission has to pass: the script is run with a dotnet and a builder of servers that only note how they were called.</summary>
public sealed class ContinuousIntegrationTests : IDisposable
{
    // The builder works beside the tests, which wait for what they need of it.
    private const string Dotnet = """
        #!/usr/bin/env bash
        [[ $1 == test ]] || exit 0
        echo "tests require=$EXVIRT_REQUIRE_ENVTEST assets=${KUBEBUILDER_ASSETS:-}" >> "$NOTES"
        while [[ -n ${AWAITS_SERVERS:-} ]] && ((SECONDS < 120)) && ! grep -q ^servers "$NOTES"; do sleep 0.05; done
        if [[ -n ${FAILED:-} ]]; then
          printf 'failed %s\n' 'A.B.C (1s 20ms)' && printf '  why %s\n' 1 2 3 4 5 6 7 8 9
          printf '%s\n' 'D.dll (net10.0|x64) failed with 1 error(s) (2s 3ms)'
        fi
        printf '  total: 3\n  failed: %s\n  succeeded: 2\n  skipped: 1\n' "${FAILED:-0}"
        exit "${FAILED:-0}"
        """;

    private const string Builder = """
        #!/usr/bin/env bash
        echo "servers $*" >> "$NOTES"
        """;

    private readonly string _root = Directory.CreateTempSubdirectory("exvirt-ci-test-").FullName;

    private string Notes => Path.Combine(_root, "notes");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Tests_against_API_servers_are_required_and_the_cache_is_filled_beside_them()
    {
        var (exitCode, output) = await RunAsync(("AWAITS_SERVERS", "1"));

        Assert.Equal((0, "2 passed, 0 failed, 1 skipped"), (exitCode, output[^1]));
        Assert.Equal(
            [$"servers {Path.Combine(_root, "cache", "exchangevirt", "envtest")}", "tests require=1 assets="],
            File.ReadAllLines(Notes).Order()
        );
    }

    [Fact]
    public async Task Servers_that_are_given_are_used_as_they_are()
    {
        await RunAsync(("KUBEBUILDER_ASSETS", "/opt/servers"));

        Assert.Equal(["tests require=1 assets=/opt/servers"], File.ReadAllLines(Notes));
    }

    [Fact]
    public async Task Whoever_says_so_may_do_without_them()
    {
        await RunAsync(("EXVIRT_REQUIRE_ENVTEST", "0"));

        Assert.Equal(["tests require=0 assets="], File.ReadAllLines(Notes));
    }

    [Fact]
    public async Task A_test_that_fails_fails_it()
    {
        var (exitCode, output) = await RunAsync(("FAILED", "1"), ("AWAITS_SERVERS", "1"));

        Assert.Equal(1, exitCode);
        // Said again where everybody looks, without what comes after.
        Assert.Equal(
            [
                "failed A.B.C (1s 20ms)",
                .. Enumerable.Range(1, 8).Select(static line => $"  why {line}"),
                "2 passed, 1 failed, 1 skipped",
            ],
            output[^10..]
        );
        Assert.Equal("  skipped: 1", output[^11]);
    }

    private async Task<(int ExitCode, string[] Output)> RunAsync(params (string Name, string Value)[] environment)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The script is for Linux.");
        var script = Put(".ci/run", await File.ReadAllTextAsync(Path.Combine(Repository.Root, ".ci", "run")));
        Put("tests/envtest/build-assets.sh", Builder);
        Put("bin/dotnet", Dotnet);
        using var run = new Process
        {
            StartInfo = new ProcessStartInfo(script)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        var given = run.StartInfo.Environment;
        given.Remove("KUBEBUILDER_ASSETS");
        given.Remove("EXVIRT_REQUIRE_ENVTEST");
        given["PATH"] = $"{Path.Combine(_root, "bin")}:{given["PATH"]}";
        given["XDG_CACHE_HOME"] = Path.Combine(_root, "cache");
        given["NOTES"] = Notes;
        foreach (var (name, value) in environment)
        {
            given[name] = value;
        }

        await File.WriteAllTextAsync(Notes, "");
        run.Start();
        var complaints = run.StandardError.ReadToEndAsync();
        var output = await run.StandardOutput.ReadToEndAsync();
        await run.WaitForExitAsync();
        Assert.Equal("", await complaints);
        return (run.ExitCode, output.TrimEnd().Split('\n'));
    }

    private string Put(string path, string text)
    {
        var full = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return full;
    }
}

using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Processes;

namespace ExchangeVirt.Kubernetes.Tests.Harness;

public sealed class GuardedProcessTests
{
    [Fact]
    public async Task What_it_writes_and_how_it_ends_is_kept()
    {
        await using var process = await ShellAsync("echo out; echo err >&2; exit 7");

        Assert.Equal(7, await process.WaitForExitAsync());
        Assert.Equal(["err", "out"], process.Log.Split('\n').Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task It_hears_an_interruption_as_it_would_at_a_terminal()
    {
        await using var process = await ShellAsync(
            "trap 'echo heard; exit 0' INT; echo ready; while :; do sleep 0.1; done"
        );
        await process.WaitForOutputAsync("ready");

        process.Send(UnixSignal.Interrupt);

        Assert.Equal(0, await process.WaitForExitAsync());
        Assert.Contains("heard", process.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_does_not_end_when_asked_is_killed()
    {
        await using var process = await ShellAsync("trap '' TERM; echo ready; while :; do sleep 0.1; done");
        await process.WaitForOutputAsync("ready");

        await process.StopAsync(TimeSpan.FromMilliseconds(200));

        Assert.Equal(128 + 9, process.ExitCode);
    }

    [Fact]
    public async Task What_it_started_can_be_ended_with_it()
    {
        await using var process = await ShellAsync("sleep 1000 & echo $!; wait");
        await Until.TrueAsync("the other's id is told", () => process.Log.Length > 0);
        var other = int.Parse(process.Log, System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(ProcessStates.IsAlive(other));

        await process.KillTreeAsync();

        await Until.TrueAsync("the other is gone", () => !ProcessStates.IsAlive(other));
    }

    [Fact]
    public async Task A_program_that_is_not_there_says_so()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Processes are guarded by a Unix shell.");
        await using var process = await GuardedProcess.StartAsync(new ProgramStart("no-such-program", []));

        Assert.Equal(127, await process.WaitForExitAsync());
        Assert.Contains("no-such-program", process.Log, StringComparison.Ordinal);
    }

    private static Task<GuardedProcess> ShellAsync(string script)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Processes are guarded by a Unix shell.");
        return GuardedProcess.StartAsync(new ProgramStart("sh", ["-c", script]));
    }
}

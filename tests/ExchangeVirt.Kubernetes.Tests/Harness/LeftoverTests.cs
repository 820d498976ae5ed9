using System.Globalization;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Assets;
using ExchangeVirt.Envtest.Processes;

namespace ExchangeVirt.Kubernetes.Tests.Harness;

public sealed class LeftoverTests
{
    private const string Note = "EXVIRT_TEST_NOTE";

    [Fact]
    public async Task Nothing_remains_of_a_cluster_that_is_disposed_of_not_even_of_a_held_server()
    {
        var server = await CustomResourceServer.StartAsync();
        int[] processes = [server.Etcd.ProcessId, server.Server.ProcessId];
        Assert.All(processes, static id => Assert.True(ProcessStates.IsAlive(id)));
        await server.Etcd.FreezeAsync();

        await server.DisposeAsync();

        Assert.All(processes, static id => Assert.False(ProcessStates.IsAlive(id)));
        Assert.False(Directory.Exists(server.Folder));
    }

    [Fact]
    public async Task Nothing_remains_of_a_cluster_whose_tests_were_killed()
    {
        // This test starts itself in a process of its own, which it then kills.
        if (Environment.GetEnvironmentVariable(Note) is { Length: > 0 } given)
        {
            await HoldAsync(given);
        }

        await EnvtestAssets.RequireAsync("etcd", "apiextensions-apiserver");
        using var folder = new TemporaryFolder();
        var note = folder.Combine("note");
        await using var tests = await TestProgram.StartAsync(
            new() { [Note] = note },
            "-method",
            $"*.{nameof(Nothing_remains_of_a_cluster_whose_tests_were_killed)}"
        );
        await Until.TrueAsync("the other tests have a cluster", () => File.Exists(note) || tests.HasExited);
        Assert.True(File.Exists(note), tests.Log);
        var lines = await File.ReadAllLinesAsync(note);
        int[] processes = [.. lines[1..].Select(static line => int.Parse(line, CultureInfo.InvariantCulture))];
        Assert.Equal(2, processes.Length);
        Assert.All(processes, static id => Assert.True(ProcessStates.IsAlive(id)));

        await tests.KillAsync();

        await Until.TrueAsync("the servers are gone", () => !processes.Any(ProcessStates.IsAlive));
        await Until.TrueAsync("their folder is gone", () => !Directory.Exists(lines[0]));
    }

    private static async Task HoldAsync(string note)
    {
        await using var server = await CustomResourceServer.StartAsync();
        await File.WriteAllLinesAsync(
            $"{note}.part",
            [
                server.Folder,
                server.Etcd.ProcessId.ToString(CultureInfo.InvariantCulture),
                server.Server.ProcessId.ToString(CultureInfo.InvariantCulture),
            ]
        );
        // A process that is held takes no signal but the last.
        await server.Etcd.FreezeAsync();
        File.Move($"{note}.part", note);
        await Task.Delay(Timeout.InfiniteTimeSpan, Until.Clock);
    }
}

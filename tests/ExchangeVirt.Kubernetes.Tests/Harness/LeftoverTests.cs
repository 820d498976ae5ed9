using System.Globalization;
using ExchangeVirt.Envtest;

namespace ExchangeVirt.Kubernetes.Tests.Harness;

public sealed class LeftoverTests
{
    private const string Note = "EXVIRT_TEST_NOTE";

    [Fact]
    public async Task Nothing_remains_of_a_cluster_that_is_disposed_of_not_even_of_a_held_server()
    {
        var server = await CustomResourceServer.StartAsync();
        int[] processes = [server.Etcd.ProcessId, server.Server.ProcessId];
        Assert.All(processes, static id => Assert.True(IsAlive(id)));
        server.Etcd.Freeze();

        await server.DisposeAsync();

        Assert.All(processes, static id => Assert.False(IsAlive(id)));
        Assert.False(Directory.Exists(server.Folder));
    }

    [Fact]
    public async Task Nothing_remains_of_a_cluster_whose_tests_were_killed()
    {
        using var folder = new TemporaryFolder();
        var note = folder.Combine("note");
        await using var tests = await TestProgram.StartAsync(
            new() { [Note] = note },
            "-explicit",
            "only",
            "-method",
            $"*.{nameof(Holds_a_cluster_until_it_is_killed)}"
        );
        await Until.TrueAsync(
            "the other tests have a cluster, or were skipped",
            () => File.Exists(note) || tests.HasExited,
            TimeSpan.FromMinutes(50)
        );
        // That one needs the same as this one: where it cannot have it, neither can this.
        await (await CustomResourceServer.StartAsync()).DisposeAsync();
        Assert.True(File.Exists(note), tests.Log);
        var lines = await File.ReadAllLinesAsync(note);
        int[] processes = [.. lines[1..].Select(static line => int.Parse(line, CultureInfo.InvariantCulture))];
        Assert.Equal(2, processes.Length);
        Assert.All(processes, static id => Assert.True(IsAlive(id)));

        await tests.KillAsync();

        await Until.TrueAsync("the servers are gone", () => !processes.Any(IsAlive));
        await Until.TrueAsync("their folder is gone", () => !Directory.Exists(lines[0]));
    }

    // Only the test above runs this, in a process of its own.
    [Fact(Explicit = true)]
    public async Task Holds_a_cluster_until_it_is_killed()
    {
        var note =
            Environment.GetEnvironmentVariable(Note) ?? throw new InvalidOperationException($"{Note} is not set.");
        await using var server = await CustomResourceServer.StartAsync();
        await File.WriteAllLinesAsync(
            $"{note}.part",
            [
                server.Folder,
                server.Etcd.ProcessId.ToString(CultureInfo.InvariantCulture),
                server.Server.ProcessId.ToString(CultureInfo.InvariantCulture),
            ]
        );
        server.Etcd.Freeze();
        File.Move($"{note}.part", note);
        await Task.Delay(Timeout.InfiniteTimeSpan, Until.Clock);
    }

    private static bool IsAlive(int processId)
    {
        var status = $"/proc/{processId}/stat";
        try
        {
            // The state stands after the name, which is in parentheses; a zombie is only waiting to be counted.
            return File.ReadAllText(status).Split(") ")[^1][0] is not 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }
}

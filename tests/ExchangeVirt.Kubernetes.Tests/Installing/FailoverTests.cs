using ExchangeVirt.Kubernetes.Tests.Estates;

namespace ExchangeVirt.Kubernetes.Tests.Installing;

/// <summary>A leader dies while it changes the sample estate.</summary>
public sealed class FailoverTests(ITestOutputHelper output)
{
    private static readonly string[] s_fitting = ["ex01", "ex02", "ex03", "ex04", "edge01", "edge02", "mbx01"];

    [Fact]
    public async Task A_leader_that_is_killed_in_the_middle_of_converging_is_replaced_and_nothing_is_done_twice()
    {
        await using var estate = await InstalledEstate.StartAsync();
        var first = await estate.StartReplicaAsync("operator-first");
        await estate.LeadsAsync(first);
        var second = await estate.StartReplicaAsync("operator-second");
        await estate.ApplySampleAsync();

        // An agent is at something, and more is to come.
        await estate.UntilSoAsync(
            "some of it is done, and something is under way",
            () =>
            {
                var journals = estate.Hosts.Journals();
                return Task.FromResult(
                    journals.Count(static entry => entry.Changed) >= 3 && journals.Any(static entry => !entry.Ended)
                );
            }
        );
        await first.Process.KillAsync();
        var asked = estate.Hosts.Journals().Select(static entry => entry.OperationId).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(137, first.Process.ExitCode);
        await estate.LeadsAsync(second);
        await estate.UntilAsync("Ready", "True", s_fitting);
        await estate.UntilAsync("Synced", "True", s_fitting);

        var all = estate.Hosts.Journals();
        output.WriteLine(
            $"{asked.Count} actions were asked for before the leader died, {all.Count - asked.Count} after"
        );
        Assert.Contains(all, entry => !asked.Contains(entry.OperationId) && entry.Changed);
        foreach (var host in estate.Hosts.Endpoints.Keys)
        {
            var twice = estate
                .Hosts.Journal(host)
                .Where(static entry => entry.Changed && entry.Action != "CreateVirtualMachine")
                .CountBy(static entry => $"{entry.Action} {entry.Machine}")
                .Where(static counted => counted.Value > 1);
            Assert.Empty(twice);
        }

        // The two that were not there were made once each, and no name is there twice.
        Assert.Equal(2, all.Count(static entry => entry is { Action: "CreateVirtualMachine", Changed: true }));
        string[] expected = ["APP01", "EDGE01", "EDGE02", "EX01", "EX02", "EX03", "EX04", "FS02", "MBX01"];
        Assert.Equal(
            [.. expected, "SQL01", "SQL02", "WEB01"],
            estate.Hosts.MachineNames().Order(StringComparer.OrdinalIgnoreCase)
        );
    }
}

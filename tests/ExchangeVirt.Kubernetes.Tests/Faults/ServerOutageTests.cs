using ExchangeVirt.Envtest;

namespace ExchangeVirt.Kubernetes.Tests.Faults;

/// <summary>The API server or its store is away while the operator works.</summary>
[Collection(FaultEstateGroup.Name)]
public sealed class ServerOutageTests(SharedFaultEstate shared, ITestOutputHelper output)
{
    private const int Failure = 1;

    [Fact]
    public async Task An_API_server_that_starts_anew_while_VMs_are_made_and_at_rest_delays_things_and_nothing_else()
    {
        var estate = await shared.GetAsync();
        await using var replica = await Supervised.StartAsync(estate);
        string[] machines = ["anew01", "anew02", "anew03"];
        var known = estate.Hosts.Journals().Count;
        foreach (var machine in machines)
        {
            await estate.DeclareNewAsync(machine);
        }

        await replica.UntilAsync("they are being made", () => estate.Hosts.Journals().Count > known);
        await estate.Plane.ApiServer.KillAsync();
        await estate.Plane.ApiServer.StartAsync();
        await estate.ConvergedAsync(replica, machines);
        await estate.AssertNothingWasDoneTwiceAsync(machines);

        await estate.Plane.ApiServer.RestartAsync();
        await estate.DriftIsCorrectedAsync(replica, machines[0]);

        // A short outage it lives through; by one that outlasts the renew deadline it ends, and is started again.
        output.WriteLine($"The operator was started again {replica.Ends.Count} times.");
        Assert.All(replica.Ends, static end => AssertLostItsLease(end.Code, end.Log));
        await estate.AssertOnlyDeclaredOnesWereTouchedAsync();
    }

    [Fact]
    public async Task A_store_that_stands_still_for_20_s_ends_the_leader_before_its_lease_and_no_action_is_asked_for_without_one()
    {
        var estate = await shared.GetAsync();
        await using var replica = await Supervised.StartAsync(estate);
        string[] machines = ["still01", "still02", "still03", "still04", "still05", "still06"];
        var known = estate.Hosts.Journals().Count;
        foreach (var machine in machines)
        {
            await estate.DeclareNewAsync(machine);
        }

        await replica.UntilAsync("they are being made", () => estate.Hosts.Journals().Count > known);
        // No renewal was begun later than this.
        var stoodAt = Until.Clock.GetUtcNow();
        var stood = Until.Clock.GetTimestamp();
        estate.Plane.Etcd.Freeze();
        int asked;
        try
        {
            var code = await replica.Replica.Process.WaitForExitAsync();
            AssertLostItsLease(code, replica.Replica.Process.Log);
            asked = estate.Hosts.Journals().Count;
            await Until.TrueAsync(
                "the store has stood still for 20 s",
                () => Until.Clock.GetElapsedTime(stood) > TimeSpan.FromSeconds(20)
            );
        }
        finally
        {
            estate.Plane.Etcd.Thaw();
        }

        var journals = estate.Hosts.Journals();
        Assert.Equal(asked, journals.Count);
        Assert.All(journals, entry => Assert.True(entry.At <= stoodAt.AddSeconds(10), $"{entry} {entry.At:O}"));
        // There was work left to do, and who has no lease did not do it.
        Assert.True(
            journals.Skip(known).Count(static entry => entry.Action == "StartVirtualMachine") < machines.Length
        );

        await estate.ConvergedAsync(replica, machines);
        await estate.AssertNothingWasDoneTwiceAsync(machines);
        await estate.DriftIsCorrectedAsync(replica, machines[0]);
        await estate.AssertOnlyDeclaredOnesWereTouchedAsync();
    }

    private static void AssertLostItsLease(int code, string log)
    {
        Assert.Equal(Failure, code);
        Assert.Contains("The lease was not renewed within 10 s", log, StringComparison.Ordinal);
    }
}

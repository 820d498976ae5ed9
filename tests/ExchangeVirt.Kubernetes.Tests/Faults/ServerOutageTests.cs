using ExchangeVirt.Envtest;
using ExchangeVirt.Kubernetes.Tests.Estates;

namespace ExchangeVirt.Kubernetes.Tests.Faults;

/// <summary>The API server or its store is away while the operator works.</summary>
[Collection(FaultEstateGroup.Name)]
public sealed class ServerOutageTests(SharedFaultEstate shared, ITestOutputHelper output)
{
    private const int Failure = 1;

    // Of the Deployment: from then on another may lead.
    private static readonly TimeSpan s_leaseDuration = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task An_API_server_that_starts_anew_while_VMs_are_made_and_at_rest_delays_things_and_nothing_else()
    {
        var estate = await shared.GetAsync();
        await using var replica = await Supervised.StartAsync(estate);
        string[] machines = ["anew01", "anew02", "anew03"];
        var known = estate.Hosts.Journals();
        foreach (var machine in machines)
        {
            await estate.DeclareNewAsync(machine);
        }

        await replica.UntilAsync("they are being made", () => estate.Hosts.JournalsBeyond(known).Count > 0);
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
        await using var gate = await ApiGate.StartAsync(estate.Plane);
        await using var replica = await Supervised.StartAsync(estate, gate.Address);
        // No word about the last VM gets through, so that one is left to be made.
        _ = gate.HoldAsync(static request =>
            request.Path.Value!.Contains("/exchangevirtualmachines/still06", StringComparison.Ordinal)
        );
        string[] machines = ["still01", "still02", "still03", "still04", "still05", "still06"];
        await LosesItsLeaseAsync(
            estate,
            replica,
            machines,
            estate.Plane.Etcd.FreezeAsync,
            () =>
            {
                estate.Plane.Etcd.Thaw();
                gate.Open();
            },
            TimeSpan.FromSeconds(20)
        );
        await estate.DriftIsCorrectedAsync(replica, machines[0]);
        await estate.AssertOnlyDeclaredOnesWereTouchedAsync();
    }

    [Fact]
    public async Task A_leader_of_which_nothing_but_the_renewals_is_lost_ends_as_well()
    {
        var estate = await shared.GetAsync();
        await using var gate = await ApiGate.StartAsync(estate.Plane);
        await using var replica = await Supervised.StartAsync(estate, gate.Address);
        var areLost = false;
        // While it still leads, all but the renewals goes on: no word about the last VM gets through, so that one is left to be made.
        _ = gate.HoldAsync(request =>
            request.Path.Value!.EndsWith("/leases/exchangevirt-operator", StringComparison.Ordinal)
                ? Volatile.Read(ref areLost)
                : request.Path.Value.Contains("/exchangevirtualmachines/unrenewed06", StringComparison.Ordinal)
        );
        await LosesItsLeaseAsync(
            estate,
            replica,
            ["unrenewed01", "unrenewed02", "unrenewed03", "unrenewed04", "unrenewed05", "unrenewed06"],
            () =>
            {
                Volatile.Write(ref areLost, true);
                return Task.CompletedTask;
            },
            gate.Open,
            TimeSpan.Zero
        );
    }

    private static async Task LosesItsLeaseAsync(
        FaultEstate estate,
        Supervised replica,
        string[] machines,
        Func<Task> take,
        Action giveBack,
        TimeSpan atLeast
    )
    {
        var known = estate.Hosts.Journals();
        foreach (var machine in machines)
        {
            await estate.DeclareNewAsync(machine);
        }

        await replica.UntilAsync("they are being made", () => estate.Hosts.JournalsBeyond(known).Count > 0);
        await take();
        // No renewal was begun later than this.
        var stoodAt = Until.Clock.GetUtcNow();
        var stood = Until.Clock.GetTimestamp();
        IReadOnlyList<JournalEntry> asked;
        try
        {
            var code = await replica.Replica.Process.WaitForExitAsync();
            AssertLostItsLease(code, replica.Replica.Process.Log);
            asked = estate.Hosts.Journals();
            await Until.TrueAsync(
                $"it has lasted {atLeast.TotalSeconds:0} s",
                () => Until.Clock.GetElapsedTime(stood) >= atLeast
            );
        }
        finally
        {
            giveBack();
        }

        Assert.Empty(estate.Hosts.JournalsBeyond(asked));
        Assert.All(
            estate.Hosts.Journals(),
            entry => Assert.True(entry.At < stoodAt + s_leaseDuration, $"{entry} {entry.At:O}, {stoodAt:O}")
        );
        // There was work left to do, and who has no lease did not do it.
        Assert.True(
            estate.Hosts.JournalsBeyond(known).Count(static entry => entry.Action == "StartVirtualMachine")
                < machines.Length
        );

        await estate.ConvergedAsync(replica, machines);
        await estate.AssertNothingWasDoneTwiceAsync(machines);
    }

    private static void AssertLostItsLease(int code, string log)
    {
        Assert.Equal(Failure, code);
        // Or its work, which was stopped in time, took too long to end.
        Assert.Matches("The lease was not renewed within 10 s|Leadership was lost and work did not end within", log);
    }
}

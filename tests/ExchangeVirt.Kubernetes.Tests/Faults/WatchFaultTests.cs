using ExchangeVirt.Envtest;
using ExchangeVirt.Kubernetes.Tests.Estates;

namespace ExchangeVirt.Kubernetes.Tests.Faults;

/// <summary>
/// What is changed while the operator hears nothing is acted upon when it hears again, by the same process: what it held before
/// is what it goes on from.
/// </summary>
[Collection(FaultEstateGroup.Name)]
public sealed class WatchFaultTests(SharedFaultEstate shared)
{
    [Fact]
    public async Task A_watch_that_is_cut_mid_stream_goes_on_and_every_change_is_acted_upon()
    {
        var estate = await shared.GetAsync();
        await using var relay = new TcpRelay(estate.Plane.Address);
        var since = Until.Clock.GetUtcNow();
        await using var replica = await Supervised.StartAsync(
            estate,
            relay.Address,
            environment: null,
            Supervised.Patient
        );
        await estate.DeclareWrongAsync("cut");
        await estate.ConvergedAsync(replica, "cut");

        foreach (var processors in new[] { 6, 8 })
        {
            relay.Cut();
            await estate.DeclareWrongAsync("cut", processors);
            // Cut again while it acts upon it.
            relay.Cut();
            await estate.ConvergedAsync(replica, "cut");
        }

        Assert.Empty(replica.Ends);
        Assert.Equal(1, await estate.ListsAsync(since));
        var id = await estate.IdAsync("cut");
        Assert.Equal(3, estate.Changes(id).Count(static entry => entry.Action == "SetProcessorCount"));
        Assert.Equal(3, estate.Changes(id).Count(static entry => entry.Action == "StartVirtualMachine"));
    }

    [Fact]
    public async Task What_was_changed_deleted_and_made_beyond_the_servers_memory_is_acted_upon_after_a_new_list()
    {
        var estate = await shared.GetAsync();
        await using var relay = new TcpRelay(estate.Plane.Address);
        var since = Until.Clock.GetUtcNow();
        await using var replica = await Supervised.StartAsync(
            estate,
            relay.Address,
            environment: null,
            Supervised.Patient
        );
        await estate.DeclareWrongAsync("forgotten");
        await estate.DeclareNewAsync("let-go");
        await estate.ConvergedAsync(replica, "forgotten", "let-go");
        var kept = await estate.IdAsync("let-go");
        var touched = estate.Changes(kept).Count;
        await estate.NoteDeclaredAsync();

        relay.Refuse();
        await estate.DeclareWrongAsync("forgotten", processors: 6);
        await estate.DeclareNewAsync("meanwhile");
        (
            await estate.Installed.Kubectl.RunAsync("delete", "exvm", "let-go", "-n", "messaging", "--wait=false")
        ).Succeeded();
        await estate.Plane.ForgetHistoryAsync();
        relay.Mend();

        await estate.ConvergedAsync(replica, "forgotten", "meanwhile");
        await replica.UntilAsync(
            "the deleted one is let go of",
            async () =>
                await estate.Installed.GetAsync("exchangevirtualmachines", InstalledEstate.Messaging, "let-go") is null
        );
        Assert.Empty(replica.Ends);
        Assert.True(await estate.ListsAsync(since) >= 2);
        Assert.Equal(touched, estate.Changes(kept).Count);
        await estate.AssertNothingWasDoneTwiceAsync("meanwhile");
    }
}

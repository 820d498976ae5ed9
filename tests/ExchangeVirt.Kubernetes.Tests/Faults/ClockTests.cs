using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Processes;
using ExchangeVirt.Kubernetes.Tests.Estates;

namespace ExchangeVirt.Kubernetes.Tests.Faults;

/// <summary>The clock of the leader's machine is set, that of the hosts, of the API server and of a standby are not.</summary>
[Collection(FaultEstateGroup.Name)]
public sealed class ClockTests(SharedFaultEstate shared)
{
    // A standby that went by the times in the lease would take it for expired: it was renewed four minutes ago, whenever that is.
    private static readonly TimeSpan s_back = TimeSpan.FromMinutes(-4);
    private static readonly IReadOnlyList<string> s_lease = ["--lease-duration=120", "--renew-deadline=100"];

    [Fact]
    public async Task A_leaders_clock_that_is_set_while_VMs_are_corrected_and_at_rest_costs_no_lease_and_has_nothing_done_twice()
    {
        var estate = await shared.GetAsync();
        using var folder = new TemporaryFolder();
        var clock = await SettableClock.FindAsync(folder);
        await using var leader = await Supervised.StartAsync(estate, server: null, clock.Environment, s_lease);
        await using var standby = await estate.Installed.StartReplicaAtAsync(
            estate.Plane.Address,
            "operator-1",
            environment: null,
            s_lease
        );
        await standby.ReadyAsync();
        var held = await LeaseAsync(estate);

        await ConvergesAsync("early01", TimeSpan.FromHours(26));
        await ConvergesAsync("early02", s_back);
        foreach (var ahead in new[] { TimeSpan.FromHours(26), s_back, TimeSpan.Zero })
        {
            clock.Set(ahead);
            // It goes by that clock now.
            await leader.UntilAsync($"the lease is renewed {ahead} ahead", () => IsRenewedAsync(estate, ahead));
            await estate.DriftIsCorrectedAsync(leader, "early01");
        }

        Assert.Empty(leader.Ends);
        Assert.Equal(held, await LeaseAsync(estate));
        Assert.False(standby.Process.HasExited);

        // From the moment on in which the guest is asked to shut down.
        async Task ConvergesAsync(string machine, TimeSpan ahead)
        {
            var known = estate.Hosts.Journals();
            await estate.DeclareWrongAsync(machine);
            await leader.UntilAsync(
                $"{machine} is asked to shut down",
                () => estate.Hosts.JournalsBeyond(known).Any(static entry => entry.Action == "ShutDownGuest")
            );
            clock.Set(ahead);
            await estate.ConvergedAsync(leader, machine);
            await estate.AssertNothingWasDoneTwiceAsync(machine);
        }
    }

    [Fact]
    public async Task While_a_leaders_clock_is_before_the_certificates_of_agents_that_is_said_and_VMs_are_left_as_they_are()
    {
        var estate = await shared.GetAsync();
        using var folder = new TemporaryFolder();
        var clock = await SettableClock.FindAsync(folder);
        await using var leader = await Supervised.StartAsync(
            estate,
            server: null,
            clock.Environment,
            Supervised.Patient
        );
        await estate.DeclareWrongAsync("early03");
        await estate.ConvergedAsync(leader, "early03");
        var (id, host) = (await estate.IdAsync("early03"), await estate.HostAsync("early03"));
        var changes = estate.Changes(id).Count;

        var ahead = TimeSpan.FromHours(-26);
        clock.Set(ahead);
        // Connections that stand are not affected: it has to make a new one.
        estate.Hosts.KillAgent(host);
        await leader.UntilAsync(
            "its host is out of reach by what is wrong with the certificate",
            async () =>
                await estate.Installed.HostConditionAsync(host, "Ready") is ("False", _, { } message)
                && message.Contains("not yet valid", StringComparison.Ordinal)
        );
        await estate.Hosts.DriftAsync(host, "early03", "checkpoints=Production");
        await leader.UntilAsync("the lease is renewed by that clock", () => IsRenewedAsync(estate, ahead));
        var drifted = await RenewedAsync(estate);
        await leader.UntilAsync(
            "it leads for a while, and could act",
            async () => await RenewedAsync(estate) > drifted.AddSeconds(6)
        );
        Assert.Equal(changes, estate.Changes(id).Count);

        clock.Set(TimeSpan.Zero);
        await leader.UntilAsync("it is corrected", () => estate.Changes(id).Count > changes);
        await estate.ConvergedAsync(leader, "early03");
        Assert.Empty(leader.Ends);
    }

    // Who holds it, and how often it has changed hands.
    private static async Task<(string?, int?)> LeaseAsync(FaultEstate estate)
    {
        var spec = await estate.Installed.LeaseSpecAsync();
        return ((string?)spec?["holderIdentity"], (int?)spec?["leaseTransitions"]);
    }

    private static async Task<bool> IsRenewedAsync(FaultEstate estate, TimeSpan ahead) =>
        (await RenewedAsync(estate) - Until.Clock.GetUtcNow() - ahead).Duration() < TimeSpan.FromMinutes(2);

    // By the leader's clock.
    private static async Task<DateTimeOffset> RenewedAsync(FaultEstate estate) =>
        (DateTimeOffset)(await estate.Installed.LeaseSpecAsync())!["renewTime"]!;
}

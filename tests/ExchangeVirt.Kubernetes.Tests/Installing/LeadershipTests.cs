using System.Globalization;
using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Agent.Contract.Client;
using ExchangeVirt.Agent.Contract.Security;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Processes;
using ExchangeVirt.Kubernetes.Tests.Estates;

namespace ExchangeVirt.Kubernetes.Tests.Installing;

/// <summary>One leads at a time, and agents refuse whoever is not the newest leader of their own installation.</summary>
public sealed class LeadershipTests(SharedInstalledEstate shared, ITestOutputHelper output)
    : IClassFixture<SharedInstalledEstate>
{
    private const string Drift = "checkpoints=Production";

    [Fact]
    public async Task A_leader_that_is_asked_to_stop_gives_the_lease_back_and_the_other_does_not_wait_for_it_to_expire()
    {
        var estate = await StartAsync();
        // Were it not given back, nobody would lead for longer than any of these tests waits.
        string[] patient = ["--lease-duration=1800", "--renew-deadline=1200", "--retry-period=15"];
        var first = await estate.StartReplicaAsync("stopped-first", patient);
        await estate.LeadsAsync(first);
        var second = await estate.StartReplicaAsync("stopped-second", patient);

        var began = Until.Clock.GetTimestamp();
        first.Process.Send(UnixSignal.Terminate);
        await estate.LeadsAsync(second);

        var took = Until.Clock.GetElapsedTime(began);
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"from SIGTERM to the other's lease: {took.TotalSeconds:0.00} s"
            )
        );
        Assert.Equal(0, await first.Process.WaitForExitAsync());
        Assert.Contains("gave the lease back", first.Process.Log, StringComparison.Ordinal);
        await estate.BecomeReadyAsync();
    }

    [Fact]
    public async Task A_leader_that_was_frozen_while_another_took_over_does_nothing_when_it_goes_on_and_agents_refuse_it()
    {
        var estate = await StartAsync();
        var stale = await estate.StartReplicaAsync("frozen-first");
        await estate.LeadsAsync(stale);
        await estate.BecomeReadyAsync();
        var epoch = await estate.EpochAsync();
        var second = await estate.StartReplicaAsync("frozen-second");
        var before = Untouched.Of(estate);

        await stale.Process.HoldAsync();
        // The frozen one hears of it too, when it goes on.
        await estate.Hosts.DriftAsync("hv01", "EX01", Drift);
        await estate.LeadsAsync(second);
        await estate.UntilSoAsync("the new leader corrects it", () => Task.FromResult(IsCorrected(before)));
        stale.Process.Send(UnixSignal.Continue);

        Assert.NotEqual(0, await stale.Process.WaitForExitAsync());
        await estate.UntilAsync("Synced", "True", "ex01");
        // Nothing of the stale one's was even accepted.
        Assert.Single(before.Since());
        foreach (var host in estate.Hosts.Endpoints.Keys)
        {
            var refusal = await RefusalAsync(estate, host, epoch);
            Assert.Equal(AgentFaultReasons.StaleEpoch, refusal.Reason);
        }
    }

    [Fact]
    public async Task A_second_installation_is_refused_by_agents_says_so_and_changes_nothing()
    {
        var estate = await StartAsync();
        await estate.StartReplicaAsync("first-installation");
        await estate.BecomeReadyAsync();
        await estate.StopReplicasAsync();
        var before = Untouched.Of(estate);
        await estate.Hosts.DriftAsync("hv02", "EX02", Drift);

        // Another namespace, so another identity; with every right, and the certificate that agents trust.
        (await estate.Kubectl.RunAsync("create", "namespace", "exchangevirt-second")).Succeeded();
        await estate.StartReplicaAsync(
            "second-installation",
            "--namespace=exchangevirt-second",
            $"--kubeconfig={estate.Plane.AdminKubeconfig}"
        );
        foreach (var host in estate.Hosts.Endpoints.Keys)
        {
            await estate.UntilSoAsync(
                $"{host} says that it obeys another installation",
                async () =>
                    await estate.HostConditionAsync(host, "Ready") is ("False", _, { } message)
                    && message.Contains("(NotBound)", StringComparison.Ordinal)
                    && message.Contains("exvirt-agent rebind", StringComparison.Ordinal)
            );
            var refusal = await RefusalAsync(estate, host, new InstallationEpoch(Guid.Empty.ToString(), 1_000_000));
            Assert.Equal(AgentFaultReasons.NotBound, refusal.Reason);
        }

        await estate.UntilAsync("Ready", "False", "ex02");
        Assert.Empty(before.Since());
        await estate.StopReplicasAsync();

        // The one that the agents obey corrects it.
        await estate.BecomeReadyAsync();
        await estate.UntilSoAsync("it is told so", () => Task.FromResult(IsCorrected(before)));
    }

    private static bool IsCorrected(Untouched before) => before.ChangedBy("DisableCheckpoints") is [_];

    private async Task<InstalledEstate> StartAsync()
    {
        var estate = await shared.GetAsync();
        await estate.StopReplicasAsync();
        return estate;
    }

    private static async Task<AgentFaultException> RefusalAsync(
        InstalledEstate estate,
        string host,
        InstallationEpoch epoch
    )
    {
        var identity = new TlsIdentitySource(
            new TlsFiles(
                Path.Combine(estate.Certificates, "operator.crt"),
                Path.Combine(estate.Certificates, "operator.key"),
                Path.Combine(estate.Certificates, "ca.crt")
            )
        );
        await using var agent = new HostAgentConnector(
            new HostAgentConnectorOptions
            {
                Identity = identity,
                Epoch = () => epoch,
                Time = Until.Clock,
            }
        ).Connect(estate.Hosts.Endpoints[host], host);
        return await Assert.ThrowsAsync<AgentFaultException>(() => agent.ObserveAsync(CancellationToken.None));
    }
}

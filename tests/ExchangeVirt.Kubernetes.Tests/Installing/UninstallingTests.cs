using System.Text.RegularExpressions;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Clients;
using ExchangeVirt.Kubernetes.Tests.Estates;

namespace ExchangeVirt.Kubernetes.Tests.Installing;

/// <summary>
/// Uninstalling, in each way that there is, touches no VM: agents are asked for nothing, and every VM of every host stays as it
/// is, the one too that is off and would be unregistered if somebody deleted its object.
/// </summary>
public sealed partial class UninstallingTests(SharedInstalledEstate shared) : IClassFixture<SharedInstalledEstate>
{
    private static readonly string[] s_all = [.. SmallEstate.Members, SmallEstate.Deletable];

    [Fact]
    public async Task Deleting_the_base_by_kustomize_touches_no_VM_and_keeps_definitions_and_declarations()
    {
        var estate = await ReadyAsync();
        var before = Untouched.Of(estate);

        (
            await estate.Kubectl.RunAsync(
                "delete",
                "-k",
                Path.Combine(estate.Deliverables, "deploy", "kustomize", "base")
            )
        ).Succeeded();
        // Without its account and its rights, for the moment that its pods still live.
        await estate.UntilSoAsync(
            "the operator is refused",
            // Whoever is not known any more is not in the server's record of requests.
            () =>
                Task.FromResult(
                    estate.Replicas[^1].Process.Log is var log
                        && (
                            log.Contains("(401)", StringComparison.Ordinal)
                            || log.Contains("(403)", StringComparison.Ordinal)
                        )
                )
        );
        await estate.StopReplicasAsync();

        before.AssertSo();
        await AssertDeclaredAsync(estate);
        await estate.InstallAsync();
        await estate.BecomeReadyAsync();
        before.AssertSo();
    }

    [Fact]
    public async Task Deleting_the_definitions_by_mistake_lets_go_of_all_objects_and_touches_no_VM()
    {
        var estate = await ReadyAsync();
        var before = Untouched.Of(estate);

        (
            await estate.Kubectl.RunAsync("delete", "-k", Path.Combine(estate.Deliverables, "crds"), "--timeout=180s")
        ).Succeeded();

        before.AssertSo();
        await AssertGoneAsync(estate);
        // Applied again, each object finds its VM.
        await estate.InstallAsync();
        await estate.BecomeReadyAsync();
        before.AssertSo();
    }

    [Fact]
    public async Task Deleting_the_namespace_of_the_VMs_lets_go_of_all_objects_in_it_and_touches_no_VM()
    {
        var estate = await ReadyAsync();
        var before = Untouched.Of(estate);

        (await estate.Kubectl.RunAsync("delete", "namespace", InstalledEstate.Messaging, "--timeout=180s")).Succeeded();

        before.AssertSo();
        await estate.BecomeReadyAsync();
        before.AssertSo();
    }

    [Fact]
    public async Task Deleting_the_operators_namespace_touches_no_VM_and_agents_obey_none_but_the_same_installation_restored()
    {
        var estate = await ReadyAsync();
        var before = Untouched.Of(estate);
        var identity = (
            await estate.Kubectl.RunAsync(
                "get",
                "configmap",
                "exchangevirt-installation",
                "exchangevirt-epoch",
                "-n",
                InstalledEstate.System,
                "-o",
                "yaml"
            )
        ).Succeeded();

        (await estate.Kubectl.RunAsync("delete", "namespace", InstalledEstate.System, "--timeout=180s")).Succeeded();
        await estate.StopReplicasAsync();
        before.AssertSo();
        await AssertDeclaredAsync(estate);

        await estate.InstallAsync();
        await estate.StartReplicaAsync("operator-new");
        foreach (var host in estate.Hosts.Endpoints.Keys)
        {
            await estate.UntilSoAsync(
                $"{host} is known to obey another installation",
                async () =>
                    await estate.HostConditionAsync(host, "Ready") is ("False", _, { } message)
                    && message.Contains("obeys installation", StringComparison.Ordinal)
            );
        }

        await estate.StopReplicasAsync();
        before.AssertSo();

        // As docs/install.md says: with a backup of its identity, it is the installation that it was.
        (await estate.Kubectl.RunAsync("delete", "configmap", "-n", InstalledEstate.System, "--all")).Succeeded();
        (await estate.Kubectl.FeedAsync(identity, "create", "-f", "-")).Succeeded();
        await estate.BecomeReadyAsync();
        before.AssertSo();
    }

    [Fact]
    public async Task With_the_operator_gone_a_deletion_waits_and_the_documented_line_lets_go_and_touches_no_VM()
    {
        var estate = await ReadyAsync();
        var before = Untouched.Of(estate);
        await estate.StopReplicasAsync();

        (await estate.Kubectl.RunAsync("delete", "exvm", "-A", "--all", "--wait=false")).Succeeded();
        var stuck = await estate.Kubectl.RunAsync(
            "wait",
            "exvm",
            "-n",
            "messaging",
            "--all",
            "--for=delete",
            "--timeout=5s"
        );
        Assert.NotEqual(0, stuck.ExitCode);
        await AssertDeclaredAsync(estate);

        (await Tool.Own("bash", estate.Plane).RunAsync("-c", await DocumentedReleaseAsync())).Succeeded();

        await AssertGoneAsync(estate);
        before.AssertSo();
        await estate.BecomeReadyAsync();
        before.AssertSo();
    }

    private async Task<InstalledEstate> ReadyAsync()
    {
        var estate = await shared.GetAsync();
        // What a test before left behind, were it to have failed, does not make this one fail.
        await estate.StopReplicasAsync();
        await estate.InstallAsync();
        await estate.BecomeReadyAsync();
        return estate;
    }

    private static async Task AssertGoneAsync(InstalledEstate estate)
    {
        foreach (var machine in s_all)
        {
            Assert.Null(await estate.GetAsync("exchangevirtualmachines", InstalledEstate.Messaging, machine));
        }
    }

    private static async Task AssertDeclaredAsync(InstalledEstate estate)
    {
        foreach (var machine in s_all)
        {
            var found = await estate.GetAsync("exchangevirtualmachines", InstalledEstate.Messaging, machine);
            Assert.Contains(
                "exchangevirt.io/virtual-machine",
                found!["metadata"]!["finalizers"]!.ToJsonString(),
                StringComparison.Ordinal
            );
        }
    }

    private static async Task<string> DocumentedReleaseAsync()
    {
        var page = await File.ReadAllTextAsync(Checkout.Combine("docs", "install.md"));
        return Release().Matches(page).Single().Value;
    }

    [GeneratedRegex(@"^kubectl get exvm .*finalizers.*done$", RegexOptions.Multiline, 5_000)]
    private static partial Regex Release();
}

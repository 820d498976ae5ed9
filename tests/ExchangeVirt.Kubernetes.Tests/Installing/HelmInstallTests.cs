using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Clients;
using ExchangeVirt.Kubernetes.Tests.Estates;

namespace ExchangeVirt.Kubernetes.Tests.Installing;

/// <summary>The chart is installed, upgraded and uninstalled by Helm, and the operator runs as it says.</summary>
public sealed class HelmInstallTests(HelmInstallTests.Installation installation)
    : IClassFixture<HelmInstallTests.Installation>
{
    private const string Release = "exchangevirt-operator";

    [Fact]
    public async Task What_the_chart_installs_brings_VMs_to_what_is_declared()
    {
        var estate = await installation.GetAsync();
        await InstallAsync(estate);
        await RestartAsync(estate, "helm-installed");

        var helm = await Helm.FindAsync(estate.Plane);
        var listed = (await helm.RunAsync("list", "-n", InstalledEstate.System, "-o", "json")).Succeeded();
        Assert.Contains("\"status\":\"deployed\"", listed, StringComparison.Ordinal);
        foreach (var machine in SmallEstate.Members)
        {
            Assert.Equal("InSync", (await estate.ConditionAsync(machine, "Synced")).Reason);
        }

        // It is this one that keeps it so.
        var before = Untouched.Of(estate);
        await estate.Hosts.DriftAsync("hv01", "EX01", "checkpoints=Production");
        await estate.UntilSoAsync(
            "the drift is corrected",
            () => Task.FromResult(before.ChangedBy("DisableCheckpoints") is [_])
        );
    }

    [Fact]
    public async Task An_upgrade_with_other_values_reaches_the_operator_and_VMs_stay_as_they_are()
    {
        var estate = await installation.GetAsync();
        await InstallAsync(estate);
        await RestartAsync(estate, "helm-before");
        var before = Untouched.Of(estate);

        await InstallAsync(estate, "--set=workers=3", "--set=replicas=3", "--set=extraArgs={--allow-tls12}");

        var arguments = await estate.DeployedArgumentsAsync();
        Assert.Contains("--workers=3", arguments);
        Assert.Contains("--allow-tls12", arguments);
        Assert.Equal(
            "3",
            (
                await estate.Kubectl.RunAsync(
                    "get",
                    "deployment",
                    Release,
                    "-n",
                    InstalledEstate.System,
                    "-o",
                    "jsonpath={.spec.replicas}"
                )
            ).Succeeded()
        );
        await RestartAsync(estate, "helm-after");
        before.AssertSo();
    }

    [Fact]
    public async Task An_uninstallation_keeps_definitions_and_declarations_touches_no_VM_and_may_be_followed_by_another()
    {
        var estate = await installation.GetAsync();
        await InstallAsync(estate);
        await RestartAsync(estate, "helm-uninstalled");
        var before = Untouched.Of(estate);
        var helm = await Helm.FindAsync(estate.Plane);

        (await helm.RunAsync("uninstall", Release, "-n", InstalledEstate.System)).Succeeded();
        await estate.StopReplicasAsync();

        Assert.Equal(
            5,
            (await estate.Kubectl.RunAsync("get", "crd", "-o", "name"))
                .Succeeded()
                .Split('\n')
                .Count(static name => name.EndsWith(".exchangevirt.io", StringComparison.Ordinal))
        );
        Assert.Contains("NotFound", (await GetDeploymentAsync(estate)).Error, StringComparison.Ordinal);
        foreach (var machine in (string[])[.. SmallEstate.Members, SmallEstate.Deletable])
        {
            Assert.NotNull(await estate.GetAsync("exchangevirtualmachines", InstalledEstate.Messaging, machine));
        }

        before.AssertSo();
        await InstallAsync(estate);
        await RestartAsync(estate, "helm-again");
        before.AssertSo();
    }

    private static Task<ToolResult> GetDeploymentAsync(InstalledEstate estate) =>
        estate.Kubectl.RunAsync("get", "deployment", Release, "-n", InstalledEstate.System);

    // As the Deployment's pods are replaced.
    private static async Task RestartAsync(InstalledEstate estate, string name)
    {
        await estate.StopReplicasAsync();
        await estate.StartReplicaAsync(name);
        await estate.BecomeReadyAsync();
    }

    private static async Task InstallAsync(InstalledEstate estate, params IReadOnlyList<string> more)
    {
        var helm = await Helm.FindAsync(estate.Plane);
        var authority = Convert.ToBase64String(await File.ReadAllBytesAsync(Path.Combine(estate.Webhook, "ca.crt")));
        (
            await helm.RunAsync([
                "upgrade",
                "--install",
                Release,
                Checkout.Combine("deploy", "helm", "exchangevirt-operator"),
                "--namespace",
                InstalledEstate.System,
                // As docs/install.md says for old servers.
                "--server-side=false",
                "--disable-openapi-validation",
                "--set=certificates.existingSecret=exchangevirt-agent-client",
                "--set=webhook.existingSecret=exchangevirt-webhook",
                $"--set=webhook.caBundle={authority}",
                .. more,
            ])
        ).Succeeded();
        (
            await estate.Kubectl.RunAsync("wait", "crd", "--all", "--for=condition=Established", "--timeout=60s")
        ).Succeeded();
    }

    /// <summary>The small estate, with the namespace and the Secrets that the chart is told of, and nothing else.</summary>
    public sealed class Installation : IAsyncDisposable
    {
        private readonly TemporaryFolder _folder = new("helm");
        private readonly Lock _gate = new();
        private Task<InstalledEstate>? _estate;

        internal Task<InstalledEstate> GetAsync()
        {
            lock (_gate)
            {
                return _estate ??= InstalledEstate.StartAsync(
                    SmallEstate.Describe(_folder.Combine("hosts")),
                    PrepareAsync
                );
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (_estate is { IsCompletedSuccessfully: true })
            {
                await (await _estate).DisposeAsync();
            }

            _folder.Dispose();
        }

        private static async Task PrepareAsync(InstalledEstate estate)
        {
            (await estate.Kubectl.RunAsync("create", "namespace", InstalledEstate.System)).Succeeded();
            var from = (string file) => $"--from-file={Path.Combine(estate.Certificates, file)}";
            (
                await estate.Kubectl.RunAsync(
                    "create",
                    "secret",
                    "generic",
                    "exchangevirt-agent-client",
                    "-n",
                    InstalledEstate.System,
                    from("operator.crt"),
                    from("operator.key"),
                    from("ca.crt")
                )
            ).Succeeded();
            (
                await estate.Kubectl.RunAsync(
                    "create",
                    "secret",
                    "tls",
                    "exchangevirt-webhook",
                    "-n",
                    InstalledEstate.System,
                    $"--cert={Path.Combine(estate.Webhook, "tls.crt")}",
                    $"--key={Path.Combine(estate.Webhook, "tls.key")}"
                )
            ).Succeeded();
        }
    }
}

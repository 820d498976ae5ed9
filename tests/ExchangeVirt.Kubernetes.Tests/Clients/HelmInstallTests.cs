using System.Text.Json.Nodes;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Clients;
using ExchangeVirt.Envtest.Definitions;
using ExchangeVirt.Kubernetes.Tests.Estates;

namespace ExchangeVirt.Kubernetes.Tests.Clients;

/// <summary>Helm 4.1 waits for a chart's VMs while the operator works: it ends well exactly when they are Ready.</summary>
[Collection(nameof(ClientEstate))]
public sealed class HelmInstallTests(SharedClientEstate shared)
{
    [Fact]
    public async Task A_chart_is_installed_once_its_machines_are_ready()
    {
        var estate = await shared.GetAsync();
        var helm = await Helm.FindAsync(estate.Plane);
        using var chart = new MachineChart(Placed("helm01"), Placed("helm02"));

        var installed = await helm.RunAsync(chart.Install("ready", InstalledEstate.Messaging, "4m"));

        Assert.True(installed.ExitCode == 0, installed.All + await estate.DescribeAsync());
        foreach (var name in (string[])["helm01", "helm02"])
        {
            Assert.Equal(("True", "InSync"), await ReadyAsync(estate, name));
        }

        Assert.Contains(
            estate.Hosts.Journals(),
            static entry => entry is { Action: "CreateVirtualMachine", Changed: true }
        );
    }

    [Fact]
    public async Task A_machine_that_fits_nowhere_is_waited_for_and_named_with_what_it_lacks()
    {
        var estate = await shared.GetAsync();
        var helm = await Helm.FindAsync(estate.Plane);
        var large = Placed("helm03");
        large["spec"]!["processors"]!["count"] = 24;
        using var chart = new MachineChart(large, Placed("helm04"));

        var installed = await helm.RunAsync(chart.Install("nowhere", InstalledEstate.Messaging, "30s"));

        Assert.Equal(1, installed.ExitCode);
        Assert.Contains("context deadline exceeded", installed.Error, StringComparison.Ordinal);
        var (_, reason, message) = await estate.ConditionAsync("helm03", "Ready");
        Assert.Equal("NoHostFits", reason);
        Assert.Contains("hv01", message, StringComparison.Ordinal);
        Assert.Contains(
            $"resource ExchangeVirtualMachine/{InstalledEstate.Messaging}/helm03 not ready. status: InProgress, message: {message![..40]}",
            installed.Error,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("unknown-dag", "UnknownAvailabilityGroup")]
    [InlineData("unknown-policy", "UnknownPolicy")]
    [InlineData("unsound", "Invalid")]
    public async Task What_only_a_person_can_help_fails_before_the_time_is_up_and_is_waited_for_once_corrected(
        string release,
        string reason
    )
    {
        var estate = await shared.GetAsync();
        // Ten minutes of Helm's own time would be over long after this.
        var helm = await Helm.FindAsync(estate.Plane) with
        {
            Deadline = TimeSpan.FromMinutes(5),
        };
        var wrong = Placed($"helm-{release}");
        switch (release)
        {
            case "unknown-dag":
                wrong["spec"]!["exchange"] = new JsonObject
                {
                    ["version"] = "ExchangeSE",
                    ["role"] = "Mailbox",
                    ["databaseAvailabilityGroup"] = "dag09",
                };
                break;
            case "unknown-policy":
                wrong["spec"]!["policyName"] = "gold";
                break;
            default:
                // No CEL here, and no webhook in between: the operator itself finds it.
                wrong["spec"]!["memory"]!["size"] = "65535Mi";
                break;
        }

        using var chart = new MachineChart(wrong);

        var installed = await helm.RunAsync(chart.Install(release, InstalledEstate.Messaging, "10m"));

        var (status, found, message) = await estate.ConditionAsync($"helm-{release}", "Stalled");
        Assert.Equal(("True", reason), (status, found));
        Assert.Equal(1, installed.ExitCode);
        var verdict =
            $"resource ExchangeVirtualMachine/{InstalledEstate.Messaging}/helm-{release} not ready. status: Failed, message: {message}";
        Assert.Contains(verdict, installed.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("deadline exceeded", installed.Error, StringComparison.Ordinal);

        // What is corrected is judged anew: the old verdict speaks of an older generation.
        using var corrected = new MachineChart(Placed($"helm-{release}"));
        var upgrade = corrected.Upgrade(release, InstalledEstate.Messaging, "4m");
        var upgraded = await helm.RunAsync(upgrade);
        if (upgraded.Error.Contains(verdict, StringComparison.Ordinal))
        {
            // Helm's first list comes from the server's cache of watches, which may be a moment behind Helm's own change: it then
            // takes the verdict on what was for one on what is. The same command again finds the change there.
            upgraded = await helm.RunAsync(upgrade);
        }

        Assert.True(upgraded.ExitCode == 0, upgraded.All + await estate.DescribeAsync());
        Assert.Equal(("True", "InSync"), await ReadyAsync(estate, $"helm-{release}"));
    }

    [Fact]
    public async Task A_machine_that_is_paused_with_drift_is_ready()
    {
        var estate = await shared.GetAsync();
        var helm = await Helm.FindAsync(estate.Plane);
        using var chart = new MachineChart(Placed("helm05"));
        (await helm.RunAsync(chart.Install("paused", InstalledEstate.Messaging, "4m"))).Succeeded();
        var smaller = Placed("helm05");
        smaller["spec"]!["paused"] = true;
        smaller["spec"]!["memory"]!["size"] = "12Gi";
        using var changed = new MachineChart(smaller);

        var upgrade = changed.Upgrade("paused", InstalledEstate.Messaging, "4m");
        (await helm.RunAsync(upgrade)).Succeeded();
        await estate.UntilAsync("Synced", "False", "helm05");
        // The first may have read what was there before its own change, from the server's cache of watches; this one cannot.
        var upgraded = await helm.RunAsync(upgrade);

        Assert.True(upgraded.ExitCode == 0, upgraded.All);
        Assert.Equal(("False", "VirtualMachineOnPause"), await ConditionAsync(estate, "helm05", "Synced"));
        Assert.Equal("True", (await ReadyAsync(estate, "helm05")).Status);
    }

    /// <summary>Takes the sample's server that goes wherever it fits, small, under another name.</summary>
    private static JsonObject Placed(string name)
    {
        var machine = YamlFiles
            .Load(Checkout.Combine("deploy", "samples", "contoso", "other-servers.yaml"))
            .Single(static each => (string?)each["metadata"]!["name"] == "edge02");
        machine["metadata"]!["name"] = name;
        var spec = machine["spec"]!;
        spec["virtualMachineName"] = name.ToUpperInvariant();
        spec["processors"]!["count"] = 1;
        spec["memory"]!["size"] = "16Gi";
        spec["disks"]![0]!["virtualHardDisk"]!["path"] = $@"D:\{name}\os.vhdx";
        return machine;
    }

    private static async Task<(string? Status, string? Reason)> ReadyAsync(InstalledEstate estate, string name) =>
        await ConditionAsync(estate, name, "Ready");

    private static async Task<(string? Status, string? Reason)> ConditionAsync(
        InstalledEstate estate,
        string name,
        string type
    )
    {
        var (status, reason, _) = await estate.ConditionAsync(name, type);
        return (status, reason);
    }
}

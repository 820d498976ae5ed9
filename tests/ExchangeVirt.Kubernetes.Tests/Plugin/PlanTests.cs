using System.Text.Json.Nodes;
using ExchangeVirt.Envtest;
using ExchangeVirt.Kubernetes.Tests.Estates;

namespace ExchangeVirt.Kubernetes.Tests.Plugin;

[Collection(nameof(PluginTests))]
public sealed class PlanTests(SharedEstate shared)
{
    [Fact]
    public async Task Alone_it_tells_what_is_pending_and_that_no_host_was_asked()
    {
        var estate = await shared.GetAsync();

        var plan = (await estate.Exvirt.As(estate.Viewer).RunAsync("plan", "-n", "messaging")).Succeeded();

        Assert.StartsWith(
            "From status as the operator last wrote it; no host was asked.",
            plan,
            StringComparison.Ordinal
        );
        Assert.Contains(
            """

            messaging/ex01: on hv02, with one restart
              1. ShutDownGuest  waits: MaintenanceWindow
                 messaging/ex01 waits for a maintenance window.
              2. SetFixedMemory (off)  waits: MaintenanceWindow
              3. StartVirtualMachine  waits: MaintenanceWindow

            messaging/ex02: on hv01
              as declared

            3 actions on 1 of 2 machines, 1 restarts; 3 actions wait. Nothing was changed.
            """,
            plan,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Manifests_about_to_be_applied_are_compared_with_what_is_there()
    {
        var estate = await shared.GetAsync();
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(
            folder.Combine("change.yaml"),
            $"""
            {PluginEstate.Machine("ex02", memory: "192Gi")}
            ---
            {PluginEstate.Machine("ex03")}
            ---
            {PluginEstate.Policy("Observe")}
            """
        );

        var plan = (await estate.Exvirt.As(estate.Viewer).RunAsync("plan", "-f", folder.Path)).Succeeded();
        var json = JsonNode.Parse((await estate.Exvirt.RunAsync("plan", "-f", folder.Path, "-o", "json")).Succeeded())!;

        Assert.Contains("no host was asked", plan, StringComparison.Ordinal);
        Assert.Contains("spec.memory.size: 128Gi -> 192Gi", plan, StringComparison.Ordinal);
        Assert.Contains("spec.enforcement: Enforce -> Observe", plan, StringComparison.Ordinal);
        Assert.Contains("Memory: 128Gi fixed -> 192Gi fixed (off)  waits: ObserveOnly", plan, StringComparison.Ordinal);
        Assert.Contains("messaging/ex03: not there yet", plan, StringComparison.Ordinal);
        Assert.Equal("Status", (string?)json["basis"]);
        // The policy holds back what is pending for a machine that no manifest speaks of.
        var other = json["virtualMachines"]!
            .AsArray()
            .Single(static each => (string?)each!["name"] == "messaging/ex01")!;
        Assert.Equal("MaintenanceWindow", (string?)other["settings"]![0]!["waitsNow"]);
        Assert.Equal("ObserveOnly", (string?)other["settings"]![0]!["waits"]);
        Assert.Equal("Enforce", await EnforcementAsync(estate));
    }

    [Fact]
    public async Task With_a_readers_certificate_the_agents_are_asked()
    {
        var estate = await shared.GetAsync();
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.Combine("hosts"));
        await File.WriteAllTextAsync(
            folder.Combine("hosts", "sim01.yaml"),
            """
            hostName: sim01
            seed: 7
            processor: { sockets: 1, coresPerSocket: 16 }
            memory: 512Gi
            volumes: [{ path: 'E:\', size: 4Ti, free: 3Ti }]
            switches: [{ name: lan }]
            virtualMachines:
              - { name: EX11, state: Running, processors: 6, memory: { size: 64Gi, dynamic: true }, checkpointType: Production }
            """
        );
        await using var hosts = await SimulatedHosts.StartAsync(folder.Combine("hosts"), folder.Combine("sim"));
        await estate.ApplyAsync(
            $$"""
            apiVersion: exchangevirt.io/v1alpha1
            kind: HyperVHost
            metadata: { name: sim01 }
            spec: { agent: { endpoint: "{{hosts.Endpoints["sim01"].GetLeftPart(
                UriPartial.Authority
            )}}", serverName: sim01 } }
            """
        );
        var reader = folder.Folder("reader");
        foreach (var file in (string[])["reader.crt", "reader.key", "ca.crt"])
        {
            File.Copy(Path.Combine(hosts.Certificates, file), Path.Combine(reader, file));
        }

        var machine = PluginEstate.Machine("ex11", more: "virtualMachineName: EX11\n  adoption: IfExists");
        var plan = await estate
            .Exvirt.As(estate.Viewer)
            .FeedAsync(machine, "plan", "-n", "messaging", "-f", "-", "--certificates", reader, "-o", "json");
        await estate.DeleteAsync("hvhost", "sim01");

        var json = JsonNode.Parse(plan.Succeeded())!;
        Assert.Equal("Hosts", (string?)json["basis"]);
        Assert.Contains("hv01", json["unreachableHosts"]!.AsObject().Select(static host => host.Key));
        var planned = json["virtualMachines"]!
            .AsArray()
            .Single(static each => (string?)each!["name"] == "messaging/ex11")!;
        Assert.Equal("sim01", (string?)planned["host"]);
        Assert.Contains("SetFixedMemory", planned["actions"]!.AsArray().Select(static each => (string?)each!["name"]));
    }

    [Fact]
    public async Task A_certificate_without_any_agent_that_answers_is_no_plan()
    {
        var estate = await shared.GetAsync();
        using var folder = new TemporaryFolder();
        (await estate.Exvirt.RunAsync("certs", "--output", folder.Path, "--reader")).Succeeded();

        var refused = await estate.Exvirt.FeedAsync(
            PluginEstate.Machine("ex02"),
            "plan",
            "-f",
            "-",
            "--certificates",
            folder.Path
        );

        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("No host's agent answers: hv01:", refused.Error, StringComparison.Ordinal);
    }

    private static async Task<string> EnforcementAsync(PluginEstate estate) =>
        (await estate.Kubectl.RunAsync("get", "virtpol", "default", "-o", "jsonpath={.spec.enforcement}")).Succeeded();
}

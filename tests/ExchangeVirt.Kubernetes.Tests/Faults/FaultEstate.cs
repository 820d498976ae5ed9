using System.Text.Json.Nodes;
using ExchangeVirt.Envtest;
using ExchangeVirt.Kubernetes.Tests.Estates;

namespace ExchangeVirt.Kubernetes.Tests.Faults;

/// <summary>
/// An installed estate for tests that break something around the operator: two roomy hosts, VMs that are wrong in many ways,
/// and one that nobody declared. Each test has VMs of its own and starts its own replicas.
/// </summary>
internal sealed class FaultEstate : IAsyncDisposable
{
    // Where the wrong ones are.
    private const string Host = "hv01";

    // Each belongs to one test.
    private static readonly string[] s_wrong =
    [
        .. Enumerable.Range(1, 12).Select(static number => $"wrong{number:00}"),
        "cut",
        "forgotten",
        "busy01",
        "busy02",
        "busy03",
        "early01",
        "early02",
        "early03",
    ];

    private const string Policy = """
        apiVersion: v1
        kind: Namespace
        metadata: { name: messaging }
        ---
        apiVersion: exchangevirt.io/v1alpha1
        kind: VirtualizationPolicy
        metadata: { name: default }
        spec:
          enforcement: Enforce
          disruption: Anytime
          restartGraceMinutes: 0
          maxChangedPerHour: 100%
        """;

    private readonly HashSet<string> _declared = new(StringComparer.OrdinalIgnoreCase);
    private readonly TemporaryFolder _folder;

    private FaultEstate(InstalledEstate estate, TemporaryFolder folder) => (Installed, _folder) = (estate, folder);

    public InstalledEstate Installed { get; }

    public ControlPlane Plane => Installed.Plane;

    public SimulatedHosts Hosts => Installed.Hosts;

    /// <summary>Writes the manifest of a VM that is not there yet.</summary>
    public static string New(string name) =>
        $$"""
            apiVersion: exchangevirt.io/v1alpha1
            kind: ExchangeVirtualMachine
            metadata: { name: {{name}}, namespace: messaging }
            spec:
              exchange: { version: ExchangeSE, role: EdgeTransport }
              guest: { operatingSystem: WindowsServer2022, installation: Core }
              processors: { count: 4 }
              memory: { size: 64Gi }
              disks:
                - name: os
                  purposes: [OperatingSystem]
                  virtualHardDisk: { path: 'D:\{{name}}\os.vhdx', size: 150Gi, type: Fixed, source: { path: 'D:\templates\ws2022.vhdx' } }
              networkAdapters: [{ name: mapi, switchName: prod, vlanId: 120 }]
              powerState: Running
            """;

    public static async Task<FaultEstate> StartAsync()
    {
        var folder = new TemporaryFolder("fault-hosts");
        await File.WriteAllTextAsync(folder.Combine("hv01.yaml"), Description("hv01", seed: 1));
        await File.WriteAllTextAsync(folder.Combine("hv02.yaml"), Description("hv02", seed: 2));
        var installed = await InstalledEstate.StartAsync(folder.Path);
        var estate = new FaultEstate(installed, folder);
        try
        {
            // Nobody serves it here, and every write would wait for it.
            await installed.Plane.Raw.DeleteAsync(
                "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/exchangevirt-operator"
            );
            await installed.ApplyAsync(Policy);
            foreach (var (host, endpoint) in installed.Hosts.Endpoints)
            {
                await installed.ApplyAsync(
                    $$"""
                    apiVersion: exchangevirt.io/v1alpha1
                    kind: HyperVHost
                    metadata: { name: {{host}} }
                    spec: { agent: { endpoint: "{{endpoint.GetLeftPart(
                        UriPartial.Authority
                    )}}", serverName: {{host}} } }
                    """
                );
            }
        }
        catch
        {
            await estate.DisposeAsync();
            throw;
        }

        return estate;
    }

    /// <summary>Declares a VM that is not there yet: it is made and started.</summary>
    public Task DeclareNewAsync(string name) => Installed.ApplyAsync(New(name));

    /// <summary>Declares one of the VMs that are there and wrong: it is taken over, corrected, and started again for it.</summary>
    public Task DeclareWrongAsync(string name, int processors = 4) =>
        Installed.ApplyAsync(
            $$"""
            apiVersion: exchangevirt.io/v1alpha1
            kind: ExchangeVirtualMachine
            metadata: { name: {{name}}, namespace: messaging }
            spec:
              exchange: { version: ExchangeSE, role: EdgeTransport }
              guest: { operatingSystem: WindowsServer2022, installation: Core }
              processors: { count: {{processors}} }
              memory: { size: 64Gi }
              powerState: Running
              adoption: IfExists
            """
        );

    /// <summary>Waits until VMs are as declared, and Hyper-V's part of it is seen to be so.</summary>
    public async Task ConvergedAsync(Supervised replica, params IReadOnlyList<string> machines)
    {
        foreach (var type in new[] { "Ready", "Synced" })
        {
            await replica.UntilAsync(
                $"{string.Join(", ", machines)}: {type}",
                async () =>
                    (await Task.WhenAll(machines.Select(machine => IsTrueAsync(machine, type)))).All(static so => so)
            );
        }
    }

    /// <summary>Changes a VM behind everybody's back, and waits until it is corrected.</summary>
    public async Task DriftIsCorrectedAsync(Supervised replica, string machine)
    {
        var id = await IdAsync(machine);
        var before = Changes(id).Count;
        await Hosts.DriftAsync(await HostAsync(machine), machine, "checkpoints=Production");
        await replica.UntilAsync($"the drift of {machine} is corrected", () => Changes(id).Count > before);
        await ConvergedAsync(replica, machine);
        Assert.Equal("DisableCheckpoints", Assert.Single(Changes(id).Skip(before)).Action);
    }

    /// <summary>Reads what agents were asked for and found to change on a VM.</summary>
    public IReadOnlyList<JournalEntry> Changes(string id) =>
        [
            .. Hosts
                .Journals()
                .Where(entry => entry.Changed && entry.Machine.Equals(id, StringComparison.OrdinalIgnoreCase)),
        ];

    /// <summary>Checks that VMs were changed, and by each action once.</summary>
    public async Task AssertNothingWasDoneTwiceAsync(params IReadOnlyList<string> machines)
    {
        foreach (var machine in machines)
        {
            var actions = Changes(await IdAsync(machine)).Select(static entry => entry.Action).ToList();
            Assert.NotEmpty(actions);
            Assert.True(
                actions.Distinct(StringComparer.Ordinal).Count() == actions.Count,
                $"{machine}: {string.Join(", ", actions)}"
            );
        }
    }

    /// <summary>Keeps in mind the VMs that are declared now; to be called before a declaration is deleted.</summary>
    public async Task NoteDeclaredAsync()
    {
        var list = (await Plane.Raw.GetAsync("/apis/exchangevirt.io/v1alpha1/exchangevirtualmachines")).Succeeded();
        _declared.UnionWith(
            list["items"]!
                .AsArray()
                .Select(static item => (string?)item!["status"]?["virtualMachineId"])
                .OfType<string>()
        );
    }

    /// <summary>Checks that no VM was touched that nobody ever declared.</summary>
    public async Task AssertOnlyDeclaredOnesWereTouchedAsync()
    {
        await NoteDeclaredAsync();
        Assert.All(
            Hosts.Journals().Where(static entry => entry.Machine != ""),
            entry => Assert.True(_declared.Contains(entry.Machine), $"{entry}")
        );
    }

    /// <summary>Counts how often the operator has listed the VMs since a time.</summary>
    public async Task<int> ListsAsync(DateTimeOffset since) =>
        (await Plane.Audit.ReadAsync()).Count(entry =>
            entry is { Verb: "list", Resource: "exchangevirtualmachines", Code: 200 }
            && entry.User.EndsWith($":{InstalledEstate.Account}", StringComparison.Ordinal)
            && entry.At >= since
            && !entry.Path.Contains("continue", StringComparison.Ordinal)
        );

    public async Task<string> IdAsync(string machine) =>
        (string)(await MachineAsync(machine))["status"]!["virtualMachineId"]!;

    public async Task<string> HostAsync(string machine) =>
        (string)(await MachineAsync(machine))["status"]!["placement"]!["host"]!;

    public async Task<JsonNode> MachineAsync(string machine) =>
        (await Installed.GetAsync("exchangevirtualmachines", InstalledEstate.Messaging, machine))!;

    public async ValueTask DisposeAsync()
    {
        await Installed.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<bool> IsTrueAsync(string machine, string type)
    {
        var found = await Installed.GetAsync("exchangevirtualmachines", InstalledEstate.Messaging, machine);
        var condition = found
            ?["status"]?["conditions"]?.AsArray()
            .FirstOrDefault(each => (string?)each!["type"] == type);
        return (string?)condition?["status"] == "True"
            && (long?)condition?["observedGeneration"] == (long?)found!["metadata"]!["generation"];
    }

    private static string Description(string host, int seed)
    {
        var wrong =
            host != Host
                ? ""
                : string.Concat(
                    s_wrong.Select(static name =>
                        $$"""

                              - name: {{name}}
                                state: Running
                                processors: 8
                                memory: { size: 64Gi, dynamic: true, minimum: 32Gi, maximum: 128Gi }
                                automaticStopAction: Save
                                checkpointType: Production
                            """
                    )
                );
        return $$"""
            apiVersion: simulator.exchangevirt.io/v1alpha1
            kind: SimulatedHost
            hostName: {{host}}
            seed: {{seed}}
            processor: { sockets: 2, coresPerSocket: 96 }
            memory: 6Ti
            volumes:
              - { path: 'C:\', size: 500Gi, free: 300Gi }
              - { path: 'D:\', size: 64Ti, free: 60Ti }
            switches: [{ name: prod }]
            files:
              - { path: 'D:\templates\ws2022.vhdx', size: 150Gi, type: Fixed }
            timings:
              startSeconds: 0.1
              bootSeconds: 0.3
              guestShutdownSeconds: 0.3
              stopSeconds: 0.1
              modifySeconds: 0.05
              defineSeconds: 0.1
              diskSeconds: 0.2
              mergeSeconds: 0.3
            virtualMachines:
              - name: sql-{{host}}
                state: Running
                processors: 8
                memory: { size: 64Gi, dynamic: true, minimum: 32Gi, maximum: 128Gi }
                automaticStopAction: Save
                checkpointType: Production{{wrong}}
            """;
    }
}

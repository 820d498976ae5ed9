using System.Globalization;
using System.Text.Json.Nodes;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Clients;
using ExchangeVirt.Envtest.Definitions;
using ExchangeVirt.Kubernetes.Tests.Estates;

namespace ExchangeVirt.Kubernetes.Tests.Plugin;

/// <summary>The tests of the command line on a cluster: they share one, one after the other.</summary>
[CollectionDefinition(nameof(PluginTests))]
public sealed class PluginTests : ICollectionFixture<SharedEstate>;

/// <summary>Starts the estate when the first test asks for it.</summary>
public sealed class SharedEstate : IAsyncDisposable
{
    private readonly Once<PluginEstate> _estate = new(PluginEstate.StartAsync);

    public Task<PluginEstate> GetAsync() => _estate.GetAsync();

    public ValueTask DisposeAsync() => _estate.DisposeAsync();
}

/// <summary>
/// A cluster with a small estate as an operator has left it, with the roles that are installed for users, and users of each.
/// </summary>
public sealed class PluginEstate : IAsyncDisposable
{
    public const string Installation = "5f2c1c1a-0000-4000-8000-000000000001";

    private const string OperatorNamespace = "exchangevirt-system";
    private const string Kinds = "/apis/exchangevirt.io/v1alpha1";

    private PluginEstate(ControlPlane plane, Tool kubectl)
    {
        Plane = plane;
        Kubectl = kubectl;
        Exvirt = Tool.Own(Programs.Exvirt, plane);
    }

    public ControlPlane Plane { get; }

    /// <summary>Gets kubectl as the administrator, with the plugin on its path.</summary>
    public Tool Kubectl { get; private set; }

    /// <summary>Gets exvirt as the administrator.</summary>
    public Tool Exvirt { get; }

    /// <summary>Gets whoever may look on in the whole cluster.</summary>
    public string Viewer { get; private set; } = "";

    /// <summary>Gets whoever may look on in the namespace messaging, which is his kubeconfig's.</summary>
    public string NamespaceViewer { get; private set; } = "";

    /// <summary>Gets whoever may pull the switch, and see nothing.</summary>
    public string Pauser { get; private set; } = "";

    /// <summary>Gets whoever may do nothing.</summary>
    public string Nobody { get; private set; } = "";

    public static async Task<PluginEstate> StartAsync()
    {
        var plane = await ControlPlane.StartAsync(new ControlPlaneOptions { ControllerManager = false });
        try
        {
            await CustomResourceDefinitions.InstallOursAsync(plane);
            var estate = new PluginEstate(plane, Envtest.Clients.Kubectl.OnPath(plane));
            await estate.PrepareAsync();
            return estate;
        }
        catch
        {
            await plane.DisposeAsync();
            throw;
        }
    }

    /// <summary>Applies manifests as a user does.</summary>
    public async Task ApplyAsync(string manifests) =>
        (await Kubectl.FeedAsync(manifests, "apply", "--validate=false", "-f", "-")).Succeeded();

    /// <summary>Writes the status of an object, as the operator does.</summary>
    public async Task WriteStatusAsync(string plural, string? inNamespace, string name, string status)
    {
        var path = inNamespace is null
            ? $"{Kinds}/{plural}/{name}"
            : $"{Kinds}/namespaces/{inNamespace}/{plural}/{name}";
        (
            await Plane.Raw.PatchAsync($"{path}/status", new JsonObject { ["status"] = JsonNode.Parse(status) })
        ).Succeeded();
    }

    public async Task DeleteAsync(string kind, string name, string? inNamespace = null) =>
        (
            await Kubectl.RunAsync(
                inNamespace is null ? ["delete", kind, name] : ["delete", kind, name, "-n", inNamespace]
            )
        ).Succeeded();

    public ValueTask DisposeAsync() => Plane.DisposeAsync();

    public static string Machine(
        string name,
        string memory = "128Gi",
        string more = "",
        string inNamespace = "messaging"
    ) =>
        $$"""
            apiVersion: exchangevirt.io/v1alpha1
            kind: ExchangeVirtualMachine
            metadata: { name: {{name}}, namespace: {{inNamespace}} }
            spec:
              exchange: { version: ExchangeSE, role: Mailbox, databaseAvailabilityGroup: dag01 }
              guest: { operatingSystem: WindowsServer2022 }
              processors: { count: 8 }
              memory: { size: {{memory}} }
              {{more}}
            """;

    public static string Policy(string enforcement) =>
        $$"""
            apiVersion: exchangevirt.io/v1alpha1
            kind: VirtualizationPolicy
            metadata: { name: default }
            spec:
              enforcement: {{enforcement}}
              maintenanceWindows: [{ name: weekend, schedule: "0 22 * * SAT", durationMinutes: 240 }]
            """;

    private async Task PrepareAsync()
    {
        await ApplyAsync(
            """
            apiVersion: v1
            kind: Namespace
            metadata: { name: exchangevirt-system }
            ---
            apiVersion: v1
            kind: Namespace
            metadata: { name: messaging }
            """
        );
        (
            await Kubectl.RunAsync(
                "apply",
                "--validate=false",
                "-f",
                Checkout.Combine("deploy", "kustomize", "base", "user-roles.yaml")
            )
        ).Succeeded();
        Viewer = await UserAsync("vera", "clusterrolebinding", "--clusterrole=exchangevirt-view");
        NamespaceViewer = await UserAsync(
            "nick",
            "rolebinding",
            "--clusterrole=exchangevirt-view",
            "--namespace=messaging"
        );
        File.WriteAllText(
            NamespaceViewer,
            File.ReadAllText(NamespaceViewer)
                .Replace("namespace: default", "namespace: messaging", StringComparison.Ordinal)
        );
        Pauser = await UserAsync(
            "paula",
            "rolebinding",
            "--role=exchangevirt-pause",
            $"--namespace={OperatorNamespace}"
        );
        Nobody = Plane.UserKubeconfig("norman");
        Kubectl = WithPlugin(Kubectl);
        await DeclareAsync();
        await TellOfOperatorAsync();
    }

    /// <summary>Makes a user who has a role.</summary>
    /// <returns>The kubeconfig.</returns>
    public async Task<string> UserAsync(string user, string binding, params string[] role)
    {
        (await Kubectl.RunAsync(["create", binding, user, $"--user={user}", .. role])).Succeeded();
        return Plane.UserKubeconfig(user);
    }

    // The scripts as they are installed, beside the program as it was built.
    private Tool WithPlugin(Tool kubectl)
    {
        var programs = Directory.CreateDirectory(Path.Combine(Plane.Folder, "programs")).FullName;
        foreach (var shim in (string[])["kubectl-exvirt", "kubectl_complete-exvirt"])
        {
            File.CreateSymbolicLink(Path.Combine(programs, shim), Checkout.Combine("deploy", "kubectl", shim));
        }

        File.CreateSymbolicLink(Path.Combine(programs, "exvirt"), Exvirt.Path);
        return kubectl with { ProgramFolder = programs };
    }

    private async Task DeclareAsync()
    {
        await ApplyAsync(
            $$"""
            apiVersion: exchangevirt.io/v1alpha1
            kind: HyperVHost
            metadata: { name: hv01 }
            spec: { agent: { endpoint: "https://127.0.0.1:1" } }
            ---
            apiVersion: exchangevirt.io/v1alpha1
            kind: HyperVHost
            metadata: { name: hv02 }
            spec: { agent: { endpoint: "https://127.0.0.1:1" } }
            ---
            apiVersion: exchangevirt.io/v1alpha1
            kind: DatabaseAvailabilityGroup
            metadata: { name: dag01, namespace: messaging }
            spec: { maintenance: { hook: None }, witness: { external: fs01 } }
            ---
            {{Policy("Enforce")}}
            ---
            {{Machine("ex01")}}
            ---
            {{Machine("ex02")}}
            """
        );
        await WriteStatusAsync("hypervhosts", null, "hv01", Host("1.25", "1.38"));
        await WriteStatusAsync("hypervhosts", null, "hv02", Host("2.13", "2.26"));
        await WriteStatusAsync("virtualizationpolicies", null, "default", Conditions("Accepted"));
        await WriteStatusAsync(
            "databaseavailabilitygroups",
            "messaging",
            "dag01",
            Conditions(
                "QuorumHeld",
                """ "members": 2, "available": 2, "votes": 3, "quorum": 2, "disruptionsAllowed": 1, """
            )
        );
        await WriteStatusAsync("exchangevirtualmachines", "messaging", "ex01", RestartPending);
        await WriteStatusAsync("exchangevirtualmachines", "messaging", "ex02", InSync);
    }

    private async Task TellOfOperatorAsync()
    {
        var now = Until
            .Clock.GetUtcNow()
            .UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        await ApplyAsync(
            $$"""
            apiVersion: coordination.k8s.io/v1
            kind: Lease
            metadata: { name: exchangevirt-operator, namespace: {{OperatorNamespace}} }
            spec: { holderIdentity: replica-1, leaseDurationSeconds: 36000, renewTime: "{{now}}", acquireTime: "{{now}}" }
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: { name: exchangevirt-installation, namespace: {{OperatorNamespace}} }
            data: { value: {{Installation}} }
            """
        );
    }

    private static string Host(string guests, string overall) =>
        Conditions(
            "AgentAnswers",
            $$"""
            "processor": { "physicalCores": 16, "guestRatio": "{{guests}}", "overallRatio": "{{overall}}" },
            "memory": { "total": "512Gi", "assigned": "320Gi", "reserve": "26Gi" },
            """
        );

    private static string Conditions(string reason, string more = "") =>
        $$"""
            {
              {{more}} "observedGeneration": 1,
              "conditions": [
                { "type": "Ready", "status": "True", "reason": "{{reason}}", "message": "It is well.", "lastTransitionTime": "2026-01-01T00:00:00Z" }
              ]
            }
            """;

    private static string InSync =>
        Conditions(
            "InSync",
            $$"""
            "host": "hv01", "powerState": "Running",
            "settings": [
              {{OtherSettings}}
              { "name": "Memory", "desired": "128Gi fixed", "observed": "128Gi fixed", "state": "InSync" }
            ],
            """
        );

    private const string OtherSettings = """
        { "name": "ProcessorCount", "desired": "8", "observed": "8", "state": "InSync" },
        { "name": "Checkpoints", "desired": "Disabled", "observed": "Disabled", "state": "InSync" },
        { "name": "AutomaticCheckpoints", "desired": "Off", "observed": "Off", "state": "InSync" },
        { "name": "ExistingCheckpoints", "desired": "None", "observed": "None", "state": "InSync" },
        { "name": "AutomaticStopAction", "desired": "ShutDown", "observed": "ShutDown", "state": "InSync" },
        { "name": "AutomaticRecoveryAction", "desired": "not Revert", "observed": "Restart", "state": "InSync" },
        { "name": "SavedState", "desired": "None", "observed": "None", "state": "InSync" },
        """;

    private static string RestartPending =>
        Conditions(
            "MaintenanceWindow",
            $$"""
            "host": "hv02", "powerState": "Running",
            "settings": [
              {{OtherSettings}}
              { "name": "Memory", "desired": "128Gi fixed", "observed": "64Gi to 128Gi dynamic", "state": "RestartPending", "since": "2026-01-01T00:00:00Z", "blockedBy": "MaintenanceWindow" }
            ],
            "pending": { "count": 3, "restart": true, "actions": [
              { "name": "ShutDownGuest", "needsOff": false, "blockedBy": "MaintenanceWindow", "message": "messaging/ex01 waits for a maintenance window." },
              { "name": "SetFixedMemory", "subject": "Memory", "needsOff": true, "blockedBy": "MaintenanceWindow" },
              { "name": "StartVirtualMachine", "needsOff": false, "blockedBy": "MaintenanceWindow" }
            ] },
            """
        );
}

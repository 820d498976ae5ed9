using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using ExchangeVirt.Agent.Contract.Security;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Definitions;
using ExchangeVirt.Envtest.Processes;
using ExchangeVirt.Kubernetes.Tests.Estates;

namespace ExchangeVirt.Kubernetes.Tests.Observing;

/// <summary>
/// The executables as they run: two replicas of the operator on an API server of their own, and an agent on a simulated host
/// with one VM, of which one setting was corrected and another waits for a restart; all of them told where to send traces.
/// </summary>
internal sealed class ObservedEstate : IAsyncDisposable
{
    private const string Namespace = "exchangevirt-system";

    private const string Host = """
        hostName: hv01
        processor: { sockets: 2, coresPerSocket: 8 }
        memory: 384Gi
        volumes: [{ path: 'D:\', size: 8Ti, free: 6Ti }]
        switches: [{ name: prod }]
        timings: { startSeconds: 0.3, bootSeconds: 1, guestShutdownSeconds: 1, stopSeconds: 0.3, modifySeconds: 0.1 }
        virtualMachines:
          - name: ex01
            state: Running
            processors: 8
            memory: { size: 64Gi }
            automaticStopAction: Save
            checkpointType: Production
        """;

    private const string Objects = """
        apiVersion: exchangevirt.io/v1alpha1
        kind: VirtualizationPolicy
        metadata: { name: default }
        spec: { enforcement: Enforce, disruption: Never }
        ---
        apiVersion: exchangevirt.io/v1alpha1
        kind: HyperVHost
        metadata: { name: hv01 }
        spec: { agent: { endpoint: ENDPOINT, serverName: hv01 } }
        ---
        apiVersion: exchangevirt.io/v1alpha1
        kind: ExchangeVirtualMachine
        metadata: { name: ex01, namespace: default }
        spec:
          exchange: { version: ExchangeSE, role: Mailbox, standalone: true }
          guest: { operatingSystem: WindowsServer2022 }
          processors: { count: 8 }
          memory: { size: 64Gi }
          adoption: IfExists
        """;

    private static readonly (string Kind, string Path)[] s_paths =
    [
        ("VirtualizationPolicy", "/apis/exchangevirt.io/v1alpha1/virtualizationpolicies"),
        ("HyperVHost", "/apis/exchangevirt.io/v1alpha1/hypervhosts"),
        ("ExchangeVirtualMachine", "/apis/exchangevirt.io/v1alpha1/namespaces/default/exchangevirtualmachines"),
    ];

    private readonly TemporaryFolder _folder = new("observed");
    private readonly List<GuardedProcess> _processes = [];
    private readonly HttpClient _client = new();

    private ObservedEstate(ControlPlane plane, TraceCollector collector) => (Plane, Collector) = (plane, collector);

    public ControlPlane Plane { get; }

    public TraceCollector Collector { get; }

    public TemporaryFolder Folder => _folder;

    /// <summary>Gets all that each process wrote, line by line.</summary>
    public Dictionary<string, ConcurrentQueue<string>> Lines { get; } =
        new(StringComparer.Ordinal)
        {
            ["agent"] = new(),
            ["leader"] = new(),
            ["standby"] = new(),
        };

    public int LeaderPort { get; private set; }

    public int StandbyPort { get; private set; }

    public static async Task<ObservedEstate> StartAsync()
    {
        var plane = await ControlPlane.StartAsync(new ControlPlaneOptions { ControllerManager = false });
        var estate = new ObservedEstate(plane, await TraceCollector.StartAsync());
        try
        {
            await estate.BeginAsync();
            return estate;
        }
        catch
        {
            await estate.DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads /metrics as Prometheus does.</summary>
    public Task<string> ScrapeAsync(int port) => _client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"));

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Enumerable.Reverse(_processes))
        {
            await process.StopAsync();
            await process.DisposeAsync();
        }

        _client.Dispose();
        await Collector.DisposeAsync();
        await Plane.DisposeAsync();
        _folder.Dispose();
    }

    private async Task BeginAsync()
    {
        await CustomResourceDefinitions.InstallOursAsync(Plane);
        (
            await Plane.Raw.PostAsync(
                "/api/v1/namespaces",
                new JsonObject { ["metadata"] = new JsonObject { ["name"] = Namespace } }
            )
        ).Succeeded();
        using var authority = CertificateAuthority.Create("tests", TimeSpan.FromDays(30), Until.Clock);
        authority
            .IssueClient("operator", Roles.Operator, TimeSpan.FromDays(20))
            .Save(_folder.Combine("pki"), "operator");
        authority
            .IssueHost("hv01", [], [IPAddress.Loopback], TimeSpan.FromDays(10))
            .Save(_folder.Combine("pki"), "hv01");
        authority
            .IssueHost("webhook", [], [IPAddress.Loopback], TimeSpan.FromDays(5))
            .Save(_folder.Combine("webhook"), "tls");
        await DeclareAsync(await StartAgentAsync());
        LeaderPort = await StartOperatorAsync("leader");
        try
        {
            await Until.TrueAsync("the first one leads and has corrected ex01", IsCorrectedAsync);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}\n{string.Join('\n', Lines["leader"])}", late);
        }

        StandbyPort = await StartOperatorAsync("standby");
    }

    private async Task<string> StartAgentAsync()
    {
        await File.WriteAllTextAsync(_folder.Combine("hv01.yaml"), Host);
        var endpoint = _folder.Combine("hv01.endpoint");
        await StartAsync(
            "agent",
            Programs.Agent,
            "run",
            "--listen=127.0.0.1:0",
            $"--cert={_folder.Combine("pki", "hv01.crt")}",
            $"--key={_folder.Combine("pki", "hv01.key")}",
            $"--ca={_folder.Combine("pki", "ca.crt")}",
            $"--state={_folder.Folder("agent")}",
            $"--endpoint-file={endpoint}",
            $"--simulate={_folder.Combine("hv01.yaml")}",
            "--json-logs"
        );
        await Until.TrueAsync("the agent listens", () => File.Exists(endpoint) && new FileInfo(endpoint).Length > 0);
        return (await File.ReadAllTextAsync(endpoint)).Trim();
    }

    private async Task<int> StartOperatorAsync(string name)
    {
        var port = Ports.Free();
        var process = await StartAsync(
            name,
            Programs.Operator,
            [
                $"--kubeconfig={Plane.AdminKubeconfig}",
                $"--namespace={Namespace}",
                $"--certificates={_folder.Combine("pki")}",
                $"--webhook-certificates={_folder.Combine("webhook")}",
                $"--webhook-address=127.0.0.1:{Ports.Free()}",
                $"--metrics-address=127.0.0.1:{port}",
                $"--health-address=127.0.0.1:{Ports.Free()}",
                $"--identity={name}",
                .. Replica.LessHasty,
            ]
        );
        await Until.TrueAsync(
            $"the {name} serves metrics",
            async () =>
            {
                if (process.HasExited)
                {
                    throw new InvalidOperationException($"The {name} ended:\n{process.Log}");
                }

                try
                {
                    await ScrapeAsync(port);
                    return true;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            }
        );
        return port;
    }

    private async Task<GuardedProcess> StartAsync(string name, string program, params string[] arguments)
    {
        var process = await GuardedProcess.StartAsync(
            new ProgramStart(program, arguments)
            {
                Name = name,
                OnLine = Lines[name].Enqueue,
                Environment = new Dictionary<string, string?>
                {
                    ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Collector.Address.ToString(),
                    ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                    // Milliseconds between two batches.
                    ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
                },
            }
        );
        _processes.Add(process);
        return process;
    }

    private async Task DeclareAsync(string endpoint)
    {
        foreach (var manifest in YamlFiles.Parse(Objects.Replace("ENDPOINT", endpoint, StringComparison.Ordinal)))
        {
            var path = s_paths.Single(known => known.Kind == (string?)manifest["kind"]).Path;
            var name = (string?)manifest["metadata"]!["name"];
            // As GitOps tools do it.
            (
                await Plane.Raw.PatchAsync($"{path}/{name}?fieldManager=tests", manifest, Envtest.Access.RawApi.Apply)
            ).Succeeded();
        }
    }

    private async Task<bool> IsCorrectedAsync()
    {
        var machine = (await Plane.Raw.GetAsync($"{s_paths[^1].Path}/ex01")).Succeeded();
        return machine["status"]
            ?["settings"]?.AsArray()
            .Any(static setting => (string?)setting!["name"] == "Checkpoints" && (string?)setting["state"] == "InSync")
            is true;
    }
}

using System.Text.Json.Nodes;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Access;
using ExchangeVirt.Envtest.Clients;
using ExchangeVirt.Envtest.Processes;

namespace ExchangeVirt.Kubernetes.Tests.Estates;

/// <summary>
/// A control plane (1.20) on which the operator is installed from its manifests, with simulated hosts. No pods run here: tests
/// start the executable, as the manifests' service account and with the Deployment's arguments.
/// </summary>
internal sealed class InstalledEstate : IAsyncDisposable
{
    public const string System = "exchangevirt-system";
    public const string Account = "exchangevirt-operator";
    public const string Messaging = "messaging";

    private readonly TemporaryFolder _folder = new("estate");
    private readonly List<Replica> _replicas = [];
    private SimulatedHosts? _hosts;

    private InstalledEstate(ControlPlane plane)
    {
        Plane = plane;
        Kubectl = Envtest.Clients.Kubectl.OnPath(plane);
    }

    public ControlPlane Plane { get; }

    /// <summary>Gets kubectl as the administrator.</summary>
    public Tool Kubectl { get; }

    public SimulatedHosts Hosts => _hosts ?? throw new InvalidOperationException("No hosts were started.");

    public IReadOnlyList<Replica> Replicas => _replicas;

    /// <summary>Gets the checkout's deliverables, copied: certificates are written beside them.</summary>
    public string Deliverables => _folder.Path;

    /// <summary>Gets the folder of the overlay that is installed from.</summary>
    public string Overlay => Path.Combine(Deliverables, "deploy", "kustomize", "overlays", "old-servers");

    /// <summary>Gets the folder of the overlay's certificates: the operator's own, and the webhook's.</summary>
    public string Certificates => Path.Combine(Overlay, "certificates");

    /// <summary>Gets the folder that stands for the mounted Secret of the webhook, with its authority beside it.</summary>
    public string Webhook => Path.Combine(Deliverables, "webhook");

    /// <summary>Starts a control plane and hosts, and installs everything that is no pod.</summary>
    /// <param name="descriptions">The folder of the hosts' descriptions; absent: the sample estate's.</param>
    /// <param name="install">How to install; absent: by kustomize.</param>
    public static async Task<InstalledEstate> StartAsync(
        string? descriptions = null,
        Func<InstalledEstate, Task>? install = null
    )
    {
        var estate = new InstalledEstate(await ControlPlane.StartAsync());
        try
        {
            estate._hosts = await SimulatedHosts.StartAsync(
                descriptions ?? Checkout.Combine("deploy", "samples", "contoso", "simulated-hosts"),
                Path.Combine(estate._folder.Path, "sim")
            );
            await estate.PrepareAsync();
            await (install?.Invoke(estate) ?? estate.InstallAsync());
        }
        catch
        {
            await estate.DisposeAsync();
            throw;
        }

        return estate;
    }

    /// <summary>Installs everything that is no pod by kustomize, or what of it is missing.</summary>
    public async Task InstallAsync()
    {
        (await Kubectl.RunAsync("apply", "--validate=false", "-k", Overlay)).Succeeded();
        // Definitions are not served the moment they are stored.
        (await Kubectl.RunAsync("wait", "crd", "--all", "--for=condition=Established", "--timeout=60s")).Succeeded();
    }

    /// <summary>Starts a replica of the operator, and waits until it is ready.</summary>
    public async Task<Replica> StartReplicaAsync(string name, params IReadOnlyList<string> more)
    {
        // A token is of one life of its account, which some tests delete and make again.
        var replica = await Replica.StartAsync(
            name,
            await DeployedArgumentsAsync(),
            await Plane.ServiceAccountKubeconfigAsync(System, Account),
            Certificates,
            Webhook,
            environment: null,
            [.. Replica.LessHasty.Where(each => !more.Any(own => own.Split('=')[0] == each.Split('=')[0])), .. more]
        );
        _replicas.Add(replica);
        await replica.ReadyAsync();
        return replica;
    }

    /// <summary>Starts a replica that reaches the API server by another address, and does not wait for it.</summary>
    public async Task<Replica> StartReplicaAtAsync(
        Uri server,
        string name,
        IReadOnlyDictionary<string, string?>? environment = null,
        params IReadOnlyList<string> more
    )
    {
        var kubeconfig = Kubeconfig.Write(
            _folder.Combine(Plane.NewName(name) + ".kubeconfig"),
            server,
            Plane.Authority.Certificate,
            await Plane.ServiceAccountTokenAsync(System, Account),
            System
        );
        return await Replica.StartAsync(
            name,
            await DeployedArgumentsAsync(),
            kubeconfig,
            Certificates,
            Path.Combine(_folder.Path, "webhook"),
            environment,
            more
        );
    }

    /// <summary>Has the API server call a replica's webhook, in place of the Service that would lead there.</summary>
    public Task UseWebhookOfAsync(Replica replica) => UseWebhookAtAsync(replica.WebhookPort);

    /// <summary>Has the API server call a webhook that nobody answers.</summary>
    public Task UseWebhookOfNobodyAsync() => UseWebhookAtAsync(1);

    /// <summary>Applies the sample estate, its hosts' addresses replaced by those of the simulated ones.</summary>
    public async Task ApplySampleAsync()
    {
        var folder = Path.Combine(_folder.Path, "contoso");
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.EnumerateFiles(Checkout.Combine("deploy", "samples", "contoso"), "*.yaml"))
        {
            var text = await File.ReadAllTextAsync(file);
            foreach (var (host, endpoint) in Hosts.Endpoints)
            {
                text = text.Replace(
                    $"https://{host}.contoso.example:7443",
                    endpoint.GetLeftPart(UriPartial.Authority),
                    StringComparison.Ordinal
                );
            }

            await File.WriteAllTextAsync(Path.Combine(folder, Path.GetFileName(file)), text);
        }

        (await Kubectl.RunAsync("apply", "-f", folder)).Succeeded();
    }

    /// <summary>Applies manifests.</summary>
    public async Task ApplyAsync(string manifests) =>
        (await Kubectl.FeedAsync(manifests, "apply", "-f", "-")).Succeeded();

    /// <summary>Reads an object.</summary>
    /// <returns>Null where there is none.</returns>
    public async Task<JsonNode?> GetAsync(string plural, string? inNamespace, string name)
    {
        var scope = inNamespace is null ? "" : $"namespaces/{inNamespace}/";
        var answer = await Plane.Raw.GetAsync($"/apis/exchangevirt.io/v1alpha1/{scope}{plural}/{name}");
        return answer.Code is global::System.Net.HttpStatusCode.NotFound ? null : answer.Succeeded();
    }

    /// <summary>Reads one of a VM's conditions.</summary>
    public async Task<(string? Status, string? Reason, string? Message)> ConditionAsync(string machine, string type)
    {
        var found = await GetAsync("exchangevirtualmachines", Messaging, machine);
        var condition = found
            ?["status"]?["conditions"]?.AsArray()
            .FirstOrDefault(each => (string?)each!["type"] == type);
        return ((string?)condition?["status"], (string?)condition?["reason"], (string?)condition?["message"]);
    }

    /// <summary>Waits until VMs have a condition, for their current generation.</summary>
    /// <exception cref="TimeoutException">They do not come to it, with how everything stands.</exception>
    public async Task UntilAsync(string type, string status, params IReadOnlyList<string> machines)
    {
        try
        {
            await Until.TrueAsync(
                $"{string.Join(", ", machines)}: {type} is {status}",
                async () =>
                    (await Task.WhenAll(machines.Select(machine => IsAsync(machine, type, status)))).All(so => so),
                TimeSpan.FromMinutes(4)
            );
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}\n{await DescribeAsync()}", late);
        }
    }

    /// <summary>Gets everything that helps to understand a failure.</summary>
    public async Task<string> DescribeAsync() =>
        (await Kubectl.RunAsync("get", "exvm,hvhost,exdag", "-A", "-o", "wide")).All
        + (
            await Kubectl.RunAsync(
                "get",
                "exvm",
                "-A",
                "-o",
                "jsonpath={range .items[*]}{.metadata.name}{range .status.conditions[*]}\n  {.type} is {.status} ({.reason}): {.message}{end}\n{end}"
            )
        ).All
        + (await Kubectl.RunAsync("get", "events", "-A", "--sort-by=.lastTimestamp")).All
        + string.Concat(_replicas.Select(static each => $"\n{each.Name}:\n{each.Process.LastLines(30)}"));

    /// <summary>Ends all replicas, as the kubelet ends pods whose Deployment is gone.</summary>
    public async Task StopReplicasAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.Process.StopAsync(TimeSpan.FromMinutes(1));
            await replica.DisposeAsync();
        }

        _replicas.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }

        if (_hosts is not null)
        {
            await _hosts.DisposeAsync();
        }

        await Plane.DisposeAsync();
        _folder.Dispose();
    }

    private async Task UseWebhookAtAsync(int port)
    {
        var authority = Convert.ToBase64String(await File.ReadAllBytesAsync(Path.Combine(Webhook, "ca.crt")));
        var patch = new JsonArray(
            new JsonObject
            {
                ["op"] = "replace",
                ["path"] = "/webhooks/0/clientConfig",
                ["value"] = new JsonObject { ["url"] = $"https://127.0.0.1:{port}/validate", ["caBundle"] = authority },
            },
            // A judge that a slow machine keeps from answering is passed by, and what it would refuse is done.
            new JsonObject
            {
                ["op"] = "replace",
                ["path"] = "/webhooks/0/timeoutSeconds",
                ["value"] = 30,
            }
        );
        (
            await Kubectl.RunAsync(
                "patch",
                "validatingwebhookconfiguration",
                "exchangevirt-operator",
                "--type=json",
                "-p",
                patch.ToJsonString()
            )
        ).Succeeded();
    }

    private async Task<bool> IsAsync(string machine, string type, string status)
    {
        var found = await GetAsync("exchangevirtualmachines", Messaging, machine);
        var condition = found
            ?["status"]?["conditions"]?.AsArray()
            .FirstOrDefault(each => (string?)each!["type"] == type);
        return (string?)condition?["status"] == status
            && (long?)condition?["observedGeneration"] == (long?)found?["metadata"]?["generation"];
    }

    private async Task PrepareAsync()
    {
        Checkout.CopyTo(_folder.Path, "crds");
        Checkout.CopyTo(_folder.Path, "deploy", "kustomize");
        // The hosts' authority made the operator's certificate when it made theirs.
        Directory.CreateDirectory(Certificates);
        foreach (var file in new[] { "operator.crt", "operator.key", "ca.crt" })
        {
            File.Copy(Path.Combine(Hosts.Certificates, file), Path.Combine(Certificates, file));
        }

        await using (
            var certs = await GuardedProcess.StartAsync(
                new ProgramStart(
                    Programs.Exvirt,
                    ["certs", "--output", Webhook, "--host", $"webhook,exchangevirt-webhook.{System}.svc,127.0.0.1"]
                )
            )
        )
        {
            Assert.True(await certs.WaitForExitAsync() == 0, certs.Log);
        }

        foreach (var (made, mounted) in new[] { ("webhook.crt", "tls.crt"), ("webhook.key", "tls.key") })
        {
            File.Copy(Path.Combine(Webhook, made), Path.Combine(Certificates, made));
            File.Copy(Path.Combine(Webhook, made), Path.Combine(Webhook, mounted));
        }
    }

    /// <summary>Reads the arguments of the Deployment's container.</summary>
    public async Task<IReadOnlyList<string>> DeployedArgumentsAsync()
    {
        var deployment = (
            await Plane.Raw.GetAsync($"/apis/apps/v1/namespaces/{System}/deployments/exchangevirt-operator")
        ).Succeeded();
        return
        [
            .. deployment["spec"]!["template"]!["spec"]!["containers"]![0]!["args"]!
                .AsArray()
                .Select(static argument => (string)argument!),
        ];
    }
}

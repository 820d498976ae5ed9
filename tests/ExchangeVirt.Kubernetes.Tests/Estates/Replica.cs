using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Processes;

namespace ExchangeVirt.Kubernetes.Tests.Estates;

/// <summary>
/// One replica of the operator: the executable with the arguments of the Deployment, in place of the pod that nobody would run
/// here.
/// </summary>
internal sealed class Replica : IAsyncDisposable
{
    /// <summary>The arguments of a replica that nobody starts again: a machine that stands still for some seconds does not end it.</summary>
    public static readonly IReadOnlyList<string> LessHasty = ["--lease-duration=30", "--renew-deadline=25"];

    private readonly GuardedProcess _process;
    private readonly int _health;
    private readonly int _metrics;

    private Replica(string name, GuardedProcess process, int health, int metrics, int webhook)
    {
        Name = name;
        _process = process;
        _health = health;
        _metrics = metrics;
        WebhookPort = webhook;
    }

    public string Name { get; }

    public int WebhookPort { get; }

    public GuardedProcess Process => _process;

    /// <summary>Starts a replica.</summary>
    /// <param name="name">The pod's name.</param>
    /// <param name="deployed">The arguments of the Deployment's container.</param>
    /// <param name="kubeconfig">Whom to be at the API server.</param>
    /// <param name="agentClient">The folder that stands for the mounted Secret of that name.</param>
    /// <param name="webhook">The same for the webhook's certificate.</param>
    /// <param name="environment">Variables for the process.</param>
    /// <param name="more">Arguments that come after, and win.</param>
    public static async Task<Replica> StartAsync(
        string name,
        IReadOnlyList<string> deployed,
        string kubeconfig,
        string agentClient,
        string webhook,
        IReadOnlyDictionary<string, string?>? environment = null,
        params IReadOnlyList<string> more
    )
    {
        var (health, metrics, webhookPort) = (Ports.Free(), Ports.Free(), Ports.Free());
        // In place of what a pod has: its own network, its mounts, its service account.
        var replaced = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["--health-address"] = $"127.0.0.1:{health}",
            ["--metrics-address"] = $"127.0.0.1:{metrics}",
            ["--webhook-address"] = $"127.0.0.1:{webhookPort}",
            ["--certificates"] = agentClient,
            ["--webhook-certificates"] = webhook,
        };
        var arguments = deployed
            .Concat([$"--kubeconfig={kubeconfig}", "--namespace=exchangevirt-system"])
            .Select(argument => argument.Split('=', 2))
            .Where(pair => !more.Any(each => each.StartsWith(pair[0] + "=", StringComparison.Ordinal)))
            .Select(pair =>
                replaced.TryGetValue(pair[0], out var value) ? $"{pair[0]}={value}" : string.Join('=', pair)
            )
            .Concat(more)
            .ToList();
        var process = await GuardedProcess.StartAsync(
            new ProgramStart(Programs.Operator, arguments)
            {
                Name = name,
                Environment = new Dictionary<string, string?>(environment ?? new Dictionary<string, string?>())
                {
                    ["POD_NAME"] = name,
                    ["KUBECONFIG"] = null,
                },
            }
        );
        return new Replica(name, process, health, metrics, webhookPort);
    }

    /// <summary>Asks whether the replica is ready, as the kubelet would.</summary>
    public Task<bool> IsReadyAsync() => IsWellAsync(_health, "readyz");

    /// <summary>Reads the replica's metrics.</summary>
    public async Task<string> MetricsAsync()
    {
        using var client = new HttpClient();
        return await client.GetStringAsync(new Uri($"http://127.0.0.1:{_metrics}/metrics"));
    }

    /// <summary>Waits until the replica is ready.</summary>
    public Task ReadyAsync() =>
        Until.TrueAsync(
            $"{Name} is ready",
            async () => _process.HasExited ? throw new InvalidOperationException(_process.Log) : await IsReadyAsync()
        );

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static async Task<bool> IsWellAsync(int port, string path)
    {
        using var client = new HttpClient();
        try
        {
            using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/{path}"));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}

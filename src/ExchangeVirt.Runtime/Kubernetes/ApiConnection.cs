using k8s;
using k8s.Exceptions;

namespace ExchangeVirt.Runtime.Kubernetes;

/// <summary>Finds the API server and whom to be there: by a kubeconfig, or from within a pod.</summary>
public sealed record ApiConnection
{
    private static readonly TimeSpan s_ping = TimeSpan.FromSeconds(15);

    private ApiConnection(KubernetesClientConfiguration configuration, bool inPod)
    {
        Configuration = configuration;
        IsInPod = inPod;
    }

    /// <summary>Whether this is a pod that acts as its service account.</summary>
    public bool IsInPod { get; }

    /// <summary>The namespace that the pod runs in, or that the kubeconfig's context names; null where neither does.</summary>
    public string? Namespace => string.IsNullOrEmpty(Configuration.Namespace) ? null : Configuration.Namespace;

    /// <summary>The kubeconfig's context; null within a pod.</summary>
    public string? Context => string.IsNullOrEmpty(Configuration.CurrentContext) ? null : Configuration.CurrentContext;

    private KubernetesClientConfiguration Configuration { get; }

    /// <summary>Finds the connection.</summary>
    /// <param name="kubeconfig">A kubeconfig. Null: within a pod, the pod's service account; else the environment's KUBECONFIG, else ~/.kube/config.</param>
    /// <param name="context">A context of the kubeconfig. Null: its current one.</param>
    /// <param name="userAgent">How to name this program to the API server.</param>
    /// <exception cref="KubeConfigException">There is none, or it cannot be used; says what is missing.</exception>
    public static ApiConnection Find(string? kubeconfig, string? context, string userAgent)
    {
        var inPod = kubeconfig is null && context is null && KubernetesClientConfiguration.IsInCluster();
        var configuration = Whole(() =>
            inPod ? KubernetesClientConfiguration.InClusterConfig()
            : kubeconfig is null ? FromDefault(context)
            : KubernetesClientConfiguration.BuildConfigFromConfigFile(new FileInfo(kubeconfig), context)
        );
        configuration.UserAgent = userAgent;
        return new ApiConnection(configuration, inPod);
    }

    /// <summary>Whether a connection is to be found where none is named: in a pod, or by a kubeconfig, be it good or not.</summary>
    public static bool IsConfigured =>
        KubernetesClientConfiguration.IsInCluster()
        || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("KUBECONFIG"))
        || File.Exists(KubernetesClientConfiguration.KubeConfigDefaultLocation);

    /// <summary>Lists the contexts of a kubeconfig, or of those that are used where none is named.</summary>
    /// <exception cref="KubeConfigException">It cannot be used.</exception>
    public static IReadOnlyList<string> ContextsOf(string? kubeconfig) =>
        [
            .. (kubeconfig is null ? DefaultFiles() : [kubeconfig])
                .SelectMany(static file =>
                    Whole(() => KubernetesClientConfiguration.LoadKubeConfig(file)).Contexts ?? []
                )
                .Select(static context => context.Name)
                .Distinct(StringComparer.Ordinal),
        ];

    /// <summary>Connects; nothing is asked yet.</summary>
    public KubernetesApi Connect(TimeProvider time)
    {
        // A peer that is gone is found by pings; where the runtime sends none, by the watches' own idle timers.
        Configuration.FirstMessageHandlerSetup = static handler =>
        {
            handler.KeepAlivePingDelay = s_ping;
            handler.KeepAlivePingTimeout = s_ping;
            handler.KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always;
        };
        // Watches live longer than any request; every request has a deadline of its own.
        Configuration.HttpClientTimeout = Timeout.InfiniteTimeSpan;
        return new KubernetesApi(new k8s.Kubernetes(Configuration), time);
    }

    // The client library takes an empty file, and one without a part that it needs, for whole.
    private static T Whole<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (NullReferenceException incomplete)
        {
            throw new KubeConfigException("It is empty, or a part of it is missing.", incomplete);
        }
    }

    private static KubernetesClientConfiguration FromDefault(string? context)
    {
        var named = NamedFiles();
        if (named.Count == 0)
        {
            var home = KubernetesClientConfiguration.KubeConfigDefaultLocation;
            return File.Exists(home)
                ? KubernetesClientConfiguration.BuildConfigFromConfigFile(new FileInfo(home), context)
                : throw new KubeConfigException(
                    $"No cluster is named: this is no pod, KUBECONFIG names no file that exists, and there is no {home}. Name one with --kubeconfig."
                );
        }

        if (context is null)
        {
            return KubernetesClientConfiguration.BuildDefaultConfig();
        }

        var file =
            named.Find(path =>
                KubernetesClientConfiguration
                    .LoadKubeConfig(path)
                    .Contexts.Any(known => string.Equals(known.Name, context, StringComparison.Ordinal))
            )
            ?? throw new KubeConfigException(
                $"No file that KUBECONFIG names has a context '{context}': {string.Join(", ", named)}."
            );
        return KubernetesClientConfiguration.BuildConfigFromConfigFile(new FileInfo(file), context);
    }

    private static List<string> NamedFiles() =>
        [
            .. (Environment.GetEnvironmentVariable("KUBECONFIG") ?? "")
                .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Where(File.Exists),
        ];

    private static List<string> DefaultFiles() =>
        NamedFiles() is { Count: > 0 } named ? named
        : File.Exists(KubernetesClientConfiguration.KubeConfigDefaultLocation)
            ? [KubernetesClientConfiguration.KubeConfigDefaultLocation]
        : [];
}

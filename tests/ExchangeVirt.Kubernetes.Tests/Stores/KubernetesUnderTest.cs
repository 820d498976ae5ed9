using System.Text.Json.Nodes;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Access;
using ExchangeVirt.Envtest.Definitions;
using ExchangeVirt.Runtime.Kubernetes;
using ExchangeVirt.Runtime.Stores;
using ExchangeVirt.Runtime.Tests.Stores;

namespace ExchangeVirt.Kubernetes.Tests.Stores;

/// <summary>A store over a real API server, in a namespace of the test's own.</summary>
internal sealed class KubernetesUnderTest : IStoreUnderTest
{
    private readonly TestCluster _cluster;
    private readonly ScratchNamespace _namespace;
    private readonly KubernetesApi _api;

    private KubernetesUnderTest(TestCluster cluster, ScratchNamespace ownNamespace)
    {
        _cluster = cluster;
        _namespace = ownNamespace;
        _api = Api(cluster);
        Store = StoreOver(_api);
    }

    public IResourceStore Store { get; }

    public string Namespace => _namespace.Name;

    public static async Task<IStoreUnderTest> OpenAsync(TestCluster cluster) =>
        new KubernetesUnderTest(cluster, await cluster.NamespaceAsync());

    /// <summary>Connects as the administrator.</summary>
    public static KubernetesApi Api(TestCluster cluster) =>
        ApiConnection.Find(cluster.AdminKubeconfig, context: null, "exchangevirt-tests").Connect(Until.Clock);

    /// <summary>Makes a store with small pages.</summary>
    public static KubernetesStore StoreOver(KubernetesApi api) =>
        new(
            api,
            new KubernetesStoreOptions
            {
                FieldManager = "exchangevirt-tests",
                Instance = "test",
                PageSize = 2,
            },
            static () => 0.5
        );

    // As kubectl and GitOps tools do it: by an apply that leaves the fields of others alone.
    public async Task DeclareAsync(string name, int size = 1, IReadOnlyDictionary<string, string>? annotations = null)
    {
        var widget = WidgetDefinition.Widget(name, size);
        widget["metadata"]!["annotations"] = new JsonObject(
            (annotations ?? new Dictionary<string, string>()).Select(static pair =>
                KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)
            )
        );
        (
            await _cluster.Raw.PatchAsync(
                $"{WidgetDefinition.Path(Namespace, name)}?fieldManager=user&force=true",
                widget,
                RawApi.Apply
            )
        ).Succeeded();
    }

    public async Task DeclareOldAsync(string name) =>
        (await _cluster.Raw.PostAsync(WidgetDefinition.Path(Namespace), WidgetDefinition.Widget(name, 1))).Succeeded();

    public async Task DeclareOddAsync(string name)
    {
        var widget = WidgetDefinition.Widget(name, 1);
        // The schema takes it, and no widget of this version can hold it.
        widget["spec"]!["size"] = 1L << 40;
        (await _cluster.Raw.PostAsync(WidgetDefinition.Path(Namespace), widget)).Succeeded();
    }

    public Task UntilAsync(Func<bool> state) => Until.TrueAsync("the state holds", state);

    // The server began to remember later than its store's first revision.
    public Task<string> ForgottenVersionAsync() => Task.FromResult("1");

    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        await _namespace.DisposeAsync();
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeVirt.Cli.Output;
using ExchangeVirt.Operator.Hosting;
using ExchangeVirt.Resources.Schema;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Kubernetes;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Cli.Estates;

/// <summary>Reads a cluster as the user of a kubeconfig. Nothing of it is ever written but the switch that stops everything.</summary>
internal sealed class ClusterSource : IEstateSource
{
    private const string FieldManager = "exvirt";

    private static readonly TimeSpan s_sameTime = TimeSpan.FromSeconds(5);

    private readonly KubernetesApi _api;
    private readonly KubernetesReader _reader;
    private readonly ClusterQuestions _questions;
    private readonly string _operatorNamespace;
    private readonly TimeProvider _clock;

    private ClusterSource(ClusterChoice choice, ApiConnection connection, CommandContext context)
    {
        _api = ClusterQuestions.Read(() => connection.Connect(context.Clock));
        _reader = new KubernetesReader(_api);
        _questions = new ClusterQuestions(_api.Server, connection.Context);
        _operatorNamespace = choice.OperatorNamespace ?? ClusterOperator.DefaultNamespace;
        ManifestNamespace = choice.Namespace ?? connection.Namespace ?? "default";
        Namespace = choice.AllNamespaces ? null : ManifestNamespace;
        Control = new ConfigMapControlState(_api, _operatorNamespace, FieldManager, context.Chance, context.Clock);
        Operator = new OperatorInCluster(_api, _questions, Control, _operatorNamespace, FieldManager);
        _clock = context.Clock;
    }

    /// <inheritdoc />
    public string Place => _questions.Server;

    /// <inheritdoc />
    public string CommandOptions => "";

    /// <inheritdoc />
    public bool IsCluster => true;

    /// <inheritdoc />
    public string? Namespace { get; }

    /// <inheritdoc />
    public string ManifestNamespace { get; }

    /// <inheritdoc />
    public IControlState Control { get; }

    /// <summary>The operator and its switch.</summary>
    public OperatorInCluster Operator { get; }

    /// <inheritdoc />
    public DateTimeOffset Now => _clock.GetUtcNow() - (Skew ?? TimeSpan.Zero);

    /// <summary>The namespace in which the operator is looked for.</summary>
    public string OperatorNamespace => _operatorNamespace;

    // The server tells whole seconds, and its answer took a while: what is less than that is no difference.
    private TimeSpan? Skew => _api.ClockSkew is { } skew && skew.Duration() >= s_sameTime ? skew : null;

    /// <summary>Connects; nothing is asked yet.</summary>
    /// <exception cref="CommandException">There is no kubeconfig, or it cannot be used.</exception>
    public static ClusterSource Open(ClusterChoice choice, CommandContext context) =>
        new(choice, ClusterQuestions.Connect(choice, context), context);

    /// <inheritdoc />
    public async Task<IReadOnlyList<JsonObject>> ListAsync(
        ResourceKind kind,
        bool everywhere,
        CancellationToken cancellationToken
    )
    {
        var ofNamespace = everywhere ? null : NamespaceOf(kind);
        return await ReadAsync(kind, ofNamespace, cancellationToken);
    }

    /// <inheritdoc />
    public async Task<ReadableObjects> ListReadableAsync(
        ResourceKind kind,
        IReadOnlyList<string> namespaces,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return new ReadableObjects(await ReadAsync(kind, ofNamespace: null, cancellationToken), Narrowed: null);
        }
        catch (AccessDeniedException refused) when (kind.Resource.Scope is ResourceScope.Namespaced)
        {
            List<JsonObject> found = [];
            foreach (var each in namespaces)
            {
                found.AddRange(await ReadAsync(kind, each, cancellationToken));
            }

            return new ReadableObjects(found, refused.Message);
        }
    }

    private async Task<IReadOnlyList<JsonObject>> ReadAsync(
        ResourceKind kind,
        string? ofNamespace,
        CancellationToken cancellationToken
    ) =>
        await _questions.AskAsync(
            RightFor("list", kind, ofNamespace),
            () => _reader.ListAsync(kind.Type, ofNamespace, cancellationToken)
        ) ?? throw _questions.NotServed(kind.Type);

    /// <inheritdoc />
    public async Task<IReadOnlyList<JsonObject>> FindAsync(
        ResourceKind kind,
        string name,
        CancellationToken cancellationToken
    )
    {
        var ofNamespace = NamespaceOf(kind);
        if (kind.Resource.Scope is ResourceScope.Namespaced && ofNamespace is null)
        {
            var all = await ListAsync(kind, everywhere: true, cancellationToken);
            return [.. all.Where(item => (string?)item["metadata"]?["name"] == name)];
        }

        var found = await _questions.AskAsync(
            RightFor("get", kind, ofNamespace),
            () => _reader.GetAsync(kind.Type, new ResourceKey(ofNamespace, name), cancellationToken)
        );
        if (found is not null)
        {
            return [found];
        }

        var isServed = await _questions.AskAsync(
            RightFor("get", kind, ofNamespace),
            () => _reader.IsServedAsync(kind.Type, cancellationToken)
        );
        return isServed ? [] : throw _questions.NotServed(kind.Type);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<SeenEvent>> ListEventsAsync(CancellationToken cancellationToken)
    {
        var items =
            await _questions.AskAsync(
                new ApiRight("list", "events.events.k8s.io", Namespace, ApiRight.View),
                () => _reader.ListAsync(EventReader.Type, Namespace, cancellationToken)
            ) ?? throw _questions.NotServed(EventReader.Type);
        return
        [
            .. items
                .Select(static item => (Whole: item, Record: EventReader.Read(JsonSerializer.SerializeToElement(item))))
                .Where(static seen => IsOurs(seen.Record))
                .Select(static seen => new SeenEvent(seen.Record!, seen.Whole))
                .OrderBy(static seen => seen.Record.LastTimestamp),
        ];
    }

    /// <inheritdoc />
    public Task<OperatorSight> SeeOperatorAsync(CancellationToken cancellationToken) =>
        Operator.SeeAsync(cancellationToken);

    /// <summary>Lists the namespaces' names.</summary>
    /// <exception cref="AccessDeniedException">The user may not.</exception>
    /// <exception cref="CommandException">They cannot be read.</exception>
    public async Task<IReadOnlyList<string>> ListNamespacesAsync(CancellationToken cancellationToken)
    {
        var type = new ResourceType("", "v1", "Namespace", "namespaces");
        var items = await _questions.AskAsync(
            new ApiRight("list", type.Plural, Namespace: null, ApiRight.ClusterView) { IsNamespaced = false },
            () => _reader.ListAsync(type, ofNamespace: null, cancellationToken)
        );
        return [.. (items ?? []).Select(static item => (string)item["metadata"]!["name"]!)];
    }

    /// <summary>Lists the operator's Deployments, as any installation labels them.</summary>
    /// <returns>Null where the server has none of that kind.</returns>
    /// <exception cref="AccessDeniedException">The user may not.</exception>
    /// <exception cref="CommandException">They cannot be read.</exception>
    public Task<IReadOnlyList<JsonObject>?> ListDeploymentsAsync(CancellationToken cancellationToken)
    {
        var type = new ResourceType("apps", "v1", "Deployment", "deployments");
        return _questions.AskAsync(
            new ApiRight("list", "deployments.apps", _operatorNamespace, ApiRight.ClusterView),
            () => _reader.ListAsync(type, _operatorNamespace, cancellationToken)
        );
    }

    /// <inheritdoc />
    public IReadOnlyList<string> ListRemarks() =>
        Skew is { } skew
            ?
            [
                $"This machine's clock is {Age.Text(skew.Duration())} {(skew > TimeSpan.Zero ? "ahead of" : "behind")} the API server's. Times are told by the server's.",
            ]
            : [];

    /// <inheritdoc />
    public void Dispose() => _api.Dispose();

    private string? NamespaceOf(ResourceKind kind) =>
        kind.Resource.Scope is ResourceScope.Namespaced ? Namespace : null;

    private static ApiRight RightFor(string verb, ResourceKind kind, string? ofNamespace) =>
        new(verb, $"{kind.Type.Plural}.{kind.Type.Group}", ofNamespace, ApiRight.View)
        {
            IsNamespaced = kind.Resource.Scope is ResourceScope.Namespaced,
        };

    private static bool IsOurs(EventRecord? record) =>
        record?.Regarding.ApiVersion?.StartsWith(ApiGroup.Group + "/", StringComparison.Ordinal) == true;
}

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

    private static readonly ResourceType s_leases = new("coordination.k8s.io", "v1", "Lease", "leases");
    private static readonly ResourceType s_configMaps = new("", "v1", "ConfigMap", "configmaps");

    private readonly KubernetesApi _api;
    private readonly KubernetesReader _reader;
    private readonly ClusterQuestions _questions;
    private readonly string _operatorNamespace;

    private ClusterSource(ClusterChoice choice, ApiConnection connection, CommandContext context)
    {
        _api = ClusterQuestions.Read(() => connection.Connect(context.Clock));
        _reader = new KubernetesReader(_api);
        _questions = new ClusterQuestions(_api.Server, connection.Context);
        _operatorNamespace = choice.OperatorNamespace ?? ClusterOperator.DefaultNamespace;
        ManifestNamespace = choice.Namespace ?? connection.Namespace ?? "default";
        Namespace = choice.AllNamespaces ? null : ManifestNamespace;
        Control = new ConfigMapControlState(_api, _operatorNamespace, FieldManager, context.Chance, context.Clock);
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

    /// <summary>The namespace in which the operator is looked for.</summary>
    public string OperatorNamespace => _operatorNamespace;

    /// <summary>What is said where no operator ever ran in that namespace.</summary>
    public string NoOperator =>
        $"No operator ever ran in namespace {_operatorNamespace}: there is no ConfigMap {ConfigMapControlState.NameOf("installation")}.";

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
    public async Task<OperatorSight> SeeOperatorAsync(CancellationToken cancellationToken)
    {
        List<string> notSeen = [];
        var key = new ResourceKey(_operatorNamespace, ClusterOperator.Name);
        var (isKnown, lease) = await TryAsync(
            notSeen,
            new ApiRight("get", $"leases.{s_leases.Group}", _operatorNamespace, ApiRight.View),
            () => new KubernetesLease(_api, key, FieldManager).GetAsync(cancellationToken)
        );
        var (isInstallationKnown, installation) = await TryAsync(
            notSeen,
            ControlRight("list", "installation"),
            () => Control.GetControlAsync("installation", cancellationToken)
        );
        var (pause, unread) = await SeePauseAsync(cancellationToken);
        return new OperatorSight
        {
            IsHolderKnown = isKnown,
            Holder = lease?.Holder,
            Since = lease?.AcquireTime,
            RenewedAt = lease?.RenewTime,
            Validity = lease?.Duration,
            Installation = installation?.Value,
            InstallationGap =
                installation is not null ? null
                : isInstallationKnown
                    ? $"{NoOperator} If it is in another namespace, name that with --operator-namespace."
                : notSeen[^1],
            Pause = pause,
            PauseUnread = unread,
            NotSeen = unread is null ? notSeen : [.. notSeen, unread],
        };
    }

    /// <summary>Reads one of the operator's small values.</summary>
    /// <exception cref="AccessDeniedException">The user may not.</exception>
    /// <exception cref="CommandException">It cannot be read.</exception>
    public Task<ControlValue?> GetControlAsync(string name, CancellationToken cancellationToken) =>
        _questions.AskAsync(ControlRight("list", name), () => Control.GetControlAsync(name, cancellationToken));

    /// <summary>Throws the switch that stops everything.</summary>
    /// <exception cref="AccessDeniedException">The user may not.</exception>
    /// <exception cref="CommandException">It cannot be written.</exception>
    public Task WritePauseAsync(PauseState state, CancellationToken cancellationToken) =>
        _questions.AskAsync(
            ControlRight("write", PauseSwitch.Name) with
            {
                Role = ApiRight.Pause,
            },
            async () =>
            {
                await new PauseSwitch(Control).WriteAsync(state, cancellationToken);
                return true;
            }
        );

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
    public IReadOnlyList<string> ListRemarks() => [];

    /// <inheritdoc />
    public void Dispose() => _api.Dispose();

    private string? NamespaceOf(ResourceKind kind) =>
        kind.Resource.Scope is ResourceScope.Namespaced ? Namespace : null;

    private static ApiRight RightFor(string verb, ResourceKind kind, string? ofNamespace) =>
        new(verb, $"{kind.Type.Plural}.{kind.Type.Group}", ofNamespace, ApiRight.View)
        {
            IsNamespaced = kind.Resource.Scope is ResourceScope.Namespaced,
        };

    private ApiRight ControlRight(string verb, string control) =>
        new(verb, $"{s_configMaps.Plural}/{ConfigMapControlState.NameOf(control)}", _operatorNamespace, ApiRight.View);

    // What this user may not read tells nothing of what the operator reads; what is damaged is damaged for both.
    private async Task<(PauseState? State, string? Unread)> SeePauseAsync(CancellationToken cancellationToken)
    {
        try
        {
            var value = await _questions.AskAsync(
                ControlRight("list", PauseSwitch.Name),
                () => Control.GetControlAsync(PauseSwitch.Name, cancellationToken)
            );
            return (new PauseSwitch(Control).Understand(value), null);
        }
        catch (CommandException refused) when (IsOutOfSight(refused))
        {
            return (null, refused.Message);
        }
        catch (CommandException refused) when (refused.InnerException is IOException damaged and not HttpIOException)
        {
            return (PauseSwitch.Suppose(damaged), null);
        }
    }

    private static bool IsOutOfSight(CommandException refused) =>
        refused is AccessDeniedException or { InnerException: ResourceNotFoundException };

    private async Task<(bool IsKnown, T? Value)> TryAsync<T>(
        List<string> notSeen,
        ApiRight right,
        Func<Task<T?>> question
    )
        where T : class
    {
        try
        {
            return (true, await _questions.AskAsync(right, question));
        }
        catch (CommandException refused)
            when (IsOutOfSight(refused) || refused.InnerException is IOException and not HttpIOException)
        {
            notSeen.Add(refused.Message);
            return (false, null);
        }
    }

    private static bool IsOurs(EventRecord? record) =>
        record?.Regarding.ApiVersion?.StartsWith(ApiGroup.Group + "/", StringComparison.Ordinal) == true;
}

using ExchangeVirt.Operator.Hosting;
using ExchangeVirt.Runtime.Kubernetes;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Cli.Estates;

/// <summary>Looks at a cluster's operator as the user of a kubeconfig, and throws the switch that stops it.</summary>
/// <param name="api">The connection; it stays the caller's.</param>
/// <param name="questions">Says for people why there is no answer.</param>
/// <param name="control">The small values that the operator keeps.</param>
/// <param name="ofNamespace">The operator's namespace.</param>
/// <param name="fieldManager">The name of whoever writes.</param>
internal sealed class OperatorInCluster(
    KubernetesApi api,
    ClusterQuestions questions,
    IControlState control,
    string ofNamespace,
    string fieldManager
)
{
    private static readonly ResourceType s_leases = new("coordination.k8s.io", "v1", "Lease", "leases");
    private static readonly ResourceType s_configMaps = new("", "v1", "ConfigMap", "configmaps");

    /// <summary>What is said where no operator ever ran in that namespace.</summary>
    public string NoOperator =>
        $"No operator ever ran in namespace {ofNamespace}: there is no ConfigMap {ConfigMapControlState.NameOf("installation")}.";

    /// <summary>Reads one of the operator's small values.</summary>
    /// <exception cref="AccessDeniedException">The user may not.</exception>
    /// <exception cref="CommandException">It cannot be read.</exception>
    public Task<ControlValue?> GetControlAsync(string name, CancellationToken cancellationToken) =>
        questions.AskAsync(ControlRight("list", name), () => control.GetControlAsync(name, cancellationToken));

    /// <summary>Throws the switch that stops everything.</summary>
    /// <exception cref="AccessDeniedException">The user may not.</exception>
    /// <exception cref="CommandException">It cannot be written.</exception>
    public Task WritePauseAsync(PauseState state, CancellationToken cancellationToken) =>
        questions.AskAsync(
            ControlRight("write", PauseSwitch.Name) with
            {
                Role = ApiRight.Pause,
            },
            async () =>
            {
                await new PauseSwitch(control).WriteAsync(state, cancellationToken);
                return true;
            }
        );

    /// <summary>Looks at the operator. What the user may not see is told, and no failure.</summary>
    /// <exception cref="CommandException">Nothing can be read.</exception>
    public async Task<OperatorSight> SeeAsync(CancellationToken cancellationToken)
    {
        List<string> notSeen = [];
        var key = new ResourceKey(ofNamespace, ClusterOperator.Name);
        var (isKnown, lease) = await TryAsync(
            notSeen,
            new ApiRight("get", $"leases.{s_leases.Group}", ofNamespace, ApiRight.View),
            () => new KubernetesLease(api, key, fieldManager).GetAsync(cancellationToken)
        );
        var (isInstallationKnown, installation) = await TryAsync(
            notSeen,
            ControlRight("list", "installation"),
            () => control.GetControlAsync("installation", cancellationToken)
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

    private ApiRight ControlRight(string verb, string control) =>
        new(verb, $"{s_configMaps.Plural}/{ConfigMapControlState.NameOf(control)}", ofNamespace, ApiRight.View);

    // What this user may not read tells nothing of what the operator reads; what is damaged is damaged for both.
    private async Task<(PauseState? State, string? Unread)> SeePauseAsync(CancellationToken cancellationToken)
    {
        try
        {
            var value = await questions.AskAsync(
                ControlRight("list", PauseSwitch.Name),
                () => control.GetControlAsync(PauseSwitch.Name, cancellationToken)
            );
            return (new PauseSwitch(control).Understand(value), null);
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
            return (true, await questions.AskAsync(right, question));
        }
        catch (CommandException refused)
            when (IsOutOfSight(refused) || refused.InnerException is IOException and not HttpIOException)
        {
            notSeen.Add(refused.Message);
            return (false, null);
        }
    }
}

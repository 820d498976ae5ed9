using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using ExchangeVirt.Cli.Commands;
using ExchangeVirt.Runtime.Kubernetes;
using ExchangeVirt.Runtime.Stores;
using k8s.Exceptions;
using YamlDotNet.Core;

namespace ExchangeVirt.Cli.Estates;

/// <summary>Says which cluster is meant, and what in it.</summary>
/// <param name="Kubeconfig">The kubeconfig; null: the usual one.</param>
/// <param name="Context">Its context; null: its current one.</param>
/// <param name="Namespace">The namespace; null: the context's.</param>
/// <param name="AllNamespaces">Whether all namespaces are meant.</param>
/// <param name="OperatorNamespace">Where the operator is; null: where it usually is.</param>
internal sealed record ClusterChoice(
    string? Kubeconfig,
    string? Context,
    string? Namespace,
    bool AllNamespaces,
    string? OperatorNamespace
)
{
    /// <summary>Whether a kubeconfig or context was named, rather than left to what the machine has.</summary>
    public bool IsExplicit => Kubeconfig is not null || Context is not null;
}

/// <summary>Names what a request asks of the API server, and what gives the right to it.</summary>
/// <param name="Verb">What is done.</param>
/// <param name="Resource">The resource, as <c>kubectl auth can-i</c> takes it.</param>
/// <param name="Namespace">Where; null for the whole cluster.</param>
/// <param name="Role">The role that allows it.</param>
internal sealed record ApiRight(string Verb, string Resource, string? Namespace, string Role)
{
    /// <summary>The role of those who look on.</summary>
    public const string View = "exchangevirt-view";

    /// <summary>The role of those who may pull the switch that stops everything; one of the operator's namespace.</summary>
    public const string Pause = "exchangevirt-pause";

    /// <summary>The cluster's own role of those who look on.</summary>
    public const string ClusterView = "view";

    /// <summary>Whether objects of the resource lie in namespaces.</summary>
    public bool IsNamespaced { get; init; } = true;
}

/// <summary>Tells that the user may not do what was asked.</summary>
/// <param name="message">What, and which role gives the right.</param>
/// <param name="innerException">The refusal.</param>
internal sealed class AccessDeniedException(string message, Exception innerException)
    : CommandException(message, Cli.ExitCode.Failure, innerException);

/// <summary>Asks an API server, and says for people why there is no answer.</summary>
/// <param name="server">The server's address.</param>
/// <param name="context">The kubeconfig's context; null within a pod.</param>
internal sealed partial class ClusterQuestions(Uri server, string? context)
{
    /// <summary>The server's address, for messages.</summary>
    public string Server { get; } = server.GetLeftPart(UriPartial.Authority);

    /// <summary>Finds the cluster that is meant; nothing is asked yet.</summary>
    /// <exception cref="CommandException">There is no kubeconfig, or it cannot be used.</exception>
    public static ApiConnection Connect(ClusterChoice choice, CommandContext context)
    {
        try
        {
            return Read(() =>
                ApiConnection.Find(choice.Kubeconfig, choice.Context, $"exvirt/{VersionCommand.Version}")
            );
        }
        catch (CommandException refused)
            when (refused.InnerException is KubeConfigException none
                && !choice.IsExplicit
                && !ApiConnection.IsConfigured
            )
        {
            throw context.Invocation.IsKubectl
                ? new CommandException(none.Message, ExitCode.Failure, none)
                : new CommandException(
                    $"Name an estate: a directory with --state, or a cluster with --kubeconfig. {none.Message}",
                    ExitCode.Usage,
                    none
                );
        }
    }

    /// <summary>Reads a kubeconfig.</summary>
    /// <exception cref="CommandException">There is none, or it cannot be used.</exception>
    public static T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception refused)
            when (refused
                    is KubeConfigException
                        or YamlException
                        or IOException
                        or UnauthorizedAccessException
                        or CryptographicException
                        or FormatException
                        or ArgumentException
            )
        {
            throw new CommandException($"The kubeconfig cannot be used: {refused.Message}", ExitCode.Failure, refused);
        }
    }

    /// <summary>Asks.</summary>
    /// <exception cref="AccessDeniedException">The user may not.</exception>
    /// <exception cref="CommandException">There is no answer.</exception>
    public async Task<T> AskAsync<T>(ApiRight right, Func<Task<T>> question)
    {
        try
        {
            return await question();
        }
        catch (KubernetesApiException refused) when (refused.Status is HttpStatusCode.Forbidden)
        {
            throw new AccessDeniedException(Forbidden(right, refused.Message), refused);
        }
        catch (KubernetesApiException refused) when (refused.Status is HttpStatusCode.Unauthorized)
        {
            throw new CommandException(
                $"{Where} does not accept these credentials: {refused.Message} Log in again, or choose another --context.",
                ExitCode.Failure,
                refused
            );
        }
        catch (ResourceNotFoundException missing)
        {
            throw new CommandException(
                $"{Where} has no such place: {missing.Message} Is the operator in another namespace? Name it with --operator-namespace.",
                ExitCode.Failure,
                missing
            );
        }
        catch (Exception refused) when (refused is KubernetesApiException or ResourceConflictException)
        {
            throw new CommandException($"{Where} refused: {refused.Message}", ExitCode.Failure, refused);
        }
        catch (JsonException odd)
        {
            throw new CommandException(
                $"{Where} does not speak Kubernetes' API; is it a proxy's page? {odd.Message}",
                ExitCode.Failure,
                odd
            );
        }
        catch (IOException spoilt) when (spoilt is not HttpIOException)
        {
            throw new CommandException(spoilt.Message, ExitCode.Failure, spoilt);
        }
        catch (Exception silent) when (silent is HttpRequestException or TimeoutException or HttpIOException)
        {
            throw new CommandException(
                $"{Where} does not answer: {Innermost(silent).Message} Look at the network and at the kubeconfig, or name another cluster with "
                    + "--context or --kubeconfig.",
                ExitCode.Failure,
                silent
            );
        }
    }

    /// <summary>Says that a kind is not there.</summary>
    public CommandException NotServed(ResourceType type) =>
        new(
            $"{Where} does not serve {type.Plural} of {type.ApiVersion}: the custom resource definitions are not installed. The Helm chart and "
                + "deploy/kustomize bring them, and so does 'exvirt crds | kubectl apply -f -'."
        );

    private string Where =>
        context is null ? $"The API server {Server}" : $"The API server {Server} (context {context})";

    private static string Forbidden(ApiRight right, string said)
    {
        var user = User().Match(said) is { Success: true } match ? match.Groups["name"].Value : "USER";
        var where =
            right.Namespace is { } inNamespace ? $" in namespace {inNamespace}"
            : right.IsNamespaced ? " in all namespaces"
            : "";
        var kind = right.Role == ApiRight.Pause ? "Role" : "ClusterRole";
        var binding = right.Namespace is null
            ? $"kubectl create clusterrolebinding {right.Role}-{user} --clusterrole={right.Role} --user={user}"
            : $"kubectl create rolebinding {right.Role}-{user} --{kind.ToLowerInvariant()}={right.Role} --user={user} --namespace={right.Namespace}";
        var narrower = right is { Namespace: null, IsNamespaced: true }
            ? " One namespace alone: --namespace NAME."
            : "";
        return $"You ({user}) may not {right.Verb} {right.Resource}{where}.{narrower} The {kind} {right.Role} gives that right; an administrator "
            + $"binds it with: {binding}";
    }

    private static Exception Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner && exception is not TimeoutException)
        {
            exception = inner;
        }

        return exception;
    }

    [GeneratedRegex("User \"(?<name>[^\"]+)\"", RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex User();
}

using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using ExchangeVirt.Cli.Estates;
using ExchangeVirt.Runtime.Kubernetes;

namespace ExchangeVirt.Cli.Commands;

/// <summary>Prints which build this is, and which the cluster's operator is.</summary>
internal static class VersionCommand
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>The version of this build.</summary>
    public static string Version { get; } =
        typeof(VersionCommand)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion;

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        var clientOnly = new Option<bool>("--client") { Description = "This program alone; no cluster is asked." };
        var source = new SourceOptions(ofOperator: true);
        var command = new TaughtCommand(
            "version",
            """
            Prints the version of this program, and of the operator in the cluster.

            A cluster is asked where a kubeconfig is found. Its operator's version is what the Deployment there says; one that
            runs in another way does not tell. What is wrong with kubeconfig or cluster is told, and is no failure.

            Examples:
              exvirt version
              exvirt version --client
            """
        )
        {
            clientOnly,
            source.Kubeconfig,
            source.Context,
            source.OperatorNamespace,
        };
        command.Source = source;
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                await context.Out.WriteLineAsync(
                    $"exvirt {Version} ({RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier})"
                );
                if (!parsed.GetValue(clientOnly) && (source.NamesCluster(parsed) || ApiConnection.IsConfigured))
                {
                    await context.Out.WriteLineAsync(await OperatorAsync(parsed, source, context, cancellationToken));
                }

                return ExitCode.Success;
            }
        );
        return command;
    }

    // This program's own version is told whatever is wrong with the cluster's, and what is wrong too.
    private static async Task<string> OperatorAsync(
        ParseResult parsed,
        SourceOptions source,
        CommandContext context,
        CancellationToken cancellationToken
    )
    {
        try
        {
            using var cluster = source.OpenCluster(parsed, context);
            return await OperatorAsync(cluster, context.Clock, cancellationToken);
        }
        catch (CommandException refused)
        {
            return context.Invocation.Say($"operator not known: {refused.Message}");
        }
    }

    private static async Task<string> OperatorAsync(
        ClusterSource cluster,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        using var late = new CancellationTokenSource(s_patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            var found = (await cluster.ListDeploymentsAsync(either.Token) ?? [])
                .Where(static each =>
                    (string?)each["metadata"]?["labels"]?["app.kubernetes.io/name"] == "exchangevirt-operator"
                )
                .Select(static each =>
                    $"operator {VersionOf(each) ?? "of a version that its image does not tell"} (Deployment {(string?)each["metadata"]?["name"]})"
                )
                .ToList();
            var what =
                found.Count == 0
                    ? $"operator not known: no Deployment in namespace {cluster.OperatorNamespace} is labelled as it"
                    : string.Join(", ", found);
            return $"{what}, {cluster.Place}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"operator not known: {cluster.Place} did not answer within {s_patience.TotalSeconds:0} s";
        }
    }

    /// <summary>Reads the version off the operator's Deployment: its recommended label, else its image's tag.</summary>
    /// <returns>Null where neither says it.</returns>
    public static string? VersionOf(JsonObject deployment)
    {
        if ((string?)deployment["metadata"]?["labels"]?["app.kubernetes.io/version"] is { Length: > 0 } label)
        {
            return label;
        }

        var image = (string?)
            (deployment["spec"]?["template"]?["spec"]?["containers"] as JsonArray)?.FirstOrDefault()?["image"];
        if (image is null || image.Contains('@', StringComparison.Ordinal))
        {
            return null;
        }

        // A colon before the last slash belongs to a registry's port.
        var tag = image.LastIndexOf(':');
        return tag > image.LastIndexOf('/') ? image[(tag + 1)..] : null;
    }
}

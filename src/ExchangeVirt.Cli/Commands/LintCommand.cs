using System.CommandLine;
using System.Text.Json;
using ExchangeVirt.Cli.Estates;
using ExchangeVirt.Cli.Linting;
using ExchangeVirt.Cli.Output;
using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Cli.Commands;

/// <summary>Judges manifests, by themselves or against what a cluster holds.</summary>
internal static class LintCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description =
                "Files and directories; below directories every .yaml, .yml and .json file. - is standard input.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var files = CommonOptions.Filename("The same, as kubectl calls it.");
        var unknown = new Option<UnknownReferences>("--unknown-references")
        {
            Description =
                "How much a DAG or policy weighs that is named and not to be found: Warn (advice) or Refuse (invalid).",
            HelpName = "Warn|Refuse",
            DefaultValueFactory = static _ => UnknownReferences.Warn,
        };
        var cluster = new Option<bool>("--cluster")
        {
            Description = "Judge against the cluster too; so does naming one with --kubeconfig or --context.",
        };
        var source = new SourceOptions("that of the kubeconfig's context, for manifests that name none");
        var output = CommonOptions.Output("text", "json");
        var command = new TaughtCommand(
            "lint",
            """
            Judges manifests, by themselves or against a cluster. Schema, rules between fields, Microsoft's support rules, and what
            they name in one another: every problem is reported at once, as file:line: path: what is wrong, what is allowed.

            The files are taken for the whole estate: two machines of one name in Hyper-V are invalid. A DAG or policy that
            is named and not among them is advice, unless --unknown-references Refuse.

            With --cluster they are judged as the API server and the operator's webhook would judge their applying: what they
            name may be in the cluster, and what is there already may only be changed as the rules allow. Nothing is written,
            and your right to read is all that it takes.

            Exit codes:
              0   nothing, or only advice and notices
              1   something that Microsoft does not support
              2   a manifest is invalid: the operator would not take it
              3   the cluster could not be read

            Examples:
              exvirt lint manifests/
              exvirt lint manifests/ --unknown-references Refuse
              kustomize build overlay/ | exvirt lint --cluster -f -
              exvirt lint manifests/ -o json | jq '.findings[] | select(.severity == "Unsupported")'
            """
        )
        {
            paths,
            files,
            unknown,
            cluster,
            source.Kubeconfig,
            source.Context,
            source.Namespace,
            output,
        };
        command.Source = source;
        command.Validators.Add(result =>
        {
            if (result.GetValue(paths) is not { Length: > 0 } && result.GetValue(files) is not { Length: > 0 })
            {
                result.AddError("Name the files or directories that are to be judged.");
            }

            // Without a cluster the manifests alone count, and an option that changes nothing would be believed to.
            if (
                result.GetValue(source.Namespace) is not null
                && !result.GetValue(cluster)
                && result.GetValue(source.Kubeconfig) is null
                && result.GetValue(source.Context) is null
            )
            {
                result.AddError(
                    "--namespace is a cluster's, for manifests that name none: say --cluster too, or name the namespace in the manifests."
                );
            }
        });
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                string[] all = [.. parsed.GetValue(paths) ?? [], .. parsed.GetValue(files) ?? []];
                using var live =
                    parsed.GetValue(cluster) || source.NamesCluster(parsed)
                        ? source.OpenCluster(parsed, context)
                        : null;
                var manifests = live is null
                    ? ManifestReader.ReadPaths(all, standardInput: context.Input)
                    : ManifestReader.ReadPaths(all, live.ManifestNamespace, context.Input);
                var beside = live is null
                    ? null
                    : await EstateObjects.ReadReadableAsync(live, NamespacesOf(manifests, live), cancellationToken);
                var findings = Linter.Judge(
                    manifests,
                    context.Clock.GetUtcNow(),
                    parsed.GetRequiredValue(unknown),
                    beside
                );
                return Tell(context, manifests, findings, beside, parsed.GetRequiredValue(output));
            }
        );
        return command;
    }

    // Whoever may not read all namespaces is judged against those that the manifests are in.
    private static IReadOnlyList<string> NamespacesOf(ManifestSet manifests, ClusterSource live) =>
        [
            .. manifests
                .Entities.Select(static each => each.Entity.Metadata.NamespaceProperty)
                .OfType<string>()
                .Append(live.ManifestNamespace)
                .Distinct(StringComparer.Ordinal),
        ];

    private static int Tell(
        CommandContext context,
        ManifestSet manifests,
        IReadOnlyList<LintFinding> findings,
        EstateObjects? live,
        string form
    )
    {
        foreach (var gap in live?.Unjudged ?? [])
        {
            context.Error.WriteLine($"exvirt: {context.Invocation.Say(gap)}");
        }

        foreach (var odd in live?.Unreadable ?? [])
        {
            context.Error.WriteLine(
                $"exvirt: {odd.Kind.Type.Kind} {odd.Key} of the cluster does not fit this version, so nothing was judged against it: {odd.Message}"
            );
        }

        if (form == "json")
        {
            var report = new { objects = manifests.Entities.Count, findings };
            context.Out.WriteLine(ResourceList.Json(JsonSerializer.SerializeToNode(report, ResourceJson.Options)));
        }
        else
        {
            foreach (var finding in findings)
            {
                context.Out.WriteLine(finding);
            }

            var counts = findings
                .CountBy(static finding => finding.Severity)
                .OrderBy(static count => count.Key)
                .Select(static count => $"{count.Value} {count.Key}");
            context.Out.WriteLine(
                $"{manifests.Entities.Count} objects are sound; findings: {(findings.Count == 0 ? "none" : string.Join(", ", counts))}."
            );
        }

        return findings.Select(static finding => finding.Severity).DefaultIfEmpty(LintSeverity.Notice).Min() switch
        {
            LintSeverity.Invalid => ExitCode.Invalid,
            LintSeverity.Unsupported => ExitCode.NotReady,
            _ => ExitCode.Success,
        };
    }
}

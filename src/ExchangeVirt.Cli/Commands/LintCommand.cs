using System.CommandLine;
using System.Text.Json;
using ExchangeVirt.Cli.Linting;
using ExchangeVirt.Cli.Output;
using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Cli.Commands;

/// <summary>Judges manifests offline.</summary>
internal static class LintCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "Files and directories; below directories every .yaml, .yml and .json file.",
            Arity = ArgumentArity.OneOrMore,
        };
        var unknown = new Option<UnknownReferences>("--unknown-references")
        {
            Description =
                "How much a DAG or policy weighs that is named and not among the files: Warn (advice) or Refuse (invalid).",
            HelpName = "Warn|Refuse",
            DefaultValueFactory = static _ => UnknownReferences.Warn,
        };
        var output = StateOptions.Output("text", "json");
        var command = new TaughtCommand(
            "lint",
            """
            Judges manifests without any host: schema, rules between fields, Microsoft's support rules, and what they name in
            one another. Every problem is reported at once, as file:line: path: what is wrong, what is allowed.

            The files are taken for the whole estate: two machines of one name in Hyper-V are invalid. A DAG or policy that
            is named and not among them is advice, unless --unknown-references Refuse.

            Exit codes:
              0   nothing, or only advice and notices
              1   something that Microsoft does not support
              2   a manifest is invalid: the operator would not take it

            Examples:
              exvirt lint manifests/
              exvirt lint manifests/ --unknown-references Refuse
              exvirt lint manifests/ -o json | jq '.findings[] | select(.severity == "Unsupported")'
            """
        )
        {
            paths,
            unknown,
            output,
        };
        command.SetAction(parsed =>
            Lint(
                context,
                parsed.GetRequiredValue(paths),
                parsed.GetRequiredValue(unknown),
                parsed.GetRequiredValue(output)
            )
        );
        return command;
    }

    private static int Lint(CommandContext context, string[] paths, UnknownReferences unknown, string form)
    {
        var manifests = ManifestReader.ReadPaths(paths);
        var findings = Linter.Judge(manifests, context.Clock.GetUtcNow(), unknown);
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

using System.CommandLine;
using ExchangeVirt.Resources.Schema;

namespace ExchangeVirt.Cli.Commands;

/// <summary>Writes the custom resource definitions that the C# types declare.</summary>
internal static class CrdsCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        var output = new Option<string?>("--output", "-o")
        {
            Description = "Directory to write one file per kind into. Absent: all of them to standard output.",
            HelpName = "DIR",
        };
        var command = new TaughtCommand(
            "crds",
            """
            Writes the CustomResourceDefinitions of all kinds, as kubectl apply takes them.

            They are generated from the same types that this program reads manifests with, so an API server and
            'exvirt lint' judge alike. A directory of manifests needs no CRDs: they are for Kubernetes, and for
            editors that complete YAML by a schema.

            Examples:
              exvirt crds --output crds/
              exvirt crds | kubectl apply -f -
            """
        )
        {
            output,
        };
        command.SetAction(parsed => Write(context, parsed.GetValue(output)));
        return command;
    }

    private static int Write(CommandContext context, string? directory)
    {
        var files = CrdGenerator.Generate().OrderBy(static file => file.Key, StringComparer.Ordinal).ToList();
        if (directory is null)
        {
            context.Out.Write(string.Join("---\n", files.Select(static file => file.Value)));
            return ExitCode.Success;
        }

        Directory.CreateDirectory(directory);
        foreach (var (name, content) in files)
        {
            var path = Path.Combine(directory, name);
            File.WriteAllText(path, content);
            context.Out.WriteLine(path);
        }

        return ExitCode.Success;
    }
}

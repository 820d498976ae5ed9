using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;

namespace ExchangeVirt.Cli.Commands;

/// <summary>Prints which build this is.</summary>
internal static class VersionCommand
{
    /// <summary>The version of this build.</summary>
    public static string Version { get; } =
        typeof(VersionCommand)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion;

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        var command = new TaughtCommand(
            "version",
            """
            Prints the version of this program and what it runs on.

            Example:
              exvirt version
            """
        );
        command.SetAction(_ =>
        {
            context.Out.WriteLine(
                $"exvirt {Version} ({RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier})"
            );
            return ExitCode.Success;
        });
        return command;
    }
}

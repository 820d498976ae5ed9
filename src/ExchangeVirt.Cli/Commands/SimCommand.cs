using System.CommandLine;

namespace ExchangeVirt.Cli.Commands;

/// <summary>Groups the commands about simulated hosts.</summary>
internal static class SimCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context) =>
        new TaughtCommand(
            "sim",
            """
            Runs simulated Hyper-V hosts, and does to them what people and failures do to real ones. Each host is a real
            agent process over a simulation of Hyper-V's WMI model; the operator cannot tell the difference.

            Example:
              exvirt sim up deploy/samples/contoso/simulated-hosts
            """
        )
        {
            SimUpCommand.Create(context),
            SimDriftCommand.Create(context),
            SimFaultCommand.Create(context),
        };

    /// <summary>Makes the option that names the directory of <c>sim up</c>.</summary>
    public static Option<string> DirectoryOption() =>
        new("--dir")
        {
            Description = "Directory for certificates, the hosts' state, and what other sim commands look up.",
            HelpName = "DIR",
            DefaultValueFactory = static _ => Simulation.SimulatedEstateFile.DefaultDirectory,
        };

    /// <summary>Reads <c>KEY=VALUE</c> words.</summary>
    /// <exception cref="CommandException">A word is none.</exception>
    public static IReadOnlyDictionary<string, string> Pairs(IEnumerable<string> words)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var word in words)
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1 || !pairs.TryAdd(word[..equals], word[(equals + 1)..]))
            {
                throw new CommandException($"'{word}' is no KEY=VALUE, or its key is given twice.", ExitCode.Usage);
            }
        }

        return pairs;
    }
}

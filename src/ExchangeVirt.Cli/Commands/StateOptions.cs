using System.CommandLine;
using ExchangeVirt.Runtime.Directories;

namespace ExchangeVirt.Cli.Commands;

/// <summary>Holds the options that several commands share, so that they are called and explained alike.</summary>
internal static class StateOptions
{
    /// <summary>Makes the option that names a state directory.</summary>
    public static Option<string> State() =>
        new("--state", "-s")
        {
            Description = "State directory of the operator, as given to 'exvirt run'.",
            HelpName = "DIR",
            Required = true,
        };

    /// <summary>Makes the option that names a namespace.</summary>
    public static Option<string?> Namespace() =>
        new("--namespace", "-n") { Description = "Namespace of the objects. Absent: all.", HelpName = "NAME" };

    /// <summary>Makes the option that chooses a form of output.</summary>
    /// <param name="forms">The forms allowed; the first is taken where none is chosen.</param>
    public static Option<string> Output(params string[] forms)
    {
        var option = new Option<string>("--output", "-o")
        {
            Description = $"Form of the output: {string.Join(", ", forms)}.",
            HelpName = "FORM",
            DefaultValueFactory = _ => forms[0],
        };
        return option.AcceptOnlyFromAmong(forms);
    }

    /// <summary>Opens a state directory for reading, beside an operator that may run on it.</summary>
    /// <exception cref="CommandException">There is no state.</exception>
    public static DirectoryReader Open(string directory)
    {
        var reader = new DirectoryReader(directory);
        return reader.Exists
            ? reader
            : throw new CommandException(
                $"{Path.GetFullPath(directory)} holds no operator's state. Name the directory that 'exvirt run --state' was given."
            );
    }
}

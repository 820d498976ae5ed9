using System.CommandLine;

namespace ExchangeVirt.Cli.Commands;

/// <summary>Makes the options that several commands share, so that they are called and explained alike.</summary>
internal static class CommonOptions
{
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

    /// <summary>Makes the option that names manifests as kubectl does.</summary>
    /// <param name="description">What they are to the command.</param>
    public static Option<string[]> Filename(string description) =>
        new("--filename", "-f") { Description = description, HelpName = "FILE|DIR|-" };
}

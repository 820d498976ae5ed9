using System.Text.RegularExpressions;

namespace ExchangeVirt.Cli;

/// <summary>Knows by which words the program was called, and uses them in all that it teaches.</summary>
/// <param name="Name">The words before the command, such as <c>kubectl exvirt</c>.</param>
internal sealed partial record Invocation(string Name)
{
    /// <summary>The environment's variable by which a shim says what it stands for.</summary>
    public const string Variable = "EXVIRT_INVOKED_AS";

    /// <summary>The program under its own name.</summary>
    public static Invocation Direct { get; } = new("exvirt");

    /// <summary>Whether kubectl called it, whose users mean a cluster.</summary>
    public bool IsKubectl => Name.StartsWith("kubectl ", StringComparison.Ordinal);

    /// <summary>Reads what a shim says; anything but a few plain words is passed over.</summary>
    public static Invocation From(string? said) =>
        said is not null && PlainWords().IsMatch(said) ? new Invocation(said) : Direct;

    /// <summary>Writes a text for whoever called it so: the commands in it are ready to be typed.</summary>
    public string Say(string text) => Name == Direct.Name ? text : Command().Replace(text, Name);

    // A command is followed by a word, an option, or what usage puts in brackets; «exvirt-agent» and «exvirt:» are none.
    [GeneratedRegex(@"(?<![\w/.-])exvirt(?= [-a-z<\[])", RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex Command();

    [GeneratedRegex(
        "^[a-z0-9]+( [a-z0-9]+){0,3}$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1_000
    )]
    private static partial Regex PlainWords();
}

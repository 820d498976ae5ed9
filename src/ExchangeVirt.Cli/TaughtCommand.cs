using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using ExchangeVirt.Cli.Commands;

namespace ExchangeVirt.Cli;

/// <summary>A command whose help begins with one sentence and ends with what it takes to use it well, with examples.</summary>
/// <param name="name">The word that calls it.</param>
/// <param name="text">One sentence; then, after it, the rest.</param>
internal sealed class TaughtCommand(string name, string text) : Command(name, FirstSentence(text))
{
    /// <summary>The options that say which estate the command looks at; null where it looks at none.</summary>
    public SourceOptions? Source { get; set; }

    /// <summary>What the help says below the options.</summary>
    public string Lesson { get; } = text[FirstSentence(text).Length..].TrimStart();

    private static string FirstSentence(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        var end = line.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? text : line[..(end + 1)];
    }
}

/// <summary>Writes the usual help, then the lesson of the command, both in the words that the program was called by.</summary>
/// <param name="usual">The usual help.</param>
/// <param name="invocation">Those words.</param>
internal sealed class LessonHelp(HelpAction usual, Invocation invocation) : SynchronousCommandLineAction
{
    /// <inheritdoc />
    public override bool Terminating => true;

    /// <inheritdoc />
    public override int Invoke(ParseResult parseResult)
    {
        var configuration = parseResult.InvocationConfiguration;
        var output = configuration.Output;
        using var text = new StringWriter();
        configuration.Output = text;
        int exitCode;
        try
        {
            exitCode = usual.Invoke(parseResult);
        }
        finally
        {
            configuration.Output = output;
        }

        if (parseResult.CommandResult.Command is TaughtCommand { Lesson: { Length: > 0 } lesson })
        {
            text.WriteLine(lesson);
        }

        output.Write(invocation.Say(text.ToString()));
        return exitCode;
    }
}

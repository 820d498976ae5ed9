using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace ExchangeVirt.Cli;

/// <summary>A command whose help begins with one sentence and ends with what it takes to use it well, with examples.</summary>
/// <param name="name">The word that calls it.</param>
/// <param name="text">One sentence; then, after it, the rest.</param>
internal sealed class TaughtCommand(string name, string text) : Command(name, FirstSentence(text))
{
    /// <summary>What the help says below the options.</summary>
    public string Lesson { get; } = text[FirstSentence(text).Length..].TrimStart();

    private static string FirstSentence(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        var end = line.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? text : line[..(end + 1)];
    }
}

/// <summary>Writes the usual help, then the lesson of the command.</summary>
/// <param name="usual">The usual help.</param>
internal sealed class LessonHelp(HelpAction usual) : SynchronousCommandLineAction
{
    /// <inheritdoc />
    public override bool Terminating => true;

    /// <inheritdoc />
    public override int Invoke(ParseResult parseResult)
    {
        var exitCode = usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is TaughtCommand { Lesson: { Length: > 0 } lesson })
        {
            parseResult.InvocationConfiguration.Output.WriteLine(lesson);
        }

        return exitCode;
    }
}

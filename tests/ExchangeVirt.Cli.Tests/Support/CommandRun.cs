using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Spectre.Console;

namespace ExchangeVirt.Cli.Tests.Support;

/// <summary>How a run ended.</summary>
internal sealed record Run(int ExitCode, string Output, string Error)
{
    public string All => $"exit code {ExitCode}\n{Output}\n{Error}";
}

/// <summary>Runs the program within the test.</summary>
internal static class Exvirt
{
    public static Task<Run> RunAsync(params string[] arguments) => RunAsync(Invocation.Direct, "", arguments);

    public static async Task<Run> RunAsync(Invocation invocation, string input, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await CommandLine.RunAsync(arguments, Context(invocation, input, output, error));
        return new Run(exitCode, output.ToString().ReplaceLineEndings("\n"), error.ToString().ReplaceLineEndings("\n"));
    }

    public static CommandContext Context(
        Invocation invocation,
        string input = "",
        TextWriter? output = null,
        TextWriter? error = null
    ) =>
        new()
        {
            Clock = new FakeTimeProvider(Some.Now),
            NewGuid = static () => Guid.Empty,
            Chance = static () => 0,
            Invocation = invocation,
            Input = () => new MemoryStream(Encoding.UTF8.GetBytes(input)),
            Out = output ?? TextWriter.Null,
            Error = error ?? TextWriter.Null,
            IsTerminal = false,
            Screen = AnsiConsole.Create(
                new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output ?? TextWriter.Null) }
            ),
            Loggers = static _ => NullLoggerFactory.Instance,
        };
}

/// <summary>A folder of one test, gone afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("exvirt-cli-test-").FullName;

    public string Write(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

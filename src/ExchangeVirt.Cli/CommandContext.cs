using Microsoft.Extensions.Logging;
using Spectre.Console;

namespace ExchangeVirt.Cli;

/// <summary>Holds what a command needs of the world; made once, in Program.cs.</summary>
internal sealed record CommandContext
{
    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>The source of new identifiers.</summary>
    public required Func<Guid> NewGuid { get; init; }

    /// <summary>The source of chance: numbers from 0 (inclusive) to 1 (exclusive).</summary>
    public required Func<double> Chance { get; init; }

    /// <summary>By which words the program was called.</summary>
    public Invocation Invocation { get; init; } = Invocation.Direct;

    /// <summary>Opens what is given to the program on standard input.</summary>
    public required Func<Stream> Input { get; init; }

    /// <summary>Where results go.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Where progress and complaints go.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>The same as <see cref="Out"/> for what is drawn, where a terminal is behind it; plain text elsewhere.</summary>
    public required IAnsiConsole Screen { get; init; }

    /// <summary>Whether standard output is a terminal that may be drawn on and coloured.</summary>
    public required bool IsTerminal { get; init; }

    /// <summary>Makes the logs of the parts that run within this process.</summary>
    public required Func<LogLevel, ILoggerFactory> Loggers { get; init; }
}

/// <summary>Ends a command with a message for the user and an exit code; not a bug.</summary>
/// <param name="message">What is wrong, where, why, and what to do next.</param>
/// <param name="exitCode">One of <see cref="ExitCode"/>.</param>
/// <param name="innerException">What it came from.</param>
internal class CommandException(string message, int exitCode = ExitCode.Failure, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>The exit code of the process.</summary>
    public int ExitCode { get; } = exitCode;
}

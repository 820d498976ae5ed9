using ExchangeVirt.Cli;
using Microsoft.Extensions.Logging;
using Spectre.Console;

// The composition root: the one place that chooses the real clock and the real sources of chance and identifiers.
#pragma warning disable RS0030
var isTerminal = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null or "";
var context = new CommandContext
{
    Clock = TimeProvider.System,
    NewGuid = Guid.NewGuid,
    Chance = Random.Shared.NextDouble,
#pragma warning restore RS0030
    Invocation = Invocation.From(Environment.GetEnvironmentVariable(Invocation.Variable)),
    Input = Console.OpenStandardInput,
    Out = Console.Out,
    Error = Console.Error,
    IsTerminal = isTerminal,
    Screen = AnsiConsole.Create(
        new AnsiConsoleSettings
        {
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(Console.Out),
        }
    ),
    // Logs go to standard error, so that standard output holds results and nothing else.
    Loggers = static level =>
        LoggerFactory.Create(builder =>
            builder
                .SetMinimumLevel(level)
                .AddFilter("Grpc", LogLevel.Error)
                .AddFilter("Microsoft", LogLevel.Warning)
                .AddSimpleConsole(static options =>
                {
                    options.SingleLine = true;
                    options.UseUtcTimestamp = true;
                    options.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
                })
                .AddConsole(static options => options.LogToStandardErrorThreshold = LogLevel.Trace)
        ),
};
return await CommandLine.RunAsync(args, context);

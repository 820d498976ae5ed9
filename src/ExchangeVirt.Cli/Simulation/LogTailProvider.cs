using Microsoft.Extensions.Logging;

namespace ExchangeVirt.Cli.Simulation;

/// <summary>Keeps the last log lines of this process, for when a failure has to be explained.</summary>
/// <param name="capacity">How many lines are kept.</param>
internal sealed class LogTailProvider(int capacity) : ILoggerProvider
{
    /// <summary>The lines kept.</summary>
    public LogTail Tail { get; } = new(capacity);

    /// <inheritdoc />
    public ILogger CreateLogger(string categoryName) => new Keeper(Tail, categoryName);

    /// <inheritdoc />
    public void Dispose()
    {
        // Nothing is held.
    }

    private sealed class Keeper(LogTail tail, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) =>
            tail.Add(
                $"operator: {logLevel} {category}: {formatter(state, exception)}{(exception is null ? "" : $" {exception}")}"
            );
    }
}

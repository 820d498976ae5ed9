using Microsoft.Extensions.Logging;

namespace ExchangeVirt.Operator.Hosting;

/// <summary>Keeps a server from disposing of the loggers that it was lent: they outlive it.</summary>
internal sealed class BorrowedLoggers(ILoggerFactory loggers) : ILoggerFactory
{
    /// <inheritdoc />
    public ILogger CreateLogger(string categoryName) => loggers.CreateLogger(categoryName);

    /// <inheritdoc />
    public void AddProvider(ILoggerProvider provider) => loggers.AddProvider(provider);

    /// <inheritdoc />
    public void Dispose()
    {
        // Their owner does.
    }
}

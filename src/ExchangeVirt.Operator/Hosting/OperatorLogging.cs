using Microsoft.Extensions.Logging;

namespace ExchangeVirt.Operator.Hosting;

/// <summary>Makes the operator's logs.</summary>
internal static class OperatorLogging
{
    /// <summary>Makes loggers that write to standard output: JSON lines with UTC times, or text for people.</summary>
    public static ILoggerFactory Create(bool json, LogLevel least) =>
        LoggerFactory.Create(builder =>
        {
            builder.SetMinimumLevel(least);
            builder.AddFilter("Microsoft", LogLevel.Warning);
            builder.AddFilter("Grpc", LogLevel.Warning);
            if (json)
            {
                builder.AddJsonConsole(static options =>
                {
                    options.UseUtcTimestamp = true;
                    options.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
                    options.IncludeScopes = true;
                });
            }
            else
            {
                builder.AddSimpleConsole(static options =>
                {
                    options.SingleLine = true;
                    options.UseUtcTimestamp = true;
                    options.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
                });
            }
        });
}

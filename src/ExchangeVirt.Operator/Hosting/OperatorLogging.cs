using Microsoft.Extensions.Logging;

namespace ExchangeVirt.Operator.Hosting;

/// <summary>Makes the operator's logs.</summary>
internal static partial class OperatorLogging
{
    /// <summary>Makes loggers that write to standard output: JSON lines with UTC times, or text for people.</summary>
    public static ILoggerFactory Create(bool json, LogLevel least) =>
        LoggerFactory.Create(builder =>
        {
            builder.SetMinimumLevel(least);
            builder.AddFilter("Microsoft", LogLevel.Warning);
            builder.AddFilter("Grpc", LogLevel.Warning);
            // A line finds its trace, and a trace its lines.
            builder.Configure(static options =>
                options.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId
            );
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

    /// <summary>Says why the process ends, in the same form as all else.</summary>
    [LoggerMessage(EventId = 1056, Level = LogLevel.Critical, Message = "The operator ends: {Problem}")]
    public static partial void LogRefused(ILogger logger, string problem);

    /// <summary>Says that a mistake of this program ends the process.</summary>
    [LoggerMessage(EventId = 1057, Level = LogLevel.Critical, Message = "The operator broke")]
    public static partial void LogBroke(ILogger logger, Exception failure);
}

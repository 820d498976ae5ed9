using System.Diagnostics;

namespace ExchangeVirt.Agent.Tracing;

/// <summary>Makes the agent's spans: one for each operation and each read of the host. They cost nothing where nobody listens.</summary>
public static class AgentTracing
{
    /// <summary>The source that an exporter has to listen to.</summary>
    public const string SourceName = "ExchangeVirt.Agent";

    private static readonly ActivitySource s_source = new(SourceName);

    /// <summary>Begins the span of something that is done to the host.</summary>
    /// <param name="verb">What is done.</param>
    /// <param name="what">To what; one of few words.</param>
    /// <param name="id">The VM that it is about; null where it is about none that is there.</param>
    /// <returns>Null where nobody listens.</returns>
    internal static Activity? Begin(string verb, string what, Guid? id)
    {
        if (!s_source.HasListeners())
        {
            return null;
        }

        var span = s_source.StartActivity($"{verb} {what}");
        return id is { } machine ? span?.SetTag("exchangevirt.virtual_machine_id", machine.ToString("D")) : span;
    }

    /// <summary>Says how it ended.</summary>
    /// <param name="span">The span.</param>
    /// <param name="reason">Why it failed; null where it did not.</param>
    internal static void End(Activity? span, string? reason)
    {
        if (reason is not null)
        {
            span?.SetTag("error.type", reason).SetStatus(ActivityStatusCode.Error, reason);
        }
    }
}

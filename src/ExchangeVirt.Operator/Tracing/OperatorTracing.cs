using System.Diagnostics;
using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Operator.Acting;

namespace ExchangeVirt.Operator.Tracing;

/// <summary>Makes the operator's spans: one for each action. They cost nothing where nobody listens.</summary>
public static class OperatorTracing
{
    /// <summary>The source that an exporter has to listen to.</summary>
    public const string SourceName = "ExchangeVirt.Operator";

    private static readonly ActivitySource s_source = new(SourceName);

    /// <summary>Begins the span of an action that an agent is asked for.</summary>
    /// <returns>Null where nobody listens.</returns>
    internal static Activity? Ask(string action, ObjectKey virtualMachine, string host, string operationId) =>
        s_source.HasListeners()
            ? Named(s_source.StartActivity($"Ask {action}"), action, virtualMachine, host, operationId)
            : null;

    /// <summary>
    /// Makes the span of an action that went on after its answer, over all of its time. It is linked to the span of the
    /// question, whose trace is long over.
    /// </summary>
    internal static void Ended(AskedAction asked, AgentFault? fault, string result)
    {
        if (!asked.GoesOn || asked.Question == default)
        {
            return;
        }

        using var span = Named(
            s_source.StartActivity(
                ActivityKind.Internal,
                parentContext: default,
                tags: null,
                [new ActivityLink(asked.Question)],
                asked.At,
                $"End {asked.Action}"
            ),
            asked.Action,
            asked.VirtualMachine,
            asked.Host,
            asked.OperationId
        );
        End(span, result, fault);
    }

    /// <summary>Says how an action ended.</summary>
    internal static void End(Activity? span, string result, AgentFault? fault)
    {
        span?.SetTag("exchangevirt.result", result);
        if (fault is not null)
        {
            span?.SetTag("error.type", fault.Reason).SetStatus(ActivityStatusCode.Error, fault.Reason);
        }
    }

    private static Activity? Named(
        Activity? span,
        string action,
        ObjectKey virtualMachine,
        string host,
        string operationId
    ) =>
        span
            ?.SetTag("exchangevirt.action", action)
            .SetTag("exchangevirt.virtual_machine", virtualMachine.ToString())
            .SetTag("exchangevirt.host", host)
            .SetTag("exchangevirt.operation_id", operationId);
}

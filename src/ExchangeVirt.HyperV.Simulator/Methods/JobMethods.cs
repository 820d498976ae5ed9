using ExchangeVirt.HyperV.Simulator.CimXml;
using ExchangeVirt.HyperV.Simulator.Engine;
using ExchangeVirt.HyperV.Simulator.Model;

namespace ExchangeVirt.HyperV.Simulator.Methods;

/// <summary>What jobs tell of their errors. They cannot be cancelled here, the stricter reading.</summary>
internal static class JobMethods
{
    private const uint InvalidTransition = 4097;

    /// <summary>Gives all errors as CIM-XML; none on success.</summary>
    public static Reply GetErrorEx(MethodCall call) => Reply.Of(Answer.Done, "Errors", Errors(call));

    /// <summary>Gives the first error as CIM-XML; empty on success.</summary>
    public static Reply GetError(MethodCall call) =>
        Reply.Of(Answer.Done, "Error", Errors(call).FirstOrDefault() ?? "");

    /// <summary>Refuses to end a job.</summary>
    public static Reply RequestStateChange(MethodCall call) =>
        Reply.Refused(InvalidTransition, "The job cannot be cancelled.");

    /// <summary>Writes errors as text for people.</summary>
    public static Reply FormatError(MethodCall call) =>
        Reply.Of(
            Answer.Done,
            "ErrorMessage",
            string.Join(Environment.NewLine, call.AllEmbedded("Errors").Select(error => error.Text("Message")))
        );

    private static string[] Errors(MethodCall call)
    {
        var id = call.Target.Keys.GetValueOrDefault("InstanceID") ?? "";
        if (
            !call.Transaction.State.Jobs.TryGetValue(id.ToUpperInvariant(), out var job)
            || job.State is not JobStates.Exception
            || job.Failure is not { } failure
        )
        {
            return [];
        }

        var error = new InstanceBuilder(call.Transaction.Schema.Class("Msvm_Error"))
            .Set("Message", failure.Text)
            .Set("MessageID", failure.Code.ToString(null, null))
            .Set("ErrorType", 4)
            .Set("PerceivedSeverity", 5)
            .Set("CIMStatusCode", 1)
            .Set("OwningEntity", "Microsoft-Windows-Hyper-V-VMMS")
            .Build();
        return [CimXmlWriter.Write(error)];
    }
}

using ExchangeVirt.Agent.Contract;
using ExchangeVirt.HyperV;

namespace ExchangeVirt.Agent.Operations;

/// <summary>Makes the agent's faults.</summary>
internal static class Faults
{
    /// <summary>Gives the driver's failure as it travels.</summary>
    public static AgentFault From(HyperVException failure, Guid? virtualMachine = null) =>
        new(KindOf(failure.Kind), failure.Reason, failure.Message)
        {
            CimReturnCode = failure.ReturnCode,
            JobError = failure.InnerException?.Message,
            VirtualMachine = virtualMachine?.ToString("D"),
        };

    /// <summary>Makes a refusal about a VM.</summary>
    public static AgentFaultException Refuse(
        AgentFaultKind kind,
        string reason,
        string message,
        Guid? virtualMachine = null
    ) => new(new AgentFault(kind, reason, message) { VirtualMachine = virtualMachine?.ToString("D") });

    /// <summary>Makes what every call is answered with while the agent stops.</summary>
    public static AgentFaultException Stopping() =>
        Refuse(
            AgentFaultKind.Unavailable,
            AgentFaultReasons.AgentStopping,
            "The agent is stopping. Try again shortly."
        );

    private static AgentFaultKind KindOf(FaultKind kind) =>
        kind switch
        {
            FaultKind.FailedPrecondition => AgentFaultKind.FailedPrecondition,
            FaultKind.Busy => AgentFaultKind.Busy,
            FaultKind.Unavailable => AgentFaultKind.Unavailable,
            FaultKind.InvalidArgument => AgentFaultKind.InvalidArgument,
            FaultKind.NotFound => AgentFaultKind.NotFound,
            FaultKind.Forbidden => AgentFaultKind.Forbidden,
            FaultKind.Failed => AgentFaultKind.Failed,
            _ => AgentFaultKind.OutcomeUnknown,
        };
}

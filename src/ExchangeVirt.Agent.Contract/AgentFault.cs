namespace ExchangeVirt.Agent.Contract;

/// <summary>Why an agent refused or failed, by what the operator does next.</summary>
public enum AgentFaultKind
{
    /// <summary>The facts changed, or the VM is in the wrong state: look again, plan afresh.</summary>
    FailedPrecondition,

    /// <summary>The VM is busy with a job, a backup, a move or another action: wait.</summary>
    Busy,

    /// <summary>The host or its agent does not answer: nothing is known.</summary>
    Unavailable,

    /// <summary>The request itself is wrong.</summary>
    InvalidArgument,

    /// <summary>What it names is not there.</summary>
    NotFound,

    /// <summary>This product never does that.</summary>
    Forbidden,

    /// <summary>Hyper-V tried and failed.</summary>
    Failed,

    /// <summary>Begun and not seen to end: observe before anything else.</summary>
    OutcomeUnknown,

    /// <summary>A person paused the agent on its host.</summary>
    Paused,

    /// <summary>A newer leader was seen: stop, or rise above <see cref="AgentFault.NewestCounter"/>.</summary>
    StaleEpoch,

    /// <summary>The agent belongs to another installation until <c>exvirt-agent rebind</c> is run on its host.</summary>
    NotBound,

    /// <summary>The agent is too old for this: <see cref="AgentFault.MissingCapability"/>.</summary>
    Unsupported,

    /// <summary>The certificate is missing, expired, of another authority or of another role.</summary>
    Unauthorized,
}

/// <summary>A refusal or failure, as it travels.</summary>
/// <param name="Kind">What the operator does next.</param>
/// <param name="Reason">A stable CamelCase word.</param>
/// <param name="Message">What was tried, on what, what came back, and what to do.</param>
public sealed record AgentFault(AgentFaultKind Kind, string Reason, string Message)
{
    /// <summary>Gets Hyper-V's return value or job error code.</summary>
    public long? CimReturnCode { get; init; }

    /// <summary>Gets the failed job's own text.</summary>
    public string? JobError { get; init; }

    /// <summary>Gets the host's name.</summary>
    public string? Host { get; init; }

    /// <summary>Gets the VM's GUID or name.</summary>
    public string? VirtualMachine { get; init; }

    /// <summary>Gets, with <see cref="AgentFaultKind.StaleEpoch"/>, the newest counter that the agent has seen.</summary>
    public ulong? NewestCounter { get; init; }

    /// <summary>Gets, with <see cref="AgentFaultKind.Unsupported"/>, what the agent lacks.</summary>
    public string? MissingCapability { get; init; }
}

/// <summary>An agent refused or failed, or could not be reached.</summary>
public sealed class AgentFaultException : Exception
{
    /// <summary>Makes the failure.</summary>
    public AgentFaultException(AgentFault fault, Exception? innerException = null)
        : base(fault.Message, innerException) => Fault = fault;

    /// <summary>Gets all that is known of it.</summary>
    public AgentFault Fault { get; }

    /// <summary>Gets what the operator does next.</summary>
    public AgentFaultKind Kind => Fault.Kind;

    /// <summary>Gets the stable CamelCase word.</summary>
    public string Reason => Fault.Reason;
}

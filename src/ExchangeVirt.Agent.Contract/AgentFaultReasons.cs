namespace ExchangeVirt.Agent.Contract;

/// <summary>The stable words of an <see cref="AgentFault"/> that the agent or the way to it gives, beside those of its driver; docs/errors.md says what to do about each.</summary>
public static class AgentFaultReasons
{
    /// <summary>The agent's own certificate has expired; nothing is read or changed.</summary>
    public const string AgentCertificateExpired = "AgentCertificateExpired";

    /// <summary>The agent itself failed. If the action had begun, its outcome is not known.</summary>
    public const string AgentError = "AgentError";

    /// <summary>The agent's answer cannot be read by this operator.</summary>
    public const string AgentNotUnderstood = "AgentNotUnderstood";

    /// <summary>The agent was paused on its host.</summary>
    public const string AgentPaused = "AgentPaused";

    /// <summary>The agent ended while the action was going on, so nobody saw its outcome.</summary>
    public const string AgentRestarted = "AgentRestarted";

    /// <summary>The agent was stopped while the action was going on, so nobody saw its outcome.</summary>
    public const string AgentStopped = "AgentStopped";

    /// <summary>The agent is stopping.</summary>
    public const string AgentStopping = "AgentStopping";

    /// <summary>The agent did not answer in time. If it was asked to act, the outcome is not known.</summary>
    public const string AgentTimedOut = "AgentTimedOut";

    /// <summary>The agent does not know what the operator asks for.</summary>
    public const string AgentTooOld = "AgentTooOld";

    /// <summary>No connection to the agent came about, or it broke while something was read.</summary>
    public const string AgentUnreachable = "AgentUnreachable";

    /// <summary>The object's VM is on the host already; a second one is never made.</summary>
    public const string AlreadyCreated = "AlreadyCreated";

    /// <summary>The certificate of the side that asks (the operator) has expired; nothing is read or changed.</summary>
    public const string CertificateExpired = "CertificateExpired";

    /// <summary>The caller presented no certificate.</summary>
    public const string CertificateMissing = "CertificateMissing";

    /// <summary>Operator and agent do not trust each other's certificates; the message says why.</summary>
    public const string CertificateRefused = "CertificateRefused";

    /// <summary>The connection broke after the agent was asked to act, so that the outcome is not known.</summary>
    public const string ConnectionLost = "ConnectionLost";

    /// <summary>The agent has been silent for longer than its heartbeats allow.</summary>
    public const string HeartbeatLost = "HeartbeatLost";

    /// <summary>The host did not end the action in time; it may still go on.</summary>
    public const string HostTimedOut = "HostTimedOut";

    /// <summary>The agent takes the request for wrong; the message lists everything.</summary>
    public const string InvalidRequest = "InvalidRequest";

    /// <summary>The agent, or something between, refused the caller without saying why.</summary>
    public const string NotAuthorized = "NotAuthorized";

    /// <summary>The agent obeys another installation, or the caller only looks on.</summary>
    public const string NotBound = "NotBound";

    /// <summary>This operator has just lost its lease; the action was not asked for.</summary>
    public const string NotLeading = "NotLeading";

    /// <summary>The agent has just started and has not read its host yet.</summary>
    public const string NotReadYet = "NotReadYet";

    /// <summary>An id of a former operation came with another request.</summary>
    public const string OperationIdReused = "OperationIdReused";

    /// <summary>Another action on the same VM has not ended yet.</summary>
    public const string OperationInFlight = "OperationInFlight";

    /// <summary>The VM bears the mark of another object or another installation.</summary>
    public const string OwnedByAnother = "OwnedByAnother";

    /// <summary>The VM is a Hyper-V Replica copy.</summary>
    public const string ReplicaCopy = "ReplicaCopy";

    /// <summary>The caller's certificate does not entitle to what it asks.</summary>
    public const string RoleMissing = "RoleMissing";

    /// <summary>The simulated host refused the change, as Hyper-V would.</summary>
    public const string SimulatorRefused = "SimulatorRefused";

    /// <summary>A newer leader of the installation was seen; what the older one asks is refused.</summary>
    public const string StaleEpoch = "StaleEpoch";

    /// <summary>The agent ended its event stream.</summary>
    public const string StreamEnded = "StreamEnded";

    /// <summary>The fault that is to be injected does not exist.</summary>
    public const string UnknownFault = "UnknownFault";

    /// <summary>The VM is not bound to the object that asks: it bears no mark, or another's.</summary>
    public const string VirtualMachineNotBound = "VirtualMachineNotBound";

    /// <summary>No VM of this id is on the host.</summary>
    public const string VirtualMachineNotFound = "VirtualMachineNotFound";

    /// <summary>The operator fell too far behind the host's events and was cut off.</summary>
    public const string WatcherTooSlow = "WatcherTooSlow";
}

namespace ExchangeVirt.Operator.Reporting;

/// <summary>The reasons that conditions bear, beside those of the planner, the gates and the agents; docs/errors.md explains each.</summary>
public static class Reasons
{
    /// <summary>Everything is as declared.</summary>
    public const string InSync = "InSync";

    /// <summary>An action is being done or comes next.</summary>
    public const string Correcting = "Correcting";

    /// <summary>A restart is under way.</summary>
    public const string Restarting = "Restarting";

    /// <summary>The VM changes its power state.</summary>
    public const string PowerStateChanging = "PowerStateChanging";

    /// <summary>The VM is being created.</summary>
    public const string Creating = "Creating";

    /// <summary>No host can take the VM now.</summary>
    public const string NoHostFits = "NoHostFits";

    /// <summary>A host would take the VM, but nothing may be done about it.</summary>
    public const string WouldFit = "WouldFit";

    /// <summary>A host was chosen and stored.</summary>
    public const string Bound = "Bound";

    /// <summary>The VM was found on a host.</summary>
    public const string Found = "Found";

    /// <summary>The VM is on a host that placement would not choose any more.</summary>
    public const string OutOfPlace = "OutOfPlace";

    /// <summary>The agent of the VM's host does not answer.</summary>
    public const string HostUnreachable = "HostUnreachable";

    /// <summary>What an agent said could not be taken in; the host is read again from the beginning.</summary>
    public const string StreamBroken = "StreamBroken";

    /// <summary>The agent answers.</summary>
    public const string AgentAnswers = "AgentAnswers";

    /// <summary>The host's agent was not heard yet, since the operator started or the host was declared.</summary>
    public const string Connecting = "Connecting";

    /// <summary>The host of an action is not declared any more.</summary>
    public const string HostNotDeclared = "HostNotDeclared";

    /// <summary>Hosts that may hold the VM have not been read yet.</summary>
    public const string InventoryIncomplete = "InventoryIncomplete";

    /// <summary>The manifest names a policy that does not exist.</summary>
    public const string UnknownPolicy = "UnknownPolicy";

    /// <summary>The manifest names a DAG that does not exist.</summary>
    public const string UnknownAvailabilityGroup = "UnknownAvailabilityGroup";

    /// <summary>Something differs, and nothing is planned about it.</summary>
    public const string Differs = "Differs";

    /// <summary>Changes wait for a restart.</summary>
    public const string RestartNeeded = "RestartNeeded";

    /// <summary>No change waits for a restart.</summary>
    public const string NoRestartNeeded = "NoRestartNeeded";

    /// <summary>A person pulled a switch.</summary>
    public const string Paused = "Paused";

    /// <summary>No switch is pulled.</summary>
    public const string NotPaused = "NotPaused";

    /// <summary>No rule marked Unsupported is broken.</summary>
    public const string RulesKept = "RulesKept";

    /// <summary>A rule marked Unsupported is broken.</summary>
    public const string RulesBroken = "RulesBroken";

    /// <summary>A rule marked Unsupported could not be judged.</summary>
    public const string FactsMissing = "FactsMissing";

    /// <summary>Server applications that do not belong on a Hyper-V host were found.</summary>
    public const string ForeignApplications = "ForeignApplications";

    /// <summary>No server application was found.</summary>
    public const string NoneFound = "NoneFound";

    /// <summary>The ratio of virtual processors to physical cores is kept.</summary>
    public const string WithinRatio = "WithinRatio";

    /// <summary>There are more virtual processors than the policy allows.</summary>
    public const string OverRatio = "OverRatio";

    /// <summary>The host is in service.</summary>
    public const string InService = "InService";

    /// <summary>This version does not do that yet.</summary>
    public const string NotAvailableYet = "NotAvailableYet";

    /// <summary>The DAG can lose the members that it may lose.</summary>
    public const string QuorumHeld = "QuorumHeld";

    /// <summary>Too few members are available.</summary>
    public const string QuorumAtRisk = "QuorumAtRisk";

    /// <summary>The DAG has no members.</summary>
    public const string NoMembers = "NoMembers";

    /// <summary>The object was read and is used.</summary>
    public const string Accepted = "Accepted";

    /// <summary>The object breaks a rule, lacks a field that it must have, or names something that cannot be understood on this machine.</summary>
    public const string Invalid = "Invalid";

    /// <summary>The object holds a word or a field that this version of the operator does not know.</summary>
    public const string NotUnderstood = "NotUnderstood";

    /// <summary>A pass over the object failed in a way that was not foreseen; it is repeated.</summary>
    public const string PassFailed = "PassFailed";

    /// <summary>The object is being deleted and its VM is not ready to be unregistered.</summary>
    public const string DeletionWaits = "DeletionWaits";

    /// <summary>Too many objects that would unregister their VMs are being deleted at once.</summary>
    public const string MassDeletion = "MassDeletion";
}

namespace ExchangeVirt.HyperV;

/// <summary>The stable words of a <see cref="HyperVException"/>; docs/errors.md says what to do about each.</summary>
public static class HyperVReasons
{
    /// <summary>Windows refuses the agent's account.</summary>
    public const string AccessDenied = "AccessDenied";

    /// <summary>The VM no longer has the network adapter that the action was planned for.</summary>
    public const string AdapterNotFound = "AdapterNotFound";

    /// <summary>The agent is bound to no installation yet, so it changes nothing.</summary>
    public const string AgentNotBound = "AgentNotBound";

    /// <summary>The host was asked to act and its answer got lost, so that the action may have taken effect.</summary>
    public const string AnswerLost = "AnswerLost";

    /// <summary>The VM cannot be created on this host as declared; the message lists all that is wrong (paths, sizes, switches, room).</summary>
    public const string CannotCreate = "CannotCreate";

    /// <summary>The VM has checkpoints, so it is not unregistered: its disk files would no longer be known to belong together.</summary>
    public const string CheckpointsPresent = "CheckpointsPresent";

    /// <summary>WMI failed in a way that tells nothing more.</summary>
    public const string CimFailed = "CimFailed";

    /// <summary>The host's cluster service did not answer, so it is not known whether a cluster runs the VM.</summary>
    public const string ClusterUnknown = "ClusterUnknown";

    /// <summary>A failover cluster runs the VM; what was asked goes through the cluster and never around it.</summary>
    public const string ClusteredVirtualMachine = "ClusteredVirtualMachine";

    /// <summary>The creation of the VM was begun and not ended, so it is not started.</summary>
    public const string CreationIncomplete = "CreationIncomplete";

    /// <summary>The file of a declared disk is not on the host. It is never made for a VM that was once created: its volume may be offline.</summary>
    public const string DiskFileMissing = "DiskFileMissing";

    /// <summary>The disk file is used by another VM or by a checkpoint.</summary>
    public const string DiskInUse = "DiskInUse";

    /// <summary>The host ended its event stream; its management service may be stopping.</summary>
    public const string EventStreamEnded = "EventStreamEnded";

    /// <summary>The VM's settings are not those that the action was planned from.</summary>
    public const string FactsChanged = "FactsChanged";

    /// <summary>Hyper-V does not find a file that the request names.</summary>
    public const string FileNotFound = "FileNotFound";

    /// <summary>The checkpoint is a backup product's, a replica's or a planned VM's; only its maker removes it.</summary>
    public const string ForeignCheckpoint = "ForeignCheckpoint";

    /// <summary>Beside the user's checkpoint there is one that is not a user's; while it is there, nothing is merged.</summary>
    public const string ForeignCheckpointPresent = "ForeignCheckpointPresent";

    /// <summary>Somebody is logged on to the guest with a locked session; it would shut down only by force, which is never used.</summary>
    public const string GuestLocked = "GuestLocked";

    /// <summary>The guest does not take a shutdown request yet; it may still be booting.</summary>
    public const string GuestNotReady = "GuestNotReady";

    /// <summary>The agent does not reach its host's WMI service.</summary>
    public const string HostUnreachable = "HostUnreachable";

    /// <summary>Hyper-V tried and failed; the message holds its text and code.</summary>
    public const string HyperVFailed = "HyperVFailed";

    /// <summary>The host has no Hyper-V management namespace.</summary>
    public const string HyperVNotInstalled = "HyperVNotInstalled";

    /// <summary>The VM that is to be created is described wrongly; the message lists everything.</summary>
    public const string InvalidBlueprint = "InvalidBlueprint";

    /// <summary>Hyper-V or the driver takes a value for wrong.</summary>
    public const string InvalidParameter = "InvalidParameter";

    /// <summary>Hyper-V does not do this in the VM's present state.</summary>
    public const string InvalidState = "InvalidState";

    /// <summary>Hyper-V began, and its job could not be followed.</summary>
    public const string JobLost = "JobLost";

    /// <summary>Hyper-V's job has not ended within the agent's deadline and goes on; it is not ended.</summary>
    public const string JobStillRunning = "JobStillRunning";

    /// <summary>Hyper-V's job was gone before its end was seen, and its effect does not show.</summary>
    public const string JobVanished = "JobVanished";

    /// <summary>Hyper-V's management service (vmms) does not run, or the agent's account may not see it. An empty answer is not taken for an empty host.</summary>
    public const string ManagementServiceNotSeen = "ManagementServiceNotSeen";

    /// <summary>The host has a VM of this name already that is not this object's.</summary>
    public const string NameInUse = "NameInUse";

    /// <summary>No controller of the VM has room for another disk, or the right kind of controller is missing.</summary>
    public const string NoFreeSlot = "NoFreeSlot";

    /// <summary>The VM bears no owner mark: this product neither created nor adopted it.</summary>
    public const string NotBound = "NotBound";

    /// <summary>What the request names is not on the host.</summary>
    public const string NotFound = "NotFound";

    /// <summary>Hyper-V reported success, but the change does not show. Something else may have undone it.</summary>
    public const string NotInEffect = "NotInEffect";

    /// <summary>This host's Hyper-V does not support what was asked.</summary>
    public const string NotSupported = "NotSupported";

    /// <summary>The owner mark that is to be written belongs to another installation than the one that the agent serves.</summary>
    public const string OtherInstallation = "OtherInstallation";

    /// <summary>The host has not enough memory for this.</summary>
    public const string OutOfMemory = "OutOfMemory";

    /// <summary>The VM bears the mark of another object or another installation.</summary>
    public const string OwnedByAnother = "OwnedByAnother";

    /// <summary>Several VMs of the host bear the same owner mark; one is a copy.</summary>
    public const string OwnerMarkAmbiguous = "OwnerMarkAmbiguous";

    /// <summary>The declared disk is a pass-through disk, which is watched but never attached.</summary>
    public const string PassThroughNotAttached = "PassThroughNotAttached";

    /// <summary>The VM is a Hyper-V Replica copy, which is never touched.</summary>
    public const string ReplicaCopy = "ReplicaCopy";

    /// <summary>The host does not say whether the VM is a replica copy, and a copy is never touched.</summary>
    public const string ReplicationUnknown = "ReplicationUnknown";

    /// <summary>The recovery action Revert was asked for; going back to a checkpoint is not supported for Exchange, so Revert is never set.</summary>
    public const string RevertForbidden = "RevertForbidden";

    /// <summary>The stop action Save was asked for; a saved state is not supported for Exchange, so Save is never set.</summary>
    public const string SaveForbidden = "SaveForbidden";

    /// <summary>The VM's configuration names a saved state; starting would resume it, which is never done.</summary>
    public const string SavedStatePresent = "SavedStatePresent";

    /// <summary>The VM's configuration lacks a part that the action changes.</summary>
    public const string SettingsMissing = "SettingsMissing";

    /// <summary>The guest is already shutting down.</summary>
    public const string ShutdownInProgress = "ShutdownInProgress";

    /// <summary>Hyper-V does not tell how the request ended.</summary>
    public const string StatusUnknown = "StatusUnknown";

    /// <summary>The host has several virtual switches of the declared name.</summary>
    public const string SwitchAmbiguous = "SwitchAmbiguous";

    /// <summary>The host has no virtual switch of the declared name.</summary>
    public const string SwitchNotFound = "SwitchNotFound";

    /// <summary>Hyper-V is at work on the VM.</summary>
    public const string SystemInUse = "SystemInUse";

    /// <summary>Hyper-V says that the VM is not available.</summary>
    public const string SystemNotAvailable = "SystemNotAvailable";

    /// <summary>Hyper-V says that the request timed out; whether it was carried out is not known.</summary>
    public const string TimedOut = "TimedOut";

    /// <summary>The agent does not know the action; it is older than the operator.</summary>
    public const string UnknownAction = "UnknownAction";

    /// <summary>A job, a backup, a migration or a checkpoint is at work on the VM.</summary>
    public const string VirtualMachineBusy = "VirtualMachineBusy";

    /// <summary>The host answers and has no VM of this id. It may have moved.</summary>
    public const string VirtualMachineNotFound = "VirtualMachineNotFound";

    /// <summary>The agent was started outside Windows without a simulated host.</summary>
    public const string WindowsNeeded = "WindowsNeeded";

    /// <summary>The host's WMI service has reached its limits.</summary>
    public const string WmiQuotaExceeded = "WmiQuotaExceeded";

    /// <summary>The VM is not in the power state that the action needs, or left it meanwhile.</summary>
    public const string WrongPowerState = "WrongPowerState";
}

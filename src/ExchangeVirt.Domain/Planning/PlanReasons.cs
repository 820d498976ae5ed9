namespace ExchangeVirt.Domain.Planning;

/// <summary>The stable words that plans give as reasons: problems, notices, and why a setting is blocked.</summary>
public static class PlanReasons
{
    /// <summary>A host that may hold the VM does not answer, so that nobody knows whether it is there. Bring the host's agent back.</summary>
    public const string InventoryIncomplete = "InventoryIncomplete";

    /// <summary>The VM that the object is bound to is on no host. Restore it, or annotate the object with <c>exchangevirt.io/recreate</c> and the lost GUID.</summary>
    public const string MissingVirtualMachine = "MissingVirtualMachine";

    /// <summary>A VM of the name is there, but it is not the one that the object is bound to: a restored copy, a replica, or a new one. Remove it or annotate as for a missing VM.</summary>
    public const string VirtualMachineReplaced = "VirtualMachineReplaced";

    /// <summary>Two VMs share the name, or one GUID is seen twice. Rename or remove one.</summary>
    public const string DuplicateVirtualMachine = "DuplicateVirtualMachine";

    /// <summary>The VM is a Hyper-V Replica copy, which is never touched.</summary>
    public const string ReplicaCopy = "ReplicaCopy";

    /// <summary>The host did not say whether the VM is a replica copy. Nothing is done until it does.</summary>
    public const string ReplicationUnknown = "ReplicationUnknown";

    /// <summary>The host did not say whether a failover cluster runs the VM. Nothing is done until it does.</summary>
    public const string ClusterStateUnknown = "ClusterStateUnknown";

    /// <summary>A failover cluster runs the VM; that is not available yet.</summary>
    public const string ClusteredNotAvailableYet = "ClusteredNotAvailableYet";

    /// <summary>A VM of the name exists that this object did not make, and <c>adoption</c> is <c>Never</c>. Set <c>adoption: IfExists</c> or rename.</summary>
    public const string AdoptionRefused = "AdoptionRefused";

    /// <summary>The VM carries the mark of another installation or another object. Remove the mark on the host if that owner is gone.</summary>
    public const string OwnedByAnother = "OwnedByAnother";

    /// <summary>The VM's generation is not the declared one, and Hyper-V cannot change it. Correct the manifest.</summary>
    public const string GenerationMismatch = "GenerationMismatch";

    /// <summary>The manifest breaks a rule of its own, or lacks what it must have, so that nobody can tell what it asks for. Correct it.</summary>
    public const string Invalid = "Invalid";

    /// <summary>A desired value itself breaks a support rule. Correct the manifest.</summary>
    public const string UnsupportedDesiredValue = "UnsupportedDesiredValue";

    /// <summary>The memory asked for is less than half of what the VM has and below Microsoft's recommendation, as a mistyped number would be. Correct the manifest, or go down in steps.</summary>
    public const string MemoryShrinksTooFar = "MemoryShrinksTooFar";

    /// <summary>The guest was asked to shut down and is not off after its timeout. It is not asked again and not turned off; look at its console.</summary>
    public const string ShutdownDeadlinePassed = "ShutdownDeadlinePassed";

    /// <summary>The VM is saved. Its saved state is discarded only where the policy says <c>savedState: DiscardAndColdBoot</c>.</summary>
    public const string SavedStateFound = "SavedStateFound";

    /// <summary>The VM is saved for a short time only, as an offline backup leaves it. It is looked at again after the grace.</summary>
    public const string SavedStateGrace = "SavedStateGrace";

    /// <summary>The VM is saved and something may be at work on it: a job, a backup's checkpoint, or a fact is missing. It is left alone.</summary>
    public const string SavedStateBusy = "SavedStateBusy";

    /// <summary>The host did not say whether the VM has a saved state, so that it is not started.</summary>
    public const string SavedStateUnknown = "SavedStateUnknown";

    /// <summary>The VM is paused. A person has to resume it or shut it down.</summary>
    public const string VirtualMachinePaused = "VirtualMachinePaused";

    /// <summary>The VM is between two states; it is looked at again when it arrives.</summary>
    public const string Transition = "Transition";

    /// <summary>The host did not tell the power state. Nothing is done that depends on it.</summary>
    public const string PowerStateUnknown = "PowerStateUnknown";

    /// <summary>The VM was shut down, not by us. It is started again after the policy's <c>restartGraceMinutes</c>.</summary>
    public const string ShutDownByPerson = "ShutDownByPerson";

    /// <summary>The VM is not started while a declared disk is not attached.</summary>
    public const string DiskNotAttached = "DiskNotAttached";

    /// <summary>Disabling checkpoints may stop the host-level backups that are evident. Try a backup with checkpoints disabled, then set <c>checkpoints.hostBackupVerified: true</c> in the policy.</summary>
    public const string BackupAtRisk = "BackupAtRisk";

    /// <summary>Users' checkpoints are there and the policy says <c>removeUserCheckpoints: Never</c>. Remove them by hand or change the policy.</summary>
    public const string CheckpointRemovalNever = "CheckpointRemovalNever";

    /// <summary>A backup's or a replica's checkpoint is there, or one whose files are missing; while it is, no checkpoint is merged.</summary>
    public const string ForeignCheckpointPresent = "ForeignCheckpointPresent";

    /// <summary>No checkpoint is merged inside a restart or beside a start; it follows afterwards.</summary>
    public const string RestartInProgress = "RestartInProgress";

    /// <summary>Two adapters of the VM share a declared adapter's name. Rename one on the host.</summary>
    public const string AmbiguousNetworkAdapter = "AmbiguousNetworkAdapter";

    /// <summary>An adapter is attached that is not declared; it is left alone.</summary>
    public const string UndeclaredNetworkAdapter = "UndeclaredNetworkAdapter";

    /// <summary>A declared disk is attached to another VM. Detach it there or correct the manifest.</summary>
    public const string DiskAttachedElsewhere = "DiskAttachedElsewhere";

    /// <summary>A disk is attached that is not declared; it is left alone.</summary>
    public const string UndeclaredDisk = "UndeclaredDisk";

    /// <summary>Something else keeps changing the setting back. Find out what, then change the manifest.</summary>
    public const string Contended = "Contended";

    /// <summary>The declared object is being deleted and its VM is not off. It is unregistered once somebody shuts it down.</summary>
    public const string DeletionWaitsForOff = "DeletionWaitsForOff";

    /// <summary>The declared object is being deleted and its VM holds checkpoints, or may. Unregistering would touch them; wait for the backup or remove them.</summary>
    public const string DeletionWaitsForCheckpoints = "DeletionWaitsForCheckpoints";
}

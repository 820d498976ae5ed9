namespace ExchangeVirt.Domain.Gating;

/// <summary>The stable words that closed gates give as reasons; status shows them as <c>blockedBy</c>.</summary>
public static class GateReasons
{
    /// <summary>Gate 1: <c>spec.paused</c> is set on the VM. Set it to false.</summary>
    public const string VirtualMachineOnPause = "VirtualMachineOnPause";

    /// <summary>Gate 1: <c>spec.paused</c> is set on the policy. Set it to false.</summary>
    public const string PolicyOnPause = "PolicyOnPause";

    /// <summary>Gate 1: everything is stopped by <c>exvirt pause --all</c>. Go on with <c>exvirt resume --all</c>.</summary>
    public const string EverythingOnPause = "EverythingOnPause";

    /// <summary>Gate 1: the host's agent was stopped on the host itself. Go on there with <c>exvirt-agent resume</c>.</summary>
    public const string AgentOnPause = "AgentOnPause";

    /// <summary>Gate 1: the annotation <c>exchangevirt.io/hold</c> is on the object. Remove it.</summary>
    public const string Held = "Held";

    /// <summary>Gate 2: policy or VM says <c>Observe</c>. Set <c>enforcement: Enforce</c> on both.</summary>
    public const string ObserveOnly = "ObserveOnly";

    /// <summary>Gate 3: the host's agent does not answer. Look at the service and its certificates.</summary>
    public const string HostUnreachable = "HostUnreachable";

    /// <summary>Gate 3: what is known of the host is too old. It opens with the next full read.</summary>
    public const string FactsTooOld = "FactsTooOld";

    /// <summary>Gate 3: the host's failover cluster does not tell its state. Look at the cluster service.</summary>
    public const string ClusterUnknown = "ClusterUnknown";

    /// <summary>Gate 3: the policy that the VM names does not exist. Create it or correct <c>spec.policyName</c>.</summary>
    public const string PolicyNotFound = "PolicyNotFound";

    /// <summary>Gate 3: the DAG that the VM names does not exist. Create it or correct <c>spec.exchange.databaseAvailabilityGroup</c>.</summary>
    public const string AvailabilityGroupNotFound = "AvailabilityGroupNotFound";

    /// <summary>Gate 3: the policy that the VM names breaks a rule of its own. Correct the policy.</summary>
    public const string PolicyInvalid = "PolicyInvalid";

    /// <summary>Gate 3: the DAG that the VM names breaks a rule of its own. Correct the DAG.</summary>
    public const string AvailabilityGroupInvalid = "AvailabilityGroupInvalid";

    /// <summary>Gate 4: Hyper-V is at work on the VM (a checkpoint, a merge, an export, a migration, another job). It opens when that ends.</summary>
    public const string HyperVBusy = "HyperVBusy";

    /// <summary>Gate 4: the host did not say whether Hyper-V is at work on the VM.</summary>
    public const string OperationUnknown = "OperationUnknown";

    /// <summary>Gate 4: the agent has an action in flight on the VM. It opens when that ends.</summary>
    public const string ActionInFlight = "ActionInFlight";

    /// <summary>Gate 4: a checkpoint of another VM is being merged on the same volume. It opens when that ends.</summary>
    public const string VolumeMerging = "VolumeMerging";

    /// <summary>Gate 5: the setting was changed back three times within an hour. Find what else writes it; a new generation of the manifest starts afresh.</summary>
    public const string SettingContended = "SettingContended";

    /// <summary>Gate 6: as many VMs as the policy's <c>maxChangedPerHour</c> allows were changed within the hour.</summary>
    public const string RateLimited = "RateLimited";

    /// <summary>Gate 7: <c>disruption: Never</c>. Change it on policy or VM, or restart the VM yourself.</summary>
    public const string DisruptionNever = "DisruptionNever";

    /// <summary>Gate 7: <c>disruption: Approval</c>; giving approval is not available yet.</summary>
    public const string ApprovalNotAvailableYet = "ApprovalNotAvailableYet";

    /// <summary>Gate 7: a maintenance window is asked for and none is defined. Add one to the policy.</summary>
    public const string NoMaintenanceWindow = "NoMaintenanceWindow";

    /// <summary>Gate 7: no maintenance window is open now.</summary>
    public const string MaintenanceWindow = "MaintenanceWindow";

    /// <summary>Gate 7: what is left of the open window is too short for a restart (shutdown timeout and 30 minutes).</summary>
    public const string MaintenanceWindowTooShort = "MaintenanceWindowTooShort";

    /// <summary>Gate 7: users' checkpoints are never merged under this policy.</summary>
    public const string CheckpointRemovalNever = "CheckpointRemovalNever";

    /// <summary>Gate 8: a Mailbox server with neither a DAG nor <c>standalone: true</c> is never disrupted. Declare one of both.</summary>
    public const string NoAvailabilityGroup = "NoAvailabilityGroup";

    /// <summary>Gate 8: another member is down, in maintenance or being restarted, and holds the DAG's slot.</summary>
    public const string AvailabilityGroupSlot = "AvailabilityGroupSlot";

    /// <summary>Gate 8: without this member the DAG would have too few votes.</summary>
    public const string AvailabilityGroupQuorum = "AvailabilityGroupQuorum";

    /// <summary>Gate 8: the DAG's maintenance hook is not chosen, or nobody attested this member's maintenance.</summary>
    public const string DagMaintenance = "DagMaintenance";

    /// <summary>Gate 8: the DAG's maintenance hook is a command, which is not available yet.</summary>
    public const string MaintenanceCommandNotAvailableYet = "MaintenanceCommandNotAvailableYet";

    /// <summary>Gate 8: another operation holds this member's own lock. It opens when that ends.</summary>
    public const string MemberLocked = "MemberLocked";

    /// <summary>Gate 8: a saved state is discarded only while another member of the DAG is available.</summary>
    public const string NoOtherMemberAvailable = "NoOtherMemberAvailable";
}

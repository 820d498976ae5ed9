using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.HyperV.Reading;

/// <summary>Reads Msvm_ComputerSystem's numbers.</summary>
/// <remarks>
/// Source: hyperv-wmi §3.1. The published page still lists numbers of the first WMI model (32768 to 32774 for Paused, Suspended,
/// Starting, Stopping), which never appear in v2; the critical states from 32781 on are numbered differently by every source. Both
/// read as <see cref="PowerState.Unknown"/>.
/// </remarks>
internal static class PowerStates
{
    /// <summary>Translates EnabledState.</summary>
    public static PowerState From(long? enabledState) =>
        enabledState switch
        {
            2 => PowerState.Running,
            3 => PowerState.Off,
            4 => PowerState.Stopping,
            6 => PowerState.Saved,
            9 => PowerState.Paused,
            10 => PowerState.Starting,
            11 => PowerState.Reset,
            32773 => PowerState.Saving,
            32776 => PowerState.Pausing,
            32777 => PowerState.Resuming,
            32779 => PowerState.FastSaved,
            32780 => PowerState.FastSaving,
            _ => PowerState.Unknown,
        };

    /// <summary>Translates the second OperationalStatus.</summary>
    public static VirtualMachineOperation Operation(long? status) =>
        status switch
        {
            null or (>= 0 and < 32768) => VirtualMachineOperation.None,
            32768 => VirtualMachineOperation.CreatingCheckpoint,
            32769 => VirtualMachineOperation.ApplyingCheckpoint,
            32770 => VirtualMachineOperation.DeletingCheckpoint,
            32771 => VirtualMachineOperation.WaitingToStart,
            32772 => VirtualMachineOperation.MergingDisks,
            32773 => VirtualMachineOperation.Exporting,
            32774 => VirtualMachineOperation.Migrating,
            _ => VirtualMachineOperation.OtherJob,
        };

    /// <summary>Translates an unfinished job's type.</summary>
    /// <remarks>Source: msvm-concretejob, JobType.</remarks>
    public static VirtualMachineOperation OperationOfJob(long? jobType) =>
        jobType switch
        {
            50 => VirtualMachineOperation.MergingDisks,
            70 => VirtualMachineOperation.CreatingCheckpoint,
            71 => VirtualMachineOperation.ApplyingCheckpoint,
            72 => VirtualMachineOperation.DeletingCheckpoint,
            _ => VirtualMachineOperation.OtherJob,
        };

    /// <summary>Translates the heartbeat component's first OperationalStatus.</summary>
    public static Heartbeat HeartbeatOf(long? status) =>
        status switch
        {
            2 => Heartbeat.Ok,
            3 => Heartbeat.Degraded,
            12 => Heartbeat.NoContact,
            13 => Heartbeat.LostCommunication,
            null => Heartbeat.Absent,
            _ => Heartbeat.Error,
        };

    /// <summary>Translates VirtualSystemType of a checkpoint's settings.</summary>
    /// <returns>Null where the settings are no checkpoint's.</returns>
    public static CheckpointKind? CheckpointOf(string? virtualSystemType) =>
        virtualSystemType switch
        {
            null => null,
            "Microsoft:Hyper-V:Snapshot:Realized" => CheckpointKind.User,
            "Microsoft:Hyper-V:Snapshot:Recovery" => CheckpointKind.Recovery,
            "Microsoft:Hyper-V:Snapshot:Planned" => CheckpointKind.Planned,
            "Microsoft:Hyper-V:Snapshot:Missing" => CheckpointKind.Missing,
            _ when virtualSystemType.StartsWith("Microsoft:Hyper-V:Snapshot:Replica", StringComparison.Ordinal) =>
                CheckpointKind.Replica,
            // A kind of checkpoint that came after this was written is someone else's until proven otherwise.
            _ when virtualSystemType.StartsWith("Microsoft:Hyper-V:Snapshot:", StringComparison.Ordinal) =>
                CheckpointKind.Recovery,
            _ => null,
        };
}

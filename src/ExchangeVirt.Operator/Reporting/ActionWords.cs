using ExchangeVirt.Domain.Planning;

namespace ExchangeVirt.Operator.Reporting;

/// <summary>Says what an action did, for events.</summary>
public static class ActionWords
{
    /// <summary>Says it in the past.</summary>
    public static string Past(VirtualMachineAction action) =>
        action switch
        {
            CreateVirtualMachine create => $"Created {create.Blueprint.Name}",
            MarkOwner => "Bound the VM to this object",
            SetProcessorCount set => $"Set the processor count to {set.Count}",
            SetFixedMemory set => $"Set the memory to {set.Size} fixed",
            DisableCheckpoints => "Disabled checkpoints",
            DisableAutomaticCheckpoints => "Switched automatic checkpoints off",
            MergeCheckpoint merge => $"Merged the checkpoint '{merge.CheckpointName}'",
            SetAutomaticStopAction set => $"Set AutomaticStopAction to {set.Action}",
            SetAutomaticStartAction set => $"Set AutomaticStartAction to {set.Action}",
            SetAutomaticRecoveryAction set => $"Set AutomaticRecoveryAction to {set.Action}",
            DiscardSavedState => "Discarded the saved state",
            ShutDownGuest => "Asked the guest to shut down",
            StartVirtualMachine => "Started the VM",
            AttachDisk attach => $"Attached the disk {attach.Disk.Name}",
            AddNetworkAdapter add => $"Added the network adapter {add.Adapter.Name}",
            ConnectNetworkAdapter connect => $"Connected the network adapter {connect.Adapter.Name}",
            UnregisterVirtualMachine => "Unregistered the VM; its files stay",
            _ => action.Name,
        };
}

using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Planning;

/// <summary>One thing that can be done to a VM: a closed family, the same in the planner, on the wire and in the driver.</summary>
public abstract record VirtualMachineAction
{
    private protected VirtualMachineAction() { }

    /// <summary>Gets the action's stable name, as it stands in status and on the wire.</summary>
    public string Name => GetType().Name;
}

/// <summary>Registers a new VM with all its settings right from the start; it stays off.</summary>
/// <param name="Blueprint">The VM.</param>
public sealed record CreateVirtualMachine(VirtualMachineBlueprint Blueprint) : VirtualMachineAction;

/// <summary>Binds an existing VM to a declared object by a line in its Notes.</summary>
/// <param name="Owner">The mark.</param>
public sealed record MarkOwner(OwnerMark Owner) : VirtualMachineAction;

/// <summary>Sets the number of virtual processors.</summary>
/// <param name="Count">At least 1.</param>
public sealed record SetProcessorCount(int Count) : VirtualMachineAction;

/// <summary>Switches dynamic memory off and sets the fixed size.</summary>
/// <param name="Size">A whole multiple of 2 MiB.</param>
public sealed record SetFixedMemory(ByteSize Size) : VirtualMachineAction;

/// <summary>Forbids users' checkpoints.</summary>
public sealed record DisableCheckpoints : VirtualMachineAction;

/// <summary>Switches Hyper-V's automatic checkpoints off.</summary>
public sealed record DisableAutomaticCheckpoints : VirtualMachineAction;

/// <summary>Removes one user checkpoint by merging it. Never reverts.</summary>
/// <param name="CheckpointId">The InstanceID of the checkpoint's settings.</param>
/// <param name="CheckpointName">Its display name, for messages.</param>
public sealed record MergeCheckpoint(string CheckpointId, string CheckpointName) : VirtualMachineAction;

/// <summary>Sets what the host does with the VM when it shuts down.</summary>
/// <param name="Action">Never <see cref="AutomaticStopAction.Save"/>; the driver refuses it.</param>
public sealed record SetAutomaticStopAction(AutomaticStopAction Action) : VirtualMachineAction;

/// <summary>Sets what the host does with the VM when it starts.</summary>
/// <param name="Action">The action.</param>
/// <param name="Delay">The delay; null: left as it is.</param>
public sealed record SetAutomaticStartAction(AutomaticStartAction Action, TimeSpan? Delay) : VirtualMachineAction;

/// <summary>Sets what the host does when the VM's worker process fails.</summary>
/// <param name="Action">Never <see cref="AutomaticRecoveryAction.Revert"/>; the driver refuses it.</param>
public sealed record SetAutomaticRecoveryAction(AutomaticRecoveryAction Action) : VirtualMachineAction;

/// <summary>Drops the saved state of a saved VM, which leaves it off.</summary>
public sealed record DiscardSavedState : VirtualMachineAction;

/// <summary>Asks the guest, once, to shut down; without force. Accepted is not yet off.</summary>
/// <param name="Reason">What the guest's event log will say.</param>
public sealed record ShutDownGuest(string Reason) : VirtualMachineAction;

/// <summary>Starts a VM that is off. Refused for any other state, so that nothing saved is ever resumed.</summary>
public sealed record StartVirtualMachine : VirtualMachineAction;

/// <summary>Attaches a declared disk that exists.</summary>
/// <param name="Disk">The disk. A missing file is refused, never made.</param>
public sealed record AttachDisk(DesiredDisk Disk) : VirtualMachineAction;

/// <summary>Adds a declared network adapter, connected.</summary>
/// <param name="Adapter">The adapter.</param>
public sealed record AddNetworkAdapter(DesiredNetworkAdapter Adapter) : VirtualMachineAction;

/// <summary>Connects an existing adapter to its declared switch and VLAN.</summary>
/// <param name="AdapterId">The InstanceID of the adapter's settings.</param>
/// <param name="Adapter">The adapter as declared.</param>
public sealed record ConnectNetworkAdapter(string AdapterId, DesiredNetworkAdapter Adapter) : VirtualMachineAction;

/// <summary>Unregisters a VM that is off; its files stay.</summary>
public sealed record UnregisterVirtualMachine : VirtualMachineAction;

/// <summary>A VM to be made.</summary>
public sealed record VirtualMachineBlueprint
{
    /// <summary>Gets the display name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the generation, 1 or 2.</summary>
    public required int Generation { get; init; }

    /// <summary>Gets the number of virtual processors.</summary>
    public required int ProcessorCount { get; init; }

    /// <summary>Gets the fixed memory.</summary>
    public required ByteSize Memory { get; init; }

    /// <summary>Gets the disks: an existing file is attached as it is, another is copied from its source or made blank.</summary>
    public IReadOnlyList<DesiredDisk> Disks { get; init; } = [];

    /// <summary>Gets the adapters.</summary>
    public IReadOnlyList<DesiredNetworkAdapter> NetworkAdapters { get; init; } = [];

    /// <summary>Gets the start action; null: Hyper-V's default.</summary>
    public DesiredAutomaticStart? AutomaticStart { get; init; }

    /// <summary>Gets the mark that finds the VM again.</summary>
    public required OwnerMark Owner { get; init; }
}

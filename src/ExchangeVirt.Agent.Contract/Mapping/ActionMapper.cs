using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;
using static ExchangeVirt.Agent.Contract.Mapping.Primitives;

namespace ExchangeVirt.Agent.Contract.Mapping;

/// <summary>Translates actions.</summary>
public static class ActionMapper
{
    /// <summary>Writes an action.</summary>
    public static Wire.Action ToWire(VirtualMachineAction action) =>
        action switch
        {
            CreateVirtualMachine create => new() { CreateVirtualMachine = BlueprintMapper.ToWire(create.Blueprint) },
            MarkOwner mark => new() { MarkOwner = new() { Owner = Primitives.ToWire(mark.Owner) } },
            SetProcessorCount set => new() { SetProcessorCount = new() { Count = set.Count } },
            SetFixedMemory set => new() { SetFixedMemory = new() { SizeBytes = set.Size.Bytes } },
            DisableCheckpoints => new() { DisableCheckpoints = new() },
            DisableAutomaticCheckpoints => new() { DisableAutomaticCheckpoints = new() },
            MergeCheckpoint merge => new()
            {
                MergeCheckpoint = new() { CheckpointId = merge.CheckpointId, CheckpointName = merge.CheckpointName },
            },
            SetAutomaticStopAction set => new()
            {
                SetAutomaticStopAction = new() { Action = EnumMaps.StopAction.ToWire(set.Action) },
            },
            SetAutomaticStartAction set => new()
            {
                SetAutomaticStartAction = new()
                {
                    Action = EnumMaps.StartAction.ToWire(set.Action),
                    Delay = Primitives.ToWire(set.Delay),
                },
            },
            SetAutomaticRecoveryAction set => new()
            {
                SetAutomaticRecoveryAction = new() { Action = EnumMaps.RecoveryAction.ToWire(set.Action) },
            },
            DiscardSavedState => new() { DiscardSavedState = new() },
            ShutDownGuest shutDown => new() { ShutDownGuest = new() { Reason = shutDown.Reason } },
            StartVirtualMachine => new() { StartVirtualMachine = new() },
            AttachDisk attach => new() { AttachDisk = new() { Disk = BlueprintMapper.ToWire(attach.Disk) } },
            AddNetworkAdapter add => new()
            {
                AddNetworkAdapter = new() { Adapter = BlueprintMapper.ToWire(add.Adapter) },
            },
            ConnectNetworkAdapter connect => new()
            {
                ConnectNetworkAdapter = new()
                {
                    AdapterId = connect.AdapterId,
                    Adapter = BlueprintMapper.ToWire(connect.Adapter),
                },
            },
            UnregisterVirtualMachine => new() { UnregisterVirtualMachine = new() },
            _ => throw new ArgumentOutOfRangeException(nameof(action), action.Name, "The wire has no such action."),
        };

    /// <summary>Reads an action.</summary>
    /// <returns>Null for an action that this version does not know.</returns>
    /// <exception cref="WireFormatException">The action lacks what it needs, or has a value that is not known here.</exception>
    public static VirtualMachineAction? FromWire(Wire.Action wire) =>
        wire.KindCase switch
        {
            Wire.Action.KindOneofCase.CreateVirtualMachine => new CreateVirtualMachine(
                BlueprintMapper.FromWire(wire.CreateVirtualMachine)
            ),
            Wire.Action.KindOneofCase.MarkOwner => new MarkOwner(
                Primitives.FromWire(Required(wire.MarkOwner.Owner, "mark_owner.owner"))!
            ),
            Wire.Action.KindOneofCase.SetProcessorCount => new SetProcessorCount(wire.SetProcessorCount.Count),
            Wire.Action.KindOneofCase.SetFixedMemory => new SetFixedMemory(new ByteSize(wire.SetFixedMemory.SizeBytes)),
            Wire.Action.KindOneofCase.DisableCheckpoints => new DisableCheckpoints(),
            Wire.Action.KindOneofCase.DisableAutomaticCheckpoints => new DisableAutomaticCheckpoints(),
            Wire.Action.KindOneofCase.MergeCheckpoint => new MergeCheckpoint(
                wire.MergeCheckpoint.CheckpointId,
                wire.MergeCheckpoint.CheckpointName
            ),
            Wire.Action.KindOneofCase.SetAutomaticStopAction => new SetAutomaticStopAction(
                Required(EnumMaps.StopAction.FromWire(wire.SetAutomaticStopAction.Action), "automatic_stop_action")
            ),
            Wire.Action.KindOneofCase.SetAutomaticStartAction => new SetAutomaticStartAction(
                Required(EnumMaps.StartAction.FromWire(wire.SetAutomaticStartAction.Action), "automatic_start_action"),
                wire.SetAutomaticStartAction.Delay?.ToTimeSpan()
            ),
            Wire.Action.KindOneofCase.SetAutomaticRecoveryAction => new SetAutomaticRecoveryAction(
                Required(
                    EnumMaps.RecoveryAction.FromWire(wire.SetAutomaticRecoveryAction.Action),
                    "automatic_recovery_action"
                )
            ),
            Wire.Action.KindOneofCase.DiscardSavedState => new DiscardSavedState(),
            Wire.Action.KindOneofCase.ShutDownGuest => new ShutDownGuest(wire.ShutDownGuest.Reason),
            Wire.Action.KindOneofCase.StartVirtualMachine => new StartVirtualMachine(),
            Wire.Action.KindOneofCase.AttachDisk => new AttachDisk(
                BlueprintMapper.FromWire(Required(wire.AttachDisk.Disk, "attach_disk.disk"))
            ),
            Wire.Action.KindOneofCase.AddNetworkAdapter => new AddNetworkAdapter(
                BlueprintMapper.FromWire(Required(wire.AddNetworkAdapter.Adapter, "add_network_adapter.adapter"))
            ),
            Wire.Action.KindOneofCase.ConnectNetworkAdapter => new ConnectNetworkAdapter(
                wire.ConnectNetworkAdapter.AdapterId,
                BlueprintMapper.FromWire(
                    Required(wire.ConnectNetworkAdapter.Adapter, "connect_network_adapter.adapter")
                )
            ),
            Wire.Action.KindOneofCase.UnregisterVirtualMachine => new UnregisterVirtualMachine(),
            _ => null,
        };
}

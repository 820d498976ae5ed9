using ExchangeVirt.Domain.Model;
using static ExchangeVirt.Agent.Contract.Mapping.Primitives;

namespace ExchangeVirt.Agent.Contract.Mapping;

/// <summary>Translates an observed VM.</summary>
public static class VirtualMachineMapper
{
    /// <summary>Writes a VM.</summary>
    public static Wire.VirtualMachine ToWire(ObservedVirtualMachine machine)
    {
        var wire = new Wire.VirtualMachine
        {
            Id = Primitives.ToWire(machine.Id),
            Name = machine.Name,
            Fingerprint = machine.Fingerprint,
            PowerState = EnumMaps.PowerState.ToWire(machine.PowerState),
            PowerStateSince = Primitives.ToWire(machine.PowerStateSince),
            Operation = EnumMaps.Operation.ToWire(machine.Operation),
            Heartbeat = EnumMaps.Heartbeat.ToWire(machine.Heartbeat),
            Uptime = Primitives.ToWire(machine.Uptime),
            Memory = DeviceMapper.ToWire(machine.Memory),
            AutomaticStopAction = EnumMaps.StopAction.ToWire(machine.AutomaticStopAction),
            AutomaticStartAction = EnumMaps.StartAction.ToWire(machine.AutomaticStartAction),
            AutomaticStartDelay = Primitives.ToWire(machine.AutomaticStartDelay),
            AutomaticRecoveryAction = EnumMaps.RecoveryAction.ToWire(machine.AutomaticRecoveryAction),
            CheckpointType = EnumMaps.CheckpointType.ToWire(machine.CheckpointType),
            Checkpoints = DeviceMapper.ToWire(machine.Checkpoints),
            Disks = DeviceMapper.ToWire(machine.Disks),
            NetworkAdapters = DeviceMapper.ToWire(machine.NetworkAdapters),
            ReplicationMode = EnumMaps.ReplicationMode.ToWire(machine.ReplicationMode),
            LastSuccessfulBackupAt = Primitives.ToWire(machine.LastSuccessfulBackupAt),
            Owner = Primitives.ToWire(machine.Owner),
            CreationIncomplete = machine.CreationIncomplete,
        };
        SetOptional(wire, machine);
        return wire;
    }

    /// <summary>Reads a VM.</summary>
    /// <exception cref="WireFormatException">Something that must be there is missing.</exception>
    public static ObservedVirtualMachine FromWire(Wire.VirtualMachine wire) =>
        new()
        {
            Id = ToGuid(wire.Id, "virtual_machine.id"),
            Name = wire.Name,
            Fingerprint = wire.Fingerprint,
            PowerState = EnumMaps.PowerState.FromWire(wire.PowerState) ?? PowerState.Unknown,
            PowerStateSince = wire.PowerStateSince?.ToDateTimeOffset(),
            Healthy = wire.HasHealthy ? wire.Healthy : null,
            // Work that this side has no word for is still work: nothing else is asked of the VM meanwhile.
            Operation = EnumMaps.Operation.FromWire(wire.Operation) ?? VirtualMachineOperation.OtherJob,
            Heartbeat = EnumMaps.Heartbeat.FromWire(wire.Heartbeat),
            Uptime = wire.Uptime?.ToTimeSpan(),
            Generation = wire.HasGeneration ? wire.Generation : null,
            ProcessorCount = wire.HasProcessorCount ? wire.ProcessorCount : null,
            Memory = DeviceMapper.FromWire(wire.Memory),
            AutomaticStopAction = EnumMaps.StopAction.FromWire(wire.AutomaticStopAction),
            AutomaticStartAction = EnumMaps.StartAction.FromWire(wire.AutomaticStartAction),
            AutomaticStartDelay = wire.AutomaticStartDelay?.ToTimeSpan(),
            AutomaticRecoveryAction = EnumMaps.RecoveryAction.FromWire(wire.AutomaticRecoveryAction),
            CheckpointType = EnumMaps.CheckpointType.FromWire(wire.CheckpointType),
            AutomaticCheckpoints = wire.HasAutomaticCheckpoints ? wire.AutomaticCheckpoints : null,
            Checkpoints = DeviceMapper.FromWire(wire.Checkpoints),
            Disks = DeviceMapper.FromWire(wire.Disks),
            NetworkAdapters = DeviceMapper.FromWire(wire.NetworkAdapters),
            HasSavedState = wire.HasHasSavedState ? wire.HasSavedState : null,
            ReplicationMode = EnumMaps.ReplicationMode.FromWire(wire.ReplicationMode),
            Clustered = wire.HasClustered ? wire.Clustered : null,
            LastSuccessfulBackupAt = wire.LastSuccessfulBackupAt?.ToDateTimeOffset(),
            Owner = Primitives.FromWire(wire.Owner),
            CreationIncomplete = wire.CreationIncomplete,
        };

    private static void SetOptional(Wire.VirtualMachine wire, ObservedVirtualMachine machine)
    {
        if (machine.Healthy is { } healthy)
        {
            wire.Healthy = healthy;
        }

        if (machine.Generation is { } generation)
        {
            wire.Generation = generation;
        }

        if (machine.ProcessorCount is { } count)
        {
            wire.ProcessorCount = count;
        }

        if (machine.AutomaticCheckpoints is { } automatic)
        {
            wire.AutomaticCheckpoints = automatic;
        }

        if (machine.HasSavedState is { } saved)
        {
            wire.HasSavedState = saved;
        }

        if (machine.Clustered is { } clustered)
        {
            wire.Clustered = clustered;
        }
    }
}

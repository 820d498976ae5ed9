using ExchangeVirt.Domain.Model;
using static ExchangeVirt.Agent.Contract.Mapping.Primitives;

namespace ExchangeVirt.Agent.Contract.Mapping;

/// <summary>Translates what a VM is made of: memory, checkpoints, disks, adapters.</summary>
internal static class DeviceMapper
{
    public static Wire.Memory? ToWire(ObservedMemory? memory)
    {
        if (memory is null)
        {
            return null;
        }

        var wire = new Wire.Memory { StartupBytes = memory.Startup.Bytes, Dynamic = memory.Dynamic };
        if (memory.Minimum is { } minimum)
        {
            wire.MinimumBytes = minimum.Bytes;
        }

        if (memory.Maximum is { } maximum)
        {
            wire.MaximumBytes = maximum.Bytes;
        }

        if (memory.Assigned is { } assigned)
        {
            wire.AssignedBytes = assigned.Bytes;
        }

        return wire;
    }

    public static ObservedMemory? FromWire(Wire.Memory? wire) =>
        wire is null
            ? null
            : new ObservedMemory(
                new ByteSize(wire.StartupBytes),
                wire.Dynamic,
                ToSize(wire.HasMinimumBytes, wire.MinimumBytes),
                ToSize(wire.HasMaximumBytes, wire.MaximumBytes),
                ToSize(wire.HasAssignedBytes, wire.AssignedBytes)
            );

    public static Wire.Checkpoints? ToWire(IReadOnlyList<ObservedCheckpoint>? checkpoints)
    {
        if (checkpoints is null)
        {
            return null;
        }

        var wire = new Wire.Checkpoints();
        foreach (var checkpoint in checkpoints)
        {
            var item = new Wire.Checkpoint
            {
                Id = checkpoint.Id,
                Name = checkpoint.Name,
                Kind = EnumMaps.CheckpointKind.ToWire(checkpoint.Kind),
                TakenAt = Primitives.ToWire(checkpoint.TakenAt),
            };
            if (checkpoint.ParentId is { } parent)
            {
                item.ParentId = parent;
            }

            wire.Items.Add(item);
        }

        return wire;
    }

    public static IReadOnlyList<ObservedCheckpoint>? FromWire(Wire.Checkpoints? wire) =>
        wire is null
            ? null
            :
            [
                .. wire.Items.Select(static item => new ObservedCheckpoint(
                    item.Id,
                    item.Name,
                    // A kind that this side does not know is taken for a backup's: never touched.
                    EnumMaps.CheckpointKind.FromWire(item.Kind) ?? CheckpointKind.Recovery,
                    item.TakenAt?.ToDateTimeOffset(),
                    item.HasParentId ? item.ParentId : null
                )),
            ];

    public static Wire.Disks? ToWire(IReadOnlyList<ObservedDisk>? disks)
    {
        if (disks is null)
        {
            return null;
        }

        var wire = new Wire.Disks();
        wire.Items.AddRange(disks.Select(ToWire));
        return wire;
    }

    public static IReadOnlyList<ObservedDisk>? FromWire(Wire.Disks? wire) =>
        wire is null ? null : [.. wire.Items.Select(FromWire)];

    public static Wire.NetworkAdapters? ToWire(IReadOnlyList<ObservedNetworkAdapter>? adapters)
    {
        if (adapters is null)
        {
            return null;
        }

        var wire = new Wire.NetworkAdapters();
        foreach (var adapter in adapters)
        {
            var item = new Wire.NetworkAdapter
            {
                Id = adapter.Id,
                Name = adapter.Name,
                Legacy = adapter.Legacy,
            };
            if (adapter.SwitchName is { } switchName)
            {
                item.SwitchName = switchName;
            }

            if (adapter.VlanId is { } vlan)
            {
                item.VlanId = vlan;
            }

            wire.Items.Add(item);
        }

        return wire;
    }

    public static IReadOnlyList<ObservedNetworkAdapter>? FromWire(Wire.NetworkAdapters? wire) =>
        wire is null
            ? null
            :
            [
                .. wire.Items.Select(static item => new ObservedNetworkAdapter(
                    item.Id,
                    item.Name,
                    item.HasSwitchName ? item.SwitchName : null,
                    item.HasVlanId ? item.VlanId : null,
                    item.Legacy
                )),
            ];

    private static Wire.Disk ToWire(ObservedDisk disk)
    {
        var wire = new Wire.Disk
        {
            Controller = disk.Controller,
            ControllerNumber = disk.ControllerNumber,
            Slot = disk.Slot,
            Type = EnumMaps.DiskType.ToWire(disk.Type),
            Format = EnumMaps.DiskFormat.ToWire(disk.Format),
        };
        if (disk.Path is { } path)
        {
            wire.Path = path;
        }

        if (disk.RootPath is { } root)
        {
            wire.RootPath = root;
        }

        if (disk.Size is { } size)
        {
            wire.SizeBytes = size.Bytes;
        }

        if (disk.PassThroughUniqueId is { } unique)
        {
            wire.PassThroughUniqueId = unique;
        }

        return wire;
    }

    private static ObservedDisk FromWire(Wire.Disk wire) =>
        new()
        {
            Controller = wire.Controller,
            ControllerNumber = wire.ControllerNumber,
            Slot = wire.Slot,
            Path = wire.HasPath ? wire.Path : null,
            RootPath = wire.HasRootPath ? wire.RootPath : null,
            Type = EnumMaps.DiskType.FromWire(wire.Type),
            Format = EnumMaps.DiskFormat.FromWire(wire.Format),
            Size = ToSize(wire.HasSizeBytes, wire.SizeBytes),
            PassThroughUniqueId = wire.HasPassThroughUniqueId ? wire.PassThroughUniqueId : null,
        };
}

using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;
using static ExchangeVirt.Agent.Contract.Mapping.Primitives;

namespace ExchangeVirt.Agent.Contract.Mapping;

/// <summary>Translates what is to be made.</summary>
internal static class BlueprintMapper
{
    public static Wire.CreateVirtualMachine ToWire(VirtualMachineBlueprint blueprint)
    {
        var wire = new Wire.CreateVirtualMachine
        {
            Name = blueprint.Name,
            Generation = blueprint.Generation,
            ProcessorCount = blueprint.ProcessorCount,
            MemoryBytes = blueprint.Memory.Bytes,
            Owner = Primitives.ToWire(blueprint.Owner),
        };
        wire.Disks.AddRange(blueprint.Disks.Select(ToWire));
        wire.NetworkAdapters.AddRange(blueprint.NetworkAdapters.Select(ToWire));
        if (blueprint.AutomaticStart is { } start)
        {
            wire.AutomaticStart = new()
            {
                Action = EnumMaps.StartAction.ToWire(start.Action),
                Delay = Primitives.ToWire(start.Delay),
            };
        }

        return wire;
    }

    public static VirtualMachineBlueprint FromWire(Wire.CreateVirtualMachine wire) =>
        new()
        {
            Name = wire.Name,
            Generation = wire.Generation,
            ProcessorCount = wire.ProcessorCount,
            Memory = new ByteSize(wire.MemoryBytes),
            Disks = [.. wire.Disks.Select(FromWire)],
            NetworkAdapters = [.. wire.NetworkAdapters.Select(FromWire)],
            AutomaticStart = wire.AutomaticStart is { } start
                ? new DesiredAutomaticStart(
                    Required(EnumMaps.StartAction.FromWire(start.Action), "automatic_start.action"),
                    start.Delay?.ToTimeSpan()
                )
                : null,
            Owner = Primitives.FromWire(Required(wire.Owner, "create_virtual_machine.owner"))!,
        };

    public static Wire.DesiredDisk ToWire(DesiredDisk disk)
    {
        var wire = new Wire.DesiredDisk { Name = disk.Name, InGuestIscsi = disk.InGuestIscsi };
        wire.Purposes.AddRange(disk.Purposes.Select(static purpose => EnumMaps.DiskPurpose.ToWire(purpose)));
        if (disk.PassThroughUniqueId is { } unique)
        {
            wire.PassThroughUniqueId = unique;
        }

        if (disk.VirtualHardDisk is { } file)
        {
            wire.VirtualHardDisk = new() { Path = file.Path, Type = EnumMaps.DiskType.ToWire(file.Type) };
            if (file.Size is { } size)
            {
                wire.VirtualHardDisk.SizeBytes = size.Bytes;
            }

            if (file.SourcePath is { } source)
            {
                wire.VirtualHardDisk.SourcePath = source;
            }
        }

        return wire;
    }

    public static DesiredDisk FromWire(Wire.DesiredDisk wire) =>
        new()
        {
            Name = wire.Name,
            Purposes =
            [
                .. wire.Purposes.Select(static purpose =>
                    Required(EnumMaps.DiskPurpose.FromWire(purpose), "disk.purposes")
                ),
            ],
            VirtualHardDisk = wire.VirtualHardDisk is { } file ? FromWire(file) : null,
            PassThroughUniqueId = wire.HasPassThroughUniqueId ? wire.PassThroughUniqueId : null,
            InGuestIscsi = wire.InGuestIscsi,
        };

    public static Wire.DesiredNetworkAdapter ToWire(DesiredNetworkAdapter adapter)
    {
        var wire = new Wire.DesiredNetworkAdapter { Name = adapter.Name, SwitchName = adapter.SwitchName };
        if (adapter.VlanId is { } vlan)
        {
            wire.VlanId = vlan;
        }

        return wire;
    }

    public static DesiredNetworkAdapter FromWire(Wire.DesiredNetworkAdapter wire) =>
        new(wire.Name, wire.SwitchName, wire.HasVlanId ? wire.VlanId : null);

    private static DesiredVirtualHardDisk FromWire(Wire.DesiredVirtualHardDisk wire)
    {
        // A type that this side does not know must not silently become the default, which is another type.
        VirtualDiskType? type =
            wire.Type == Wire.VirtualDiskType.Unspecified
                ? null
                : Required(EnumMaps.DiskType.FromWire(wire.Type), "virtual_hard_disk.type");
        return new DesiredVirtualHardDisk(
            wire.Path,
            ToSize(wire.HasSizeBytes, wire.SizeBytes),
            type,
            wire.HasSourcePath ? wire.SourcePath : null
        );
    }
}

using ExchangeVirt.Domain.Model;
using Google.Protobuf.WellKnownTypes;
using static ExchangeVirt.Agent.Contract.Mapping.Primitives;

namespace ExchangeVirt.Agent.Contract.Mapping;

/// <summary>Translates a host's facts.</summary>
public static class HostMapper
{
    /// <summary>Writes the facts; the VMs travel beside them.</summary>
    public static Wire.HostFacts ToWire(ObservedHost host)
    {
        var wire = new Wire.HostFacts
        {
            Name = host.Name,
            ObservedAt = Timestamp.FromDateTimeOffset(host.ObservedAt),
            Processors = ToWire(host.Processors),
        };
        if (host.Memory is { } memory)
        {
            wire.MemoryBytes = memory.Bytes;
        }

        if (host.OperatingSystem is { } system)
        {
            wire.OperatingSystem = new()
            {
                Caption = system.Caption,
                Version = system.Version,
                ProductType = system.ProductType,
            };
        }

        if (host.NumaNodes is { } nodes)
        {
            wire.NumaNodes = new();
            wire.NumaNodes.Items.AddRange(
                nodes.Select(static node => new Wire.NumaNode
                {
                    PhysicalCores = node.PhysicalCores,
                    MemoryBytes = node.Memory.Bytes,
                })
            );
        }

        if (host.NumaSpanning is { } spanning)
        {
            wire.NumaSpanning = spanning;
        }

        if (host.Volumes is { } volumes)
        {
            wire.Volumes = new();
            wire.Volumes.Items.AddRange(volumes.Select(ToWire));
        }

        wire.Switches = Names(host.Switches);
        wire.ForeignApplications = Names(host.ForeignApplications);
        wire.Operations.AddRange(host.Operations.Select(OperationMapper.ToWire));
        if (host.PausedReason is { } paused)
        {
            wire.PausedReason = paused;
        }

        if (host.AgentVersion is { } version)
        {
            wire.AgentVersion = version;
        }

        return wire;
    }

    /// <summary>Reads the facts, with the VMs that travelled beside them.</summary>
    /// <exception cref="WireFormatException">Something that must be there is missing.</exception>
    public static ObservedHost FromWire(Wire.HostFacts wire, IReadOnlyList<ObservedVirtualMachine> virtualMachines) =>
        new()
        {
            Name = wire.Name,
            ObservedAt = Required(wire.ObservedAt, "host.observed_at").ToDateTimeOffset(),
            Processors = FromWire(wire.Processors),
            Memory = ToSize(wire.HasMemoryBytes, wire.MemoryBytes),
            OperatingSystem = wire.OperatingSystem is { } system
                ? new HostOperatingSystem(system.Caption, system.Version, system.ProductType)
                : null,
            NumaNodes = wire.NumaNodes is { } nodes
                ?
                [
                    .. nodes.Items.Select(static node => new NumaNode(
                        node.PhysicalCores,
                        new ByteSize(node.MemoryBytes)
                    )),
                ]
                : null,
            NumaSpanning = wire.HasNumaSpanning ? wire.NumaSpanning : null,
            Volumes = wire.Volumes is { } volumes ? [.. volumes.Items.Select(FromWire)] : null,
            Switches = wire.Switches is { } switches ? [.. switches.Items] : null,
            ForeignApplications = wire.ForeignApplications is { } foreign ? [.. foreign.Items] : null,
            VirtualMachines = virtualMachines,
            Operations = [.. wire.Operations.Select(OperationMapper.FromWire)],
            PausedReason = wire.HasPausedReason ? wire.PausedReason : null,
            AgentVersion = wire.HasAgentVersion ? wire.AgentVersion : null,
        };

    private static Wire.HostProcessors ToWire(HostProcessors processors)
    {
        var wire = new Wire.HostProcessors();
        if (processors.PhysicalCores is { } cores)
        {
            wire.PhysicalCores = cores;
        }

        if (processors.LogicalProcessors is { } logical)
        {
            wire.LogicalProcessors = logical;
        }

        if (processors.RootProcessorsUsed is { } used)
        {
            wire.RootProcessorsUsed = used;
        }

        if (processors.Vendor is { } vendor)
        {
            wire.Vendor = vendor;
        }

        return wire;
    }

    private static HostProcessors FromWire(Wire.HostProcessors? wire) =>
        wire is null
            ? new HostProcessors(null, null, null, null)
            : new HostProcessors(
                wire.HasPhysicalCores ? wire.PhysicalCores : null,
                wire.HasLogicalProcessors ? wire.LogicalProcessors : null,
                wire.HasRootProcessorsUsed ? wire.RootProcessorsUsed : null,
                wire.HasVendor ? wire.Vendor : null
            );

    private static Wire.HostVolume ToWire(HostVolume volume)
    {
        var wire = new Wire.HostVolume { Path = volume.Path, Kind = volume.Kind };
        if (volume.Size is { } size)
        {
            wire.SizeBytes = size.Bytes;
        }

        if (volume.Free is { } free)
        {
            wire.FreeBytes = free.Bytes;
        }

        return wire;
    }

    private static HostVolume FromWire(Wire.HostVolume wire) =>
        new(wire.Path, ToSize(wire.HasSizeBytes, wire.SizeBytes), ToSize(wire.HasFreeBytes, wire.FreeBytes), wire.Kind);

    private static Wire.Names? Names(IReadOnlyList<string>? names)
    {
        if (names is null)
        {
            return null;
        }

        var wire = new Wire.Names();
        wire.Items.AddRange(names);
        return wire;
    }
}

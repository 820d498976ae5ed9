using ExchangeVirt.Agent.Contract.Mapping;
using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Agent.Contract.Client;

/// <summary>Reads one stream's events, and holds a snapshot back until it is whole.</summary>
internal sealed class HostEventReader
{
    private string? _incarnation;
    private Wire.HostFacts? _facts;
    private List<ObservedVirtualMachine>? _machines;

    /// <returns>Null where the event is a part of something, or of a kind that only newer versions know.</returns>
    /// <exception cref="WireFormatException">The stream breaks its own rules.</exception>
    public HostEvent? Read(Wire.WatchEvent wire)
    {
        if (wire.EventCase == Wire.WatchEvent.EventOneofCase.Head)
        {
            var agent = RequestMapper.FromWire(wire.Head.Agent);
            _incarnation = agent.Incarnation;
            return new WatchOpened(agent, wire.Head.Resumed, wire.Head.NewestSequence);
        }

        var token = new ResumeToken(
            _incarnation ?? throw new WireFormatException("An event came before the stream's head."),
            wire.Sequence
        );
        return wire.EventCase switch
        {
            Wire.WatchEvent.EventOneofCase.SnapshotBegin => Begin(),
            Wire.WatchEvent.EventOneofCase.HostFacts => Facts(wire.HostFacts, token),
            Wire.WatchEvent.EventOneofCase.VirtualMachine => Machine(wire.VirtualMachine, token),
            Wire.WatchEvent.EventOneofCase.SnapshotEnd => End(wire.SnapshotEnd, token),
            Wire.WatchEvent.EventOneofCase.VirtualMachineRemoved => new VirtualMachineRemoved(
                Primitives.ToGuid(wire.VirtualMachineRemoved.Id, "virtual_machine_removed.id")
            )
            {
                Token = token,
            },
            Wire.WatchEvent.EventOneofCase.OperationProgress => new OperationBegan(
                OperationMapper.FromWire(Primitives.Required(wire.OperationProgress.Operation, "operation"))
            )
            {
                Token = token,
            },
            Wire.WatchEvent.EventOneofCase.OperationOutcome => OperationMapper.FromWire(wire.OperationOutcome) with
            {
                Token = token,
            },
            Wire.WatchEvent.EventOneofCase.HostUnavailable => new HostUnavailable(
                FaultMapper.FromWire(Primitives.Required(wire.HostUnavailable.Fault, "host_unavailable.fault"))
            )
            {
                Token = token,
            },
            Wire.WatchEvent.EventOneofCase.Heartbeat => new HostHeartbeat(
                Primitives.Required(wire.Heartbeat.At, "heartbeat.at").ToDateTimeOffset()
            ),
            _ => null,
        };
    }

    private HostSnapshot? Begin()
    {
        _machines = [];
        _facts = null;
        return null;
    }

    private HostFactsChanged? Facts(Wire.HostFacts facts, ResumeToken token)
    {
        if (_machines is null)
        {
            return new HostFactsChanged(HostMapper.FromWire(facts, [])) { Token = token };
        }

        _facts = facts;
        return null;
    }

    private VirtualMachineChanged? Machine(Wire.VirtualMachine wire, ResumeToken token)
    {
        var machine = VirtualMachineMapper.FromWire(wire);
        if (_machines is null)
        {
            return new VirtualMachineChanged(machine) { Token = token };
        }

        _machines.Add(machine);
        return null;
    }

    private HostSnapshot End(Wire.SnapshotEnd end, ResumeToken token)
    {
        if (_machines is not { } machines || _facts is not { } facts || machines.Count != end.VirtualMachineCount)
        {
            throw new WireFormatException(
                $"A snapshot of {end.VirtualMachineCount} VMs ended with {_machines?.Count ?? 0} of them seen."
            );
        }

        _machines = null;
        _facts = null;
        return new HostSnapshot(HostMapper.FromWire(facts, machines)) { Token = token };
    }
}

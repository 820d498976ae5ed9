using ExchangeVirt.Domain.Model;
using Google.Protobuf.WellKnownTypes;
using static ExchangeVirt.Agent.Contract.Mapping.Primitives;

namespace ExchangeVirt.Agent.Contract.Mapping;

/// <summary>Translates operations and what became of them.</summary>
public static class OperationMapper
{
    /// <summary>Writes an operation in flight.</summary>
    public static Wire.OperationInFlight ToWire(OperationInFlight operation)
    {
        var wire = new Wire.OperationInFlight
        {
            OperationId = operation.OperationId,
            Action = operation.Action,
            StartedAt = Timestamp.FromDateTimeOffset(operation.StartedAt),
        };
        if (operation.VirtualMachineId is { } id)
        {
            wire.VirtualMachineId = Primitives.ToWire(id);
        }

        return wire;
    }

    /// <summary>Reads an operation in flight.</summary>
    /// <exception cref="WireFormatException">Something that must be there is missing.</exception>
    public static OperationInFlight FromWire(Wire.OperationInFlight wire) =>
        new(
            wire.OperationId,
            wire.HasVirtualMachineId ? ToGuid(wire.VirtualMachineId, "operation.virtual_machine_id") : null,
            wire.Action,
            Required(wire.StartedAt, "operation.started_at").ToDateTimeOffset()
        );

    /// <summary>Writes what an action did.</summary>
    public static Wire.Done ToWire(ActionDone done)
    {
        var wire = new Wire.Done
        {
            VirtualMachineId = Primitives.ToWire(done.VirtualMachineId),
            Changed = done.Changed,
        };
        if (done.Warning is { } warning)
        {
            wire.Warning = warning;
        }

        return wire;
    }

    /// <summary>Reads what an action did.</summary>
    /// <exception cref="WireFormatException">The VM is missing.</exception>
    public static ActionDone FromWire(Wire.Done wire) =>
        new(
            ToGuid(wire.VirtualMachineId, "done.virtual_machine_id"),
            wire.Changed,
            wire.HasWarning ? wire.Warning : null
        );

    /// <summary>Writes an operation's end.</summary>
    public static Wire.OperationOutcome ToWire(OperationEnded ended)
    {
        var wire = new Wire.OperationOutcome { OperationId = ended.OperationId, Action = ended.Action };
        if (ended.VirtualMachineId is { } id)
        {
            wire.VirtualMachineId = Primitives.ToWire(id);
        }

        if (ended.Done is { } done)
        {
            wire.Done = ToWire(done);
        }
        else if (ended.Fault is { } fault)
        {
            wire.Fault = FaultMapper.ToWire(fault);
        }

        return wire;
    }

    /// <summary>Reads an operation's end.</summary>
    /// <exception cref="WireFormatException">Something that must be there is missing.</exception>
    public static OperationEnded FromWire(Wire.OperationOutcome wire) =>
        new(
            wire.OperationId,
            wire.HasVirtualMachineId ? ToGuid(wire.VirtualMachineId, "outcome.virtual_machine_id") : null,
            wire.Action,
            wire.Done is { } done ? FromWire(done) : null,
            wire.Fault is { } fault ? FaultMapper.FromWire(fault) : null
        );

    /// <summary>Writes an outcome as the answer to a call.</summary>
    public static Wire.ApplyResponse ToWire(ApplyOutcome outcome) =>
        outcome switch
        {
            ActionDone done => new() { Done = ToWire(done) },
            ActionAccepted accepted => new() { Accepted = new() { Operation = ToWire(accepted.Operation) } },
            _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome.GetType().Name, "No such outcome."),
        };

    /// <summary>Reads the answer to a call.</summary>
    /// <exception cref="WireFormatException">It is neither.</exception>
    public static ApplyOutcome FromWire(Wire.ApplyResponse wire) =>
        wire.ResultCase switch
        {
            Wire.ApplyResponse.ResultOneofCase.Done => FromWire(wire.Done),
            Wire.ApplyResponse.ResultOneofCase.Accepted => new ActionAccepted(
                FromWire(Required(wire.Accepted.Operation, "accepted.operation"))
            ),
            _ => throw new WireFormatException("The agent's answer is neither Done nor Accepted."),
        };
}

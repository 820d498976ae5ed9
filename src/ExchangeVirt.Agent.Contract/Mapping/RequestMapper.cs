using Google.Protobuf.WellKnownTypes;
using static ExchangeVirt.Agent.Contract.Mapping.Primitives;

namespace ExchangeVirt.Agent.Contract.Mapping;

/// <summary>Translates requests and tokens.</summary>
public static class RequestMapper
{
    /// <summary>Writes an epoch.</summary>
    public static Wire.Epoch ToWire(InstallationEpoch epoch) =>
        new() { Installation = epoch.Installation, Counter = epoch.Counter };

    /// <summary>Reads an epoch.</summary>
    /// <exception cref="WireFormatException">It is missing.</exception>
    public static InstallationEpoch FromWire(Wire.Epoch? wire)
    {
        var epoch = Required(wire, "epoch");
        return epoch.Installation.Length is > 0 and <= 128
            ? new InstallationEpoch(epoch.Installation, epoch.Counter)
            : throw new WireFormatException("epoch.installation must have 1 to 128 characters.");
    }

    /// <summary>Writes a token.</summary>
    public static Wire.ResumeToken? ToWire(ResumeToken? token) =>
        token is null ? null : new() { Incarnation = token.Incarnation, Sequence = token.Sequence };

    /// <summary>Reads a token.</summary>
    public static ResumeToken? FromWire(Wire.ResumeToken? wire) =>
        wire is null ? null : new ResumeToken(wire.Incarnation, wire.Sequence);

    /// <summary>Writes an agent's description.</summary>
    public static Wire.AgentDescription ToWire(AgentDescription agent)
    {
        var wire = new Wire.AgentDescription { Version = agent.Version, Incarnation = agent.Incarnation };
        wire.Capabilities.AddRange(agent.Capabilities);
        return wire;
    }

    /// <summary>Reads an agent's description.</summary>
    /// <exception cref="WireFormatException">It is missing.</exception>
    public static AgentDescription FromWire(Wire.AgentDescription? wire)
    {
        var agent = Required(wire, "agent");
        return new AgentDescription(agent.Version, [.. agent.Capabilities], agent.Incarnation);
    }

    /// <summary>Writes a request for an action.</summary>
    public static Wire.ApplyRequest ToWire(ApplyRequest request, InstallationEpoch epoch)
    {
        var wire = new Wire.ApplyRequest
        {
            Epoch = ToWire(epoch),
            OperationId = request.OperationId,
            Binding = Primitives.ToWire(request.Binding),
            Timeout = Duration.FromTimeSpan(request.Timeout),
            Capability = request.Action.Name,
            Action = ActionMapper.ToWire(request.Action),
        };
        if (request.VirtualMachineId is { } id)
        {
            wire.VirtualMachineId = Primitives.ToWire(id);
        }

        if (request.ExpectedFingerprint is { } fingerprint)
        {
            wire.ExpectedFingerprint = fingerprint;
        }

        return wire;
    }

    /// <summary>Reads a request for an action.</summary>
    /// <returns>Null where this version does not know the action.</returns>
    /// <exception cref="WireFormatException">Something that must be there is missing.</exception>
    public static ApplyRequest? FromWire(Wire.ApplyRequest wire)
    {
        if (ActionMapper.FromWire(Required(wire.Action, "action")) is not { } action)
        {
            return null;
        }

        return new ApplyRequest
        {
            OperationId = wire.OperationId,
            Binding = Primitives.FromWire(Required(wire.Binding, "binding")),
            VirtualMachineId = wire.HasVirtualMachineId ? ToGuid(wire.VirtualMachineId, "virtual_machine_id") : null,
            ExpectedFingerprint = wire.HasExpectedFingerprint ? wire.ExpectedFingerprint : null,
            Timeout = Required(wire.Timeout, "timeout").ToTimeSpan(),
            Action = action,
        };
    }
}

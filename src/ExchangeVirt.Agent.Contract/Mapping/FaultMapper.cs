using System.Net.Sockets;
using System.Security.Authentication;
using Google.Protobuf;
using Grpc.Core;

namespace ExchangeVirt.Agent.Contract.Mapping;

/// <summary>Translates faults to and from the wire, and gRPC statuses.</summary>
public static class FaultMapper
{
    /// <summary>Names the trailer that carries the fault.</summary>
    public const string TrailerName = "exvirt-fault-bin";

    /// <summary>Writes a fault.</summary>
    public static Wire.AgentFault ToWire(AgentFault fault)
    {
        var wire = new Wire.AgentFault
        {
            Kind = EnumMaps.FaultKind.ToWire(fault.Kind),
            Reason = fault.Reason,
            Message = fault.Message,
        };
        if (fault.CimReturnCode is { } code)
        {
            wire.CimReturnCode = code;
        }

        if (fault.JobError is { } text)
        {
            wire.JobError = text;
        }

        if (fault.Host is { } host)
        {
            wire.Host = host;
        }

        if (fault.VirtualMachine is { } machine)
        {
            wire.VirtualMachine = machine;
        }

        if (fault.NewestCounter is { } counter)
        {
            wire.NewestCounter = counter;
        }

        if (fault.MissingCapability is { } capability)
        {
            wire.MissingCapability = capability;
        }

        return wire;
    }

    /// <summary>Reads a fault.</summary>
    public static AgentFault FromWire(Wire.AgentFault wire) =>
        // A kind that this side does not know says at least that it cannot be built upon.
        new(EnumMaps.FaultKind.FromWire(wire.Kind) ?? AgentFaultKind.OutcomeUnknown, wire.Reason, wire.Message)
        {
            CimReturnCode = wire.HasCimReturnCode ? wire.CimReturnCode : null,
            JobError = wire.HasJobError ? wire.JobError : null,
            Host = wire.HasHost ? wire.Host : null,
            VirtualMachine = wire.HasVirtualMachine ? wire.VirtualMachine : null,
            NewestCounter = wire.HasNewestCounter ? wire.NewestCounter : null,
            MissingCapability = wire.HasMissingCapability ? wire.MissingCapability : null,
        };

    /// <summary>Makes the failure that a gRPC method throws.</summary>
    public static RpcException ToRpcException(AgentFault fault) =>
        new(
            new Status(ToStatusCode(fault.Kind), fault.Message),
            new Metadata { { TrailerName, ToWire(fault).ToByteArray() } }
        );

    /// <summary>Gives the gRPC status of a kind.</summary>
    public static StatusCode ToStatusCode(AgentFaultKind kind) =>
        kind switch
        {
            AgentFaultKind.FailedPrecondition => StatusCode.FailedPrecondition,
            AgentFaultKind.Busy => StatusCode.Aborted,
            AgentFaultKind.Unavailable => StatusCode.Unavailable,
            AgentFaultKind.InvalidArgument => StatusCode.InvalidArgument,
            AgentFaultKind.NotFound => StatusCode.NotFound,
            AgentFaultKind.Forbidden => StatusCode.PermissionDenied,
            AgentFaultKind.Failed => StatusCode.Internal,
            AgentFaultKind.OutcomeUnknown => StatusCode.Unknown,
            AgentFaultKind.Paused => StatusCode.FailedPrecondition,
            AgentFaultKind.StaleEpoch => StatusCode.FailedPrecondition,
            AgentFaultKind.NotBound => StatusCode.PermissionDenied,
            AgentFaultKind.Unsupported => StatusCode.Unimplemented,
            AgentFaultKind.Unauthorized => StatusCode.Unauthenticated,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind."),
        };

    /// <summary>Reads the fault out of a failed call; a failure without one is told by its status.</summary>
    /// <param name="failure">The failed call.</param>
    /// <param name="changesThings">Whether the call may have changed the host before it failed.</param>
    public static AgentFault FromRpcException(RpcException failure, bool changesThings)
    {
        if (failure.Trailers.GetValueBytes(TrailerName) is { } bytes)
        {
            return FromWire(Wire.AgentFault.Parser.ParseFrom(bytes));
        }

        return failure.StatusCode switch
        {
            StatusCode.Unimplemented => new(
                AgentFaultKind.Unsupported,
                AgentFaultReasons.AgentTooOld,
                failure.Status.Detail
            ),
            StatusCode.Unauthenticated or StatusCode.PermissionDenied => new(
                AgentFaultKind.Unauthorized,
                AgentFaultReasons.NotAuthorized,
                failure.Status.Detail
            ),
            StatusCode.InvalidArgument => new(
                AgentFaultKind.InvalidArgument,
                AgentFaultReasons.InvalidRequest,
                failure.Status.Detail
            ),
            _ when NeverSent(failure) => new(
                AgentFaultKind.Unavailable,
                AgentFaultReasons.AgentUnreachable,
                Describe(failure)
            ),
            // The call may have arrived: whether the host acted cannot be told from here.
            _ when changesThings => new(
                AgentFaultKind.OutcomeUnknown,
                AgentFaultReasons.ConnectionLost,
                Describe(failure)
            ),
            _ => new(AgentFaultKind.Unavailable, AgentFaultReasons.AgentUnreachable, Describe(failure)),
        };
    }

    private static bool NeverSent(RpcException failure) =>
        failure.StatusCode == StatusCode.Unavailable
        && failure.Status.DebugException
            is SocketException
                or AuthenticationException
                or HttpRequestException
                {
                    HttpRequestError: HttpRequestError.ConnectionError
                        or HttpRequestError.SecureConnectionError
                        or HttpRequestError.NameResolutionError
                };

    private static string Describe(RpcException failure)
    {
        var cause = failure.Status.DebugException;
        while (cause?.InnerException is { } inner)
        {
            cause = inner;
        }

        return cause is null
            ? $"{failure.StatusCode}: {failure.Status.Detail}"
            : $"{failure.StatusCode}: {failure.Status.Detail} ({cause.Message})";
    }
}

using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Agent.Contract.Mapping;
using ExchangeVirt.Agent.Operations;
using ExchangeVirt.HyperV;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace ExchangeVirt.Agent.Service;

/// <summary>Stands before every method: checks the caller, and turns failures into statuses with their reasons.</summary>
/// <param name="callers">Who calls.</param>
/// <param name="host">The host's name, told with every fault.</param>
/// <param name="lifetime">Says when the agent stops.</param>
/// <param name="logger">The log.</param>
public sealed partial class CallInterceptor(
    CallerCheck callers,
    HostName host,
    IHostApplicationLifetime lifetime,
    ILogger<CallInterceptor> logger
) : Interceptor
{
    /// <inheritdoc />
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request,
        ServerCallContext context,
        UnaryServerMethod<TRequest, TResponse> continuation
    )
    {
        try
        {
            callers.Check(context);
            return await continuation(request, context);
        }
        catch (Exception failure) when (failure is not RpcException)
        {
            throw Translate(failure, context);
        }
    }

    /// <inheritdoc />
    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation
    )
    {
        try
        {
            callers.Check(context);
            await continuation(request, responseStream, context);
        }
        catch (Exception failure) when (failure is not RpcException)
        {
            throw Translate(failure, context);
        }
    }

    private RpcException Translate(Exception failure, ServerCallContext context)
    {
        switch (failure)
        {
            case AgentFaultException refused:
                return Told(refused.Fault, context);
            case HyperVException refused:
                return Told(Faults.From(refused), context);
            case WireFormatException wrong:
                return Told(
                    new AgentFault(AgentFaultKind.InvalidArgument, AgentFaultReasons.InvalidRequest, wrong.Message),
                    context
                );
            case var _ when lifetime.ApplicationStopping.IsCancellationRequested:
                return Told(Faults.Stopping().Fault, context);
            case var _ when context.CancellationToken.IsCancellationRequested:
                return new RpcException(new Status(StatusCode.Cancelled, "The caller went away."));
            default:
                LogBroken(failure, context.Method);
                return Told(
                    new AgentFault(
                        AgentFaultKind.Unavailable,
                        AgentFaultReasons.AgentError,
                        $"The agent failed before it did anything: {failure.Message}"
                    ),
                    context
                );
        }
    }

    private RpcException Told(AgentFault fault, ServerCallContext context)
    {
        LogRefused(context.Method, fault.Reason, fault.Message);
        return FaultMapper.ToRpcException(fault with { Host = fault.Host ?? host.Value });
    }

    [LoggerMessage(EventId = 2301, Level = LogLevel.Information, Message = "Refused {Method}: {Reason}: {Explanation}")]
    private partial void LogRefused(string method, string reason, string explanation);

    [LoggerMessage(EventId = 2302, Level = LogLevel.Error, Message = "{Method} broke")]
    private partial void LogBroken(Exception failure, string method);
}

/// <summary>The name that the host is known by in faults.</summary>
/// <param name="Value">The name.</param>
public sealed record HostName(string Value);

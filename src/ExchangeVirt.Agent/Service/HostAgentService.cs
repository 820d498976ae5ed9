using System.Security.Cryptography;
using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Agent.Contract.Mapping;
using ExchangeVirt.Agent.Feed;
using ExchangeVirt.Agent.Operations;
using ExchangeVirt.Agent.State;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Wire = ExchangeVirt.Agent.Contract.Wire;

namespace ExchangeVirt.Agent.Service;

/// <summary>Answers the operator.</summary>
/// <param name="feed">What is known of the host.</param>
/// <param name="reader">What reads it.</param>
/// <param name="runner">What acts on it.</param>
/// <param name="binding">Whom the agent obeys.</param>
/// <param name="callers">Who calls.</param>
/// <param name="heartbeat">How often a stream says that it lives.</param>
/// <param name="time">The clock.</param>
/// <param name="lifetime">Says when the agent stops.</param>
public sealed class HostAgentService(
    HostFeed feed,
    HostReader reader,
    OperationRunner runner,
    InstallationBinding binding,
    CallerCheck callers,
    HeartbeatInterval heartbeat,
    TimeProvider time,
    IHostApplicationLifetime lifetime
) : Wire.HostAgent.HostAgentBase
{
    /// <inheritdoc />
    public override async Task<Wire.ObserveResponse> Observe(Wire.ObserveRequest request, ServerCallContext context)
    {
        Admit(request.Epoch, context);
        using var either = Until(context);
        await reader.ReadEverythingAsync(either.Token);
        return feed.Describe();
    }

    /// <inheritdoc />
    public override async Task<Wire.ApplyResponse> Apply(Wire.ApplyRequest request, ServerCallContext context)
    {
        var epoch = Admit(request.Epoch, context);
        if (epoch == InstallationEpoch.Onlooker)
        {
            throw new AgentFaultException(
                new AgentFault(
                    AgentFaultKind.NotBound,
                    "NotBound",
                    "Who only looks on may change nothing: a change names the installation that asks for it."
                )
            );
        }

        var asked =
            RequestMapper.FromWire(request)
            ?? throw new AgentFaultException(
                new AgentFault(
                    AgentFaultKind.Unsupported,
                    "AgentTooOld",
                    $"This agent does not know {request.Capability}. Update it."
                )
                {
                    MissingCapability = request.Capability,
                }
            );
        using var either = Until(context);
        return OperationMapper.ToWire(await runner.ApplyAsync(asked, Digest(request), epoch, either.Token));
    }

    /// <inheritdoc />
    public override async Task Watch(
        Wire.WatchRequest request,
        IServerStreamWriter<Wire.WatchEvent> responseStream,
        ServerCallContext context
    )
    {
        var epoch = Admit(request.Epoch, context);
        using var subscription = feed.Subscribe(RequestMapper.FromWire(request.Resume));
        using var either = CancellationTokenSource.CreateLinkedTokenSource(
            context.CancellationToken,
            lifetime.ApplicationStopping,
            subscription.Cut
        );
        try
        {
            await StreamAsync(subscription, responseStream, context, epoch, either.Token);
        }
        catch (OperationCanceledException) when (subscription.Cut.IsCancellationRequested)
        {
            throw FeedSubscription.TooSlow();
        }
    }

    private async Task StreamAsync(
        FeedSubscription subscription,
        IServerStreamWriter<Wire.WatchEvent> stream,
        ServerCallContext context,
        InstallationEpoch epoch,
        CancellationToken stop
    )
    {
        foreach (var batch in subscription.First)
        {
            await WriteAsync(stream, batch, stop);
        }

        using var timer = new PeriodicTimer(heartbeat.Value, time);
        var tick = timer.WaitForNextTickAsync(stop).AsTask();
        while (true)
        {
            var more = subscription.Next.WaitToReadAsync(stop).AsTask();
            while (await Task.WhenAny(more, tick) == tick)
            {
                await tick;
                // A stream may outlive its certificate or its leader: both are looked at again here.
                callers.Check(context);
                if (epoch != InstallationEpoch.Onlooker)
                {
                    binding.Admit(epoch, mayLead: false);
                }

                await stream.WriteAsync(
                    new Wire.WatchEvent { Heartbeat = new() { At = Timestamp.FromDateTimeOffset(time.GetUtcNow()) } },
                    stop
                );
                tick = timer.WaitForNextTickAsync(stop).AsTask();
            }

            await more;
            while (subscription.Next.TryRead(out var batch))
            {
                await WriteAsync(stream, batch, stop);
            }
        }
    }

    private static async Task WriteAsync(
        IServerStreamWriter<Wire.WatchEvent> stream,
        FeedBatch batch,
        CancellationToken stop
    )
    {
        foreach (var next in batch.Events)
        {
            await stream.WriteAsync(next, stop);
        }
    }

    private InstallationEpoch Admit(Wire.Epoch? wire, ServerCallContext context)
    {
        var epoch = RequestMapper.FromWire(wire);
        if (epoch != InstallationEpoch.Onlooker)
        {
            binding.Admit(epoch, mayLead: callers.IsOperator(context));
        }

        return epoch;
    }

    private CancellationTokenSource Until(ServerCallContext context) =>
        CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);

    private static string Digest(Wire.ApplyRequest request)
    {
        // A retry may come from the next leader: the epoch is no part of what is asked.
        var bare = request.Clone();
        bare.Epoch = null;
        return Convert.ToHexString(SHA256.HashData(bare.ToByteArray()));
    }
}

/// <summary>How often a stream says that it lives.</summary>
/// <param name="Value">The time between two heartbeats.</param>
public sealed record HeartbeatInterval(TimeSpan Value);

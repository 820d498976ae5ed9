using System.Collections.Concurrent;
using System.Diagnostics;
using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Operator.Metrics;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Operator.Tracing;
using Microsoft.Extensions.Logging;

namespace ExchangeVirt.Operator.Acting;

/// <summary>What became of an action.</summary>
public abstract record RunResult
{
    private RunResult() { }

    /// <summary>It is done.</summary>
    /// <param name="VirtualMachineId">The VM it was done to, or that it made.</param>
    /// <param name="Changed">Whether anything had to be changed.</param>
    /// <param name="Warning">What the host warned of.</param>
    public sealed record Done(Guid VirtualMachineId, bool Changed, string? Warning) : RunResult;

    /// <summary>It goes on; its end comes by the host's stream.</summary>
    public sealed record GoesOn : RunResult;

    /// <summary>The host refused it or failed.</summary>
    /// <param name="Fault">Why.</param>
    public sealed record Failed(AgentFault Fault) : RunResult;
}

/// <summary>Asks a host's agent for one action and waits until what it changed is seen in the fleet.</summary>
public sealed partial class ActionRunner(
    HostConnections connections,
    FleetView fleet,
    ActionFailures failures,
    TimeProvider time,
    Func<Guid> newGuid,
    ILogger<ActionRunner> logger
)
{
    /// <summary>How a span says that its action has not ended.</summary>
    private const string GoesOn = "goes_on";

    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, AskedAction> _accepted = new(StringComparer.Ordinal);

    /// <summary>Asks for an action.</summary>
    /// <param name="key">The declared object.</param>
    /// <param name="host">The host.</param>
    /// <param name="machine">The VM that the action was planned from; null where it is to be created.</param>
    /// <param name="planned">The action.</param>
    /// <param name="operationId">The id of an attempt that may have been made before; null: a new attempt.</param>
    /// <param name="cancellationToken">Ends the wait, not what the host does.</param>
    public async Task<RunResult> RunAsync(
        ObjectKey key,
        string host,
        ObservedVirtualMachine? machine,
        PlannedAction planned,
        string? operationId,
        CancellationToken cancellationToken
    )
    {
        operationId ??= newGuid().ToString("D");
        using var span = OperatorTracing.Ask(planned.Action.Name, key, host, operationId);
        var asked = new AskedAction(
            operationId,
            planned.Action.Name,
            planned.Setting,
            key,
            host,
            time.GetUtcNow(),
            time.GetTimestamp(),
            span?.Context ?? default
        );
        // Its end may come by the stream before its answer does.
        _accepted[operationId] = asked;
        var result = await AskAsync(key, host, machine, planned, operationId, cancellationToken);
        var endedBefore = result is not RunResult.GoesOn && !_accepted.TryRemove(operationId, out _);
        switch (result)
        {
            case RunResult.Failed { Fault.Reason: AgentFaultReasons.OperationInFlight }:
                // It was asked for before and has not ended: that is no failure of it.
                OperatorTracing.End(span, GoesOn, fault: null);
                LogGoesOn(planned.Action.Name, key, host);
                return new RunResult.GoesOn();
            case RunResult.Failed failed:
                Tell(asked, span, failed.Fault, changed: false, endedBefore);
                LogRefused(planned.Action.Name, key, host, failed.Fault.Reason, failed.Fault.Message);
                if (!endedBefore)
                {
                    failures.Add(key, planned.Action.Name, planned.Setting, failed.Fault);
                }

                break;
            case RunResult.Done done:
                Tell(asked, span, fault: null, done.Changed, endedBefore);
                LogDone(planned.Action.Name, key, host, done.Changed);
                failures.Clear(key, planned.Action.Name, planned.Setting);
                if (done.Changed)
                {
                    await WaitUntilSeenAsync(done.VirtualMachineId, machine, cancellationToken);
                }

                break;
            default:
                asked.GoesOn = true;
                OperatorTracing.End(span, GoesOn, fault: null);
                LogGoesOn(planned.Action.Name, key, host);
                break;
        }

        return result;
    }

    /// <summary>Takes in how an action that the agent had accepted has ended.</summary>
    /// <returns>The declared object that it was for; null where this process did not ask for it.</returns>
    public ObjectKey? End(OperationEnded ended)
    {
        if (!_accepted.TryRemove(ended.OperationId, out var asked))
        {
            return null;
        }

        var result = ActionMetrics.ResultOf(ended.Fault, ended.Done?.Changed is true);
        ActionMetrics.Record(asked.Action, result, time.GetElapsedTime(asked.Since));
        OperatorTracing.Ended(asked, ended.Fault, result);
        if (ended.Fault is { } fault)
        {
            failures.Add(asked.VirtualMachine, asked.Action, asked.Setting, fault);
        }
        else
        {
            failures.Clear(asked.VirtualMachine, asked.Action, asked.Setting);
        }

        return asked.VirtualMachine;
    }

    // What the stream told first was counted when it did.
    private void Tell(AskedAction asked, Activity? span, AgentFault? fault, bool changed, bool endedBefore)
    {
        var result = ActionMetrics.ResultOf(fault, changed);
        OperatorTracing.End(span, result, fault);
        if (!endedBefore)
        {
            ActionMetrics.Record(asked.Action, result, time.GetElapsedTime(asked.Since));
        }
    }

    private static TimeSpan TimeoutOf(VirtualMachineAction action) =>
        action switch
        {
            // Copying templates and merging checkpoints move as many bytes as the disks hold.
            CreateVirtualMachine => TimeSpan.FromHours(4),
            MergeCheckpoint => TimeSpan.FromHours(24),
            StartVirtualMachine => TimeSpan.FromMinutes(15),
            _ => TimeSpan.FromMinutes(5),
        };

    private async Task<RunResult> AskAsync(
        ObjectKey key,
        string host,
        ObservedVirtualMachine? machine,
        PlannedAction planned,
        string operationId,
        CancellationToken cancellationToken
    )
    {
        if (connections.Agent(host) is not { } agent)
        {
            return new RunResult.Failed(
                new AgentFault(
                    AgentFaultKind.Unavailable,
                    Reasons.HostNotDeclared,
                    $"Host '{host}' is not declared (any more), so nothing can be done there. Apply its HyperVHost."
                )
            );
        }

        var request = new ApplyRequest
        {
            OperationId = operationId,
            Binding = key,
            // A creation that was cut off is repeated as a creation: the host finds what is there by its mark.
            VirtualMachineId = planned.Action is CreateVirtualMachine ? null : machine?.Id,
            ExpectedFingerprint = planned.Action is CreateVirtualMachine ? null : machine?.Fingerprint,
            Action = planned.Action,
            Timeout = TimeoutOf(planned.Action),
        };
        try
        {
            return await agent.ApplyAsync(request, cancellationToken) switch
            {
                ActionDone done => new RunResult.Done(done.VirtualMachineId, done.Changed, done.Warning),
                _ => new RunResult.GoesOn(),
            };
        }
        catch (AgentFaultException exception)
        {
            return new RunResult.Failed(exception.Fault);
        }
    }

    // The next plan is made from what is seen, so what was done has to be seen first. Where the host's event is lost, the
    // plan repeats the action, and the agent finds it done.
    private async Task WaitUntilSeenAsync(Guid id, ObservedVirtualMachine? before, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(s_settle, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            while (true)
            {
                var change = fleet.NextChange;
                // One that was unregistered is gone.
                if (fleet.ById(id) is [var seen, ..] ? !ReferenceEquals(seen.Machine, before) : before is not null)
                {
                    return;
                }

                await change.WaitAsync(either.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotSeen(id, s_settle.TotalSeconds);
        }
    }

    [LoggerMessage(
        EventId = 1011,
        Level = LogLevel.Information,
        Message = "{Action} for {VirtualMachine} on {Host} is done (changed {Changed})"
    )]
    private partial void LogDone(string action, ObjectKey virtualMachine, string host, bool changed);

    [LoggerMessage(
        EventId = 1012,
        Level = LogLevel.Warning,
        Message = "{Action} for {VirtualMachine} on {Host} was refused ({Reason}): {Text}"
    )]
    private partial void LogRefused(string action, ObjectKey virtualMachine, string host, string reason, string text);

    [LoggerMessage(
        EventId = 1013,
        Level = LogLevel.Information,
        Message = "{Action} for {VirtualMachine} on {Host} goes on"
    )]
    private partial void LogGoesOn(string action, ObjectKey virtualMachine, string host);

    [LoggerMessage(
        EventId = 1014,
        Level = LogLevel.Debug,
        Message = "What was done to {VirtualMachineId} was not seen within {Seconds} s"
    )]
    private partial void LogNotSeen(Guid virtualMachineId, double seconds);
}

using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Agent.Feed;
using ExchangeVirt.Agent.State;
using ExchangeVirt.Agent.Tracing;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.HyperV;

namespace ExchangeVirt.Agent.Operations;

/// <summary>Carries actions out: one at a time per VM, journalled before and after, never twice.</summary>
/// <param name="driver">The host.</param>
/// <param name="journal">What was begun and ended.</param>
/// <param name="pause">The off switch on the host.</param>
/// <param name="guard">What is never done.</param>
/// <param name="feed">Where operations are told.</param>
/// <param name="reader">What reads the VM again afterwards.</param>
/// <param name="acceptAfter">After how long an action is answered with Accepted.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
public sealed partial class OperationRunner(
    IHyperVDriver driver,
    OperationJournal journal,
    PauseMarker pause,
    RequestGuard guard,
    HostFeed feed,
    HostReader reader,
    TimeSpan acceptAfter,
    TimeProvider time,
    ILogger<OperationRunner> logger
) : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _claims = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Running> _running = new(StringComparer.Ordinal);

    /// <summary>Carries an action out, or says what became of it before.</summary>
    /// <param name="request">The action.</param>
    /// <param name="digest">A digest of the request without its epoch.</param>
    /// <param name="epoch">The caller's epoch, already let in.</param>
    /// <param name="cancellationToken">Ends the checks before the action; the action itself no caller can end.</param>
    /// <exception cref="AgentFaultException">It was refused, or failed.</exception>
    public async Task<ApplyOutcome> ApplyAsync(
        ApplyRequest request,
        string digest,
        InstallationEpoch epoch,
        CancellationToken cancellationToken
    )
    {
        RequestGuard.CheckShape(request, epoch);
        if (Recall(request, digest) is { } known)
        {
            return known;
        }

        RefuseWhilePaused(request);
        var claim = Claim(request);
        Running running;
        try
        {
            await guard.CheckHostAsync(request, epoch, cancellationToken);
            // Reading took time: a person may have pulled the switch meanwhile.
            RefuseWhilePaused(request);
            running = Begin(request, digest);
        }
        catch
        {
            Release(claim);
            throw;
        }

        _ = RunAsync(request, claim, running);
        return await AnswerAsync(running);
    }

    /// <summary>Stops waiting for the host; what is in flight is recorded as an unknown outcome.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        Task[] ending;
        lock (_gate)
        {
            ending = [.. _running.Values.Select(static running => running.Completion.Task)];
        }

        await Task.WhenAll(ending);
    }

    /// <inheritdoc />
    public void Dispose() => _stopping.Dispose();

    private ApplyOutcome? Recall(ApplyRequest request, string digest)
    {
        var (intent, result) = journal.Find(request.OperationId);
        if (intent is null)
        {
            return null;
        }

        if (intent.Digest != digest)
        {
            throw Faults.Refuse(
                AgentFaultKind.InvalidArgument,
                AgentFaultReasons.OperationIdReused,
                $"Operation {request.OperationId} was {intent.Action} and cannot become another request. Take a new id.",
                request.VirtualMachineId
            );
        }

        return result is null
            ? new ActionAccepted(
                new OperationInFlight(intent.OperationId, intent.VirtualMachineId, intent.Action, intent.At)
            )
            : Unwrap(result);
    }

    private void RefuseWhilePaused(ApplyRequest request)
    {
        if (pause.Reason is { } reason)
        {
            throw Faults.Refuse(
                AgentFaultKind.Paused,
                AgentFaultReasons.AgentPaused,
                $"The agent was paused on its host: {reason} «exvirt-agent resume» there ends it.",
                request.VirtualMachineId
            );
        }
    }

    private string Claim(ApplyRequest request)
    {
        var claim = request.VirtualMachineId?.ToString("D") ?? $"create {request.Binding}";
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested)
            {
                throw Faults.Stopping();
            }

            if (!_claims.TryAdd(claim, request.OperationId))
            {
                throw Faults.Refuse(
                    AgentFaultKind.Busy,
                    AgentFaultReasons.OperationInFlight,
                    $"Operation {_claims[claim]} on the same VM has not ended yet. Wait for it.",
                    request.VirtualMachineId
                );
            }
        }

        return claim;
    }

    private void Release(string claim)
    {
        lock (_gate)
        {
            _claims.Remove(claim);
        }
    }

    private Running Begin(ApplyRequest request, string digest)
    {
        var operation = new OperationInFlight(
            request.OperationId,
            request.VirtualMachineId,
            request.Action.Name,
            time.GetUtcNow()
        );
        var running = new Running(operation);
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested)
            {
                throw Faults.Stopping();
            }

            journal.Begin(
                new OperationIntent(
                    operation.OperationId,
                    digest,
                    operation.Action,
                    operation.VirtualMachineId,
                    operation.StartedAt
                )
            );
            _running[operation.OperationId] = running;
        }

        feed.Begin(operation);
        LogBegun(operation.Action, operation.VirtualMachineId, operation.OperationId);
        return running;
    }

    private async Task RunAsync(ApplyRequest request, string claim, Running running)
    {
        // It may outlive the call that asked for it, and is part of its trace all the same.
        using var span = AgentTracing.Begin("Operation", request.Action.Name, request.VirtualMachineId);
        span?.SetTag("exchangevirt.operation_id", request.OperationId);
        var result = await ActAsync(request);
        AgentTracing.End(span, result.Fault?.Reason);
        try
        {
            journal.End(request.OperationId, result);
        }
        catch (IOException failure)
        {
            // The answer still goes out; after a restart the missing line reads as an unknown outcome.
            LogJournalRefused(failure, request.OperationId);
        }

        lock (_gate)
        {
            _running.Remove(request.OperationId);
            _claims.Remove(claim);
        }

        var machine = result.Done?.VirtualMachineId ?? request.VirtualMachineId;
        feed.End(new OperationEnded(request.OperationId, machine, request.Action.Name, result.Done, result.Fault));
        LogEnded(request.Action.Name, machine, request.OperationId, result.Fault?.Reason ?? "Done");
        if (machine is { } id)
        {
            reader.Request(id);
        }
        else
        {
            reader.RequestEverything();
        }

        running.Completion.SetResult(result);
    }

    private async Task<OperationResult> ActAsync(ApplyRequest request)
    {
        using var limit = new CancellationTokenSource(request.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopping.Token);
        try
        {
            var result = await driver.ApplyAsync(
                request.VirtualMachineId,
                request.Action,
                request.ExpectedFingerprint,
                either.Token
            );
            return new OperationResult(
                new ActionDone(result.VirtualMachineId, result.Changed, result.Warning),
                Fault: null
            );
        }
        catch (HyperVException failure)
        {
            return new OperationResult(null, Faults.From(failure, request.VirtualMachineId));
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return Unknown(
                request,
                _stopping.IsCancellationRequested ? AgentFaultReasons.AgentStopped : AgentFaultReasons.HostTimedOut,
                _stopping.IsCancellationRequested
                    ? "the agent stopped before it ended."
                    : $"it did not end within {request.Timeout.TotalSeconds:0} s."
            );
        }
        catch (Exception failure)
        {
            // Nobody can tell how far it came, so the operator must look before it does anything else.
            LogBroken(failure, request.Action.Name, request.OperationId);
            return Unknown(request, AgentFaultReasons.AgentError, $"the agent failed: {failure.Message}");
        }
    }

    private async Task<ApplyOutcome> AnswerAsync(Running running)
    {
        using var answered = new CancellationTokenSource();
        var patience = Task.Delay(acceptAfter, time, answered.Token);
        if (await Task.WhenAny(running.Completion.Task, patience) == patience)
        {
            return new ActionAccepted(running.Operation);
        }

        await answered.CancelAsync();
        return Unwrap(await running.Completion.Task);
    }

    private static ActionDone Unwrap(OperationResult result) =>
        result.Done ?? throw new AgentFaultException(result.Fault!);

    private static OperationResult Unknown(ApplyRequest request, string reason, string why) =>
        new(
            null,
            new AgentFault(
                AgentFaultKind.OutcomeUnknown,
                reason,
                $"{request.Action.Name} ({request.OperationId}) was begun and {why} Observe, then plan afresh."
            )
            {
                VirtualMachine = request.VirtualMachineId?.ToString("D"),
            }
        );

    [LoggerMessage(
        EventId = 2201,
        Level = LogLevel.Information,
        Message = "Began {Action} on {VirtualMachine} (operation {OperationId})"
    )]
    private partial void LogBegun(string action, Guid? virtualMachine, string operationId);

    [LoggerMessage(
        EventId = 2202,
        Level = LogLevel.Information,
        Message = "Ended {Action} on {VirtualMachine} (operation {OperationId}): {Outcome}"
    )]
    private partial void LogEnded(string action, Guid? virtualMachine, string operationId, string outcome);

    [LoggerMessage(
        EventId = 2203,
        Level = LogLevel.Error,
        Message = "The outcome of operation {OperationId} could not be journalled"
    )]
    private partial void LogJournalRefused(Exception failure, string operationId);

    [LoggerMessage(EventId = 2204, Level = LogLevel.Error, Message = "{Action} (operation {OperationId}) broke")]
    private partial void LogBroken(Exception failure, string action, string operationId);

    private sealed class Running(OperationInFlight operation)
    {
        public OperationInFlight Operation { get; } = operation;

        public TaskCompletionSource<OperationResult> Completion { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

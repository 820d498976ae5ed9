using System.Collections.Concurrent;
using System.Globalization;
using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Operator.Acting;

/// <summary>
/// Puts the question to shut down to a guest once for each restart, whatever dies in between: that it was asked is stored
/// before it is sent, and the same question under the same id is answered from the agent's journal.
/// </summary>
public sealed class GuestShutdowns(ActionRunner runner)
{
    /// <summary>An agent's journal remembers for a day, and only it keeps a question from being put twice.</summary>
    private static readonly TimeSpan s_remembered = TimeSpan.FromHours(12);

    // By the question's id: whether it reached the guest.
    private readonly ConcurrentDictionary<string, bool> _answered = new(StringComparer.Ordinal);

    /// <summary>
    /// Whether the question certainly did not reach the guest, so that it may be put again: the agent said so after it had
    /// looked into its journal. What is refused before that (an expired certificate, an older epoch, an id that stands in the
    /// journal with other words) says nothing about an earlier attempt.
    /// </summary>
    public static bool WasRefused(AgentFault fault) =>
        fault.Kind switch
        {
            AgentFaultKind.FailedPrecondition
            or AgentFaultKind.Busy
            or AgentFaultKind.NotFound
            or AgentFaultKind.Forbidden
            or AgentFaultKind.Paused => true,
            // The agent answered that its host does not.
            AgentFaultKind.Unavailable => !IsOfTheWay(fault),
            AgentFaultKind.InvalidArgument => fault.Reason is not AgentFaultReasons.OperationIdReused,
            _ => false,
        };

    /// <summary>Whether the agent told what became of the question; else it is put again under the same id.</summary>
    public static bool IsAnswered(AgentFault fault) =>
        WasRefused(fault)
        || fault is { Kind: AgentFaultKind.Failed } or { Reason: AgentFaultReasons.OperationIdReused }
        || (fault.Kind is AgentFaultKind.OutcomeUnknown && !IsOfTheWay(fault));

    /// <summary>Asks the guest.</summary>
    /// <param name="decision">What was decided.</param>
    /// <param name="operation">The restart, as stored.</param>
    /// <param name="planned">The question.</param>
    /// <param name="host">The host.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<RunResult> AskAsync(
        Decision decision,
        OperationStatus operation,
        PlannedAction planned,
        string host,
        CancellationToken cancellationToken
    )
    {
        var id = IdOf(operation);
        _answered.TryRemove(id, out _);
        var result = await runner.RunAsync(
            decision.Situation.Key,
            host,
            decision.Situation.Observed,
            planned,
            id,
            cancellationToken
        );
        if (result is not RunResult.Failed failed || IsAnswered(failed.Fault))
        {
            _answered[id] = result is not RunResult.Failed refused || !WasRefused(refused.Fault);
        }

        return result;
    }

    /// <summary>
    /// Sends a question again that is noted as asked but may never have been sent: the operator died, or the connection broke.
    /// </summary>
    /// <param name="decision">What was decided.</param>
    /// <param name="stands">Asks, before anything is sent, whether what was decided by is still so.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The operation to store where the guest was certainly not asked; null where there is nothing to store.</returns>
    public async Task<OperationStatus?> ConfirmAsync(
        Decision decision,
        Func<CancellationToken, Task<bool>> stands,
        CancellationToken cancellationToken
    )
    {
        var situation = decision.Situation;
        if (
            situation.Entity.Status?.Operation is not { ShutdownAskedAt: not null } operation
            || decision.Plan.RestartPhase is not (RestartPhase.ShuttingDown or RestartPhase.Overdue)
            || situation.Sighting.Seen is not { Host.Reachable: true, Machine.PowerState: PowerState.Running } seen
            || situation.Now - operation.ShutdownAskedAt > s_remembered
            || situation.Invalid is not null
        )
        {
            return null;
        }

        if (_answered.TryGetValue(IdOf(operation), out var reached))
        {
            // The answer was no, and that it was could not be noted at the time.
            return reached ? null : operation with { ShutdownAskedAt = null };
        }

        var planned = new PlannedAction
        {
            Action = new ShutDownGuest(operation.Reason ?? $"Restart of {situation.Key}"),
            Disruptive = true,
            Cause = ActionCause.Drift,
        };
        if (Decision.Ask(situation, planned) is GateDecision.Closed || !await stands(cancellationToken))
        {
            return null;
        }

        var result = await AskAsync(decision, operation, planned, seen.Host.Name, cancellationToken);
        return result is RunResult.Failed failed && WasRefused(failed.Fault)
            ? operation with
            {
                ShutdownAskedAt = null,
            }
            : null;
    }

    // Made on this side of the wire: the agent may never have heard the question, or its answer was lost.
    private static bool IsOfTheWay(AgentFault fault) =>
        fault.Reason
            is AgentFaultReasons.AgentUnreachable
                or AgentFaultReasons.ConnectionLost
                or AgentFaultReasons.AgentTimedOut
                or AgentFaultReasons.AgentNotUnderstood
                or AgentFaultReasons.NotLeading
                or Reasons.HostNotDeclared;

    // A question that was refused and is put again later is another one, so the time it was noted at belongs to its id.
    private static string IdOf(OperationStatus operation) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{operation.Id}-shutdown-{operation.ShutdownAskedAt?.ToUnixTimeMilliseconds()}"
        );
}

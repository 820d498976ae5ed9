using System.Collections.Concurrent;
using System.Globalization;
using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Operator.Acting;

/// <summary>
/// Puts the question to shut down to a guest once for each restart, whatever dies in between: that it was asked is stored
/// before it is sent, and the same question under the same id is answered from the agent's journal.
/// </summary>
public sealed class GuestShutdowns(ActionRunner runner)
{
    private readonly ConcurrentDictionary<string, bool> _answered = new(StringComparer.Ordinal);

    /// <summary>Whether the question certainly did not reach the guest, so that it may be put again.</summary>
    public static bool WasRefused(AgentFault fault) =>
        fault.Kind is not (AgentFaultKind.Unavailable or AgentFaultKind.OutcomeUnknown or AgentFaultKind.Failed);

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
        var result = await runner.RunAsync(
            decision.Situation.Key,
            host,
            decision.Situation.Observed,
            planned,
            id,
            cancellationToken
        );
        if (result is not RunResult.Failed { Fault.Kind: AgentFaultKind.Unavailable })
        {
            _answered[id] = true;
        }

        return result;
    }

    /// <summary>
    /// Sends a question again that is noted as asked but may never have been sent: the operator died, or the connection broke.
    /// </summary>
    /// <returns>The operation to store where the guest was certainly not asked; null where there is nothing to store.</returns>
    public async Task<OperationStatus?> ConfirmAsync(Decision decision, CancellationToken cancellationToken)
    {
        var situation = decision.Situation;
        if (
            situation.Entity.Status?.Operation is not { ShutdownAskedAt: not null } operation
            || decision.Plan.RestartPhase is not RestartPhase.ShuttingDown
            || situation.Sighting.Seen is not { Host.Reachable: true, Machine.PowerState: PowerState.Running } seen
            || _answered.ContainsKey(IdOf(operation))
        )
        {
            return null;
        }

        var planned = new PlannedAction
        {
            Action = new ShutDownGuest(operation.Reason ?? $"Restart of {situation.Key}"),
            Disruptive = true,
            Cause = ActionCause.Drift,
        };
        if (Decision.Ask(situation, planned) is GateDecision.Closed)
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

    // A question that was refused and is put again later is another one, so the time it was noted at belongs to its id.
    private static string IdOf(OperationStatus operation) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{operation.Id}-shutdown-{operation.ShutdownAskedAt?.ToUnixTimeSeconds()}"
        );
}

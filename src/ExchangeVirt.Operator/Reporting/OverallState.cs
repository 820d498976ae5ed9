using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Resources.V1Alpha1;
using DomainSettingState = ExchangeVirt.Domain.Planning.SettingState;

namespace ExchangeVirt.Operator.Reporting;

/// <summary>
/// The row of the table of conditions that a VM is in: whether it is ready, whether something is being done, whether only a
/// person or a change of spec can help, and whether everything is as declared.
/// </summary>
public sealed record OverallState(
    bool Ready,
    bool Reconciling,
    bool Stalled,
    bool Synced,
    string Reason,
    string Message
)
{
    /// <summary>Gets whether the message holds amounts that move by themselves.</summary>
    public bool Wavers => Reason is Reasons.NoHostFits;

    /// <summary>Finds the row. The first that fits counts: what needs a person comes before what is being done.</summary>
    public static OverallState Of(Decision decision, OperationStatus? operation) =>
        Invalid(decision)
        ?? UnknownReference(decision)
        ?? NeedsPerson(decision)
        ?? HostNotDeclared(decision)
        ?? OutOfReach(decision)
        ?? NotPlaced(decision)
        ?? InProgress(decision, operation)
        ?? HeldOrWaiting(decision, operation)
        ?? Unsettled(decision)
        ?? new OverallState(
            Ready: true,
            Reconciling: false,
            Stalled: false,
            Synced: true,
            Reasons.InSync,
            "The VM is as declared."
        );

    /// <summary>Says which hosts have not been read and may hold a VM.</summary>
    public static string OutOfSightMessage(Situation situation) =>
        situation.Sighting.OutOfSight.Count == 0
            ? "No HyperVHost is declared that may hold VMs of this namespace. Apply one."
            : $"Nothing is created before every host that may hold the VM was read: {string.Join("; ", situation.Sighting.OutOfSight.Select(static host => $"{host.Name} ({host.Reason}: {host.Message})"))}. Bring its agent up, or remove its HyperVHost if it is gone for good.";

    private static OverallState? Invalid(Decision decision) =>
        decision.Situation.Invalid is { } invalid ? Stall(Refusals.Invalid(invalid)) : null;

    private static OverallState? UnknownReference(Decision decision) =>
        decision.Situation switch
        {
            { InvalidPolicy: { } wrong } situation => Stall(Refusals.InvalidPolicy(situation.Policy.Name, wrong)),
            { InvalidGroup: { } wrong } situation => Stall(
                Refusals.InvalidGroup(situation.Desired.Exchange.AvailabilityGroup, wrong)
            ),
            { MissingPolicy: { } policy } => Stall(Refusals.MissingPolicy(policy)),
            { MissingGroup: { } group } situation => Stall(Refusals.MissingGroup(group, situation.Key.Namespace)),
            _ => null,
        };

    private static OverallState? NeedsPerson(Decision decision)
    {
        var problems = decision.Plan.Problems.Where(static problem => problem.Stalled).ToList();
        if (problems.Count > 0)
        {
            return Stall(problems[0].Reason, string.Join(" ", problems.Select(static problem => problem.Message)));
        }

        var contended = decision
            .Actions.FirstOrDefault(static action => action.Closed?.Gate is GateName.Contention)
            ?.Closed;
        return contended is null ? null : Stall(contended.Reason, contended.Message);
    }

    private static OverallState? HostNotDeclared(Decision decision) =>
        decision.Situation.Sighting
            is { Seen: null, BoundHost: null, Supposed: false, BoundHostName: { } bound, OutOfSight.Count: 0 }
            ? Stall(
                Reasons.HostNotDeclared,
                $"The VM is bound to {bound}, whose HyperVHost is not declared (any more), and no other host has it. It may still run there; nothing is done. Apply the HyperVHost again."
            )
            : null;

    private static OverallState? OutOfReach(Decision decision)
    {
        var sighting = decision.Situation.Sighting;
        return (sighting.Seen?.Host ?? sighting.BoundHost) is { Reachable: false } host
            ? Progress(
                Reasons.HostUnreachable,
                host.Reason is Reasons.NotUnderstood
                    ? $"The host {host.Name} is left alone ({host.Reason}): {host.Message} Upgrade the operator, or correct the field; nothing is done until then."
                    : $"The agent of {host.Name} does not answer ({host.Reason}): {host.Message} Nothing is done until it does."
            )
            : null;
    }

    private static OverallState? NotPlaced(Decision decision)
    {
        var sighting = decision.Situation.Sighting;
        if (sighting.Seen is not null || sighting.BoundHostName is not null)
        {
            return null;
        }

        return decision.Placement is { } refused
            ? Progress(Reasons.NoHostFits, refused.Message)
            : Progress(Reasons.InventoryIncomplete, OutOfSightMessage(decision.Situation));
    }

    private static OverallState? InProgress(Decision decision, OperationStatus? operation)
    {
        if (operation?.Name is RestartOperations.RestartName && decision.Plan.RestartPhase is not RestartPhase.Returned)
        {
            return Progress(
                Reasons.Restarting,
                $"{operation.Reason ?? "A restart"}: {operation.Stage}, since {operation.StartedAt:u}."
            );
        }

        if (operation?.Name is RestartOperations.CreateName && !IsHeldByChoice(decision))
        {
            return Progress(
                Reasons.Creating,
                FirstProblem(decision) ?? $"The VM is being created ({operation.Stage})."
            );
        }

        if (decision.Next is { } next && operation?.Name is not OperationStep.RequestName)
        {
            return Progress(Reasons.Correcting, $"{next.Action.Name} comes next.");
        }

        return
            decision.Situation.Observed?.PowerState
                is PowerState.Starting
                    or PowerState.Stopping
                    or PowerState.Saving
                    or PowerState.Pausing
                    or PowerState.Resuming
                    or PowerState.Reset
                    or PowerState.FastSaving
            ? Progress(Reasons.PowerStateChanging, $"The VM is {decision.Situation.Observed.PowerState}.")
            : null;
    }

    private static OverallState? HeldOrWaiting(Decision decision, OperationStatus? operation)
    {
        if (decision.Failures.FirstOrDefault(failure => failure.RetryAt > decision.Situation.Now) is { } failure)
        {
            return Progress(
                failure.Fault.Reason,
                $"{failure.Action} failed {failure.Count} time(s) and is tried again at {failure.RetryAt:u}: {failure.Fault.Message}"
            );
        }

        if (FirstClosed(decision) is not { } closed)
        {
            return operation?.Name is OperationStep.RequestName
                ? Waiting(
                    decision,
                    GateReasons.AvailabilityGroupSlot,
                    $"{operation.Reason}: waits for its turn in {decision.Situation.Desired.Exchange.AvailabilityGroup}, since {operation.StartedAt:u}."
                )
                : null;
        }

        var waiting = Waiting(decision, closed.Reason, closed.Message);
        // Nothing is on its way.
        return IsHeldByChoice(decision) ? waiting with { Reconciling = false } : waiting;
    }

    private static GateDecision.Closed? FirstClosed(Decision decision) =>
        decision.Actions.FirstOrDefault(static action => action.Closed is not null)?.Closed;

    /// <summary>Whether paused, Observe or Never hold everything that is left to do: by somebody's choice.</summary>
    private static bool IsHeldByChoice(Decision decision) =>
        decision.Next is null
        && FirstClosed(decision) is { } closed
        && (
            closed.Gate is GateName.Paused or GateName.Enforcement
            || (closed.Gate is GateName.Window && decision.Situation.Rules.Disruption is Domain.Model.Disruption.Never)
        );

    private static OverallState Waiting(Decision decision, string reason, string message)
    {
        var asAsked = PowerAsAsked(decision);
        return new OverallState(Ready: asAsked, Reconciling: !asAsked, Stalled: false, Synced: false, reason, message);
    }

    private static OverallState? Unsettled(Decision decision)
    {
        var differing = decision.Plan.Settings.FirstOrDefault(static setting =>
            setting.State is not DomainSettingState.InSync
        );
        var problem = decision.Plan.Problems is [var first, ..] ? first : null;
        if (differing is null && problem is null)
        {
            return null;
        }

        var asAsked = PowerAsAsked(decision);
        return new OverallState(
            Ready: asAsked,
            Reconciling: !asAsked,
            Stalled: false,
            Synced: false,
            problem?.Reason ?? differing?.Reason ?? Reasons.Differs,
            problem?.Message
                ?? $"{differing!.Name} is {differing.Observed ?? "not known"}, not {differing.Desired}; it is left so ({differing.Reason ?? "the host did not tell"})."
        );
    }

    private static string? FirstProblem(Decision decision) =>
        decision
            .Failures.Select(static failure =>
                $"{failure.Action} failed: {failure.Fault.Message} It is tried again at {failure.RetryAt:u}."
            )
            .FirstOrDefault()
        ?? decision
            .Actions.Select(static action => action.Closed?.Message)
            .FirstOrDefault(static message => message is not null)
        ?? decision.Plan.Problems.Select(static problem => problem.Message).FirstOrDefault();

    private static bool PowerAsAsked(Decision decision) =>
        (decision.Situation.Desired.PowerState, decision.Situation.Observed?.PowerState) switch
        {
            (_, null) => false,
            (null, _) => true,
            (DesiredPowerState.Running, PowerState.Running) => true,
            (DesiredPowerState.Stopped, PowerState.Off) => true,
            _ => false,
        };

    private static OverallState Stall(PlanProblem refusal) => Stall(refusal.Reason, refusal.Message);

    private static OverallState Stall(string reason, string message) =>
        new(Ready: false, Reconciling: false, Stalled: true, Synced: false, reason, message);

    private static OverallState Progress(string reason, string message) =>
        new(Ready: false, Reconciling: true, Stalled: false, Synced: false, reason, message);
}

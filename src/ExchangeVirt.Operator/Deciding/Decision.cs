using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Placement;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Domain.Rules;
using ExchangeVirt.Operator.Acting;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Operator.Reporting;

namespace ExchangeVirt.Operator.Deciding;

/// <summary>An action of a plan with what its gate said.</summary>
/// <param name="Planned">The action.</param>
/// <param name="Closed">The closed gate that it waits for, its own or that of what it rests on; null where it may be done.</param>
public sealed record GatedAction(PlannedAction Planned, GateDecision.Closed? Closed);

/// <summary>What is to be done about a VM, and what is to be said of it. Pure: all of <c>exvirt plan</c> is this.</summary>
public sealed record Decision
{
    private static readonly TimeSpan s_maximumFactAge = TimeSpan.FromMinutes(5);

    /// <summary>Gets what it was decided from.</summary>
    public required Situation Situation { get; init; }

    /// <summary>Gets why the VM is where it is, or nowhere; null where placement was not asked.</summary>
    public PlacementDecision? Placement { get; init; }

    /// <summary>Gets the plan.</summary>
    public required VirtualMachinePlan Plan { get; init; }

    /// <summary>Gets the plan's actions with their gates.</summary>
    public required IReadOnlyList<GatedAction> Actions { get; init; }

    /// <summary>Gets the actions that failed of late and are still wanted.</summary>
    public IReadOnlyList<ActionFailure> Failures { get; init; } = [];

    /// <summary>Gets the rules' verdicts.</summary>
    public IReadOnlyList<RuleVerdict> Verdicts { get; init; } = [];

    /// <summary>Gets what is to be done now; null where everything is done or waits.</summary>
    public PlannedAction? Next { get; init; }

    /// <summary>Decides.</summary>
    public static Decision For(
        Situation situation,
        PlacementDecision? placement,
        IReadOnlyList<ActionFailure> failures,
        IReadOnlyList<RuleVerdict> verdicts
    )
    {
        var plan = Planner.Plan(PlanningInputOf(situation, failures));
        var input = GateInputOf(situation);
        var step = Gate.Next(plan, planned => Deferred(planned, failures, situation.Now) ?? Gate.Check(input, planned));
        var closed = step.Refusals.ToDictionary(
            static refusal => refusal.Action,
            static refusal => refusal.Gate,
            ReferenceEqualityComparer.Instance as IEqualityComparer<PlannedAction>
        );
        return new Decision
        {
            Situation = situation,
            Placement = placement,
            Plan = plan,
            Actions = [.. plan.Actions.Select(planned => new GatedAction(planned, closed.GetValueOrDefault(planned)))],
            Failures = [.. failures.Where(failure => Matters(failure, plan))],
            Verdicts = verdicts,
            Next = step.Action,
        };
    }

    /// <summary>Asks the gates about one action.</summary>
    public static GateDecision Ask(Situation situation, PlannedAction planned) =>
        Gate.Check(GateInputOf(situation), planned);

    /// <summary>Gives what the planner looks at.</summary>
    public static PlanningInput PlanningInputOf(Situation situation, IReadOnlyList<ActionFailure> failures)
    {
        var status = situation.Entity.Status;
        return new PlanningInput
        {
            Desired = situation.Desired,
            Invalid = situation.Invalid,
            Observed = situation.Sighting.Seen is { } seen ? seen.Machine with { Uptime = seen.Uptime } : null,
            Policy = situation.Policy,
            Owner = situation.Owner,
            Now = situation.Now,
            InventoryComplete = situation.Sighting.OutOfSight.Count == 0 && situation.Sighting.BoundHost is not null,
            VirtualMachineId = Guid.TryParse(status?.VirtualMachineId, out var id) ? id : null,
            RecreateInPlaceOf = situation.RecreateInPlaceOf,
            Namesakes = situation.Sighting.Namesakes,
            DesiredVerdicts = situation.Invalid is null ? EstateVerdicts.OfDesired(situation) : [],
            Restart = situation.Restart,
            NeverStarted = status?.Operation?.Name == RestartOperations.CreateName,
            Generation = situation.Entity.Metadata.Generation ?? 0,
            AppliedGeneration = status?.AppliedGeneration,
            AppliedPowerState = Enum.TryParse<DesiredPowerState>(status?.AppliedPowerState, out var applied)
                ? applied
                : null,
            Withheld = failures
                .Where(failure => failure.Setting is not null && failure.RetryAt > situation.Now)
                .DistinctBy(static failure => failure.Setting)
                .ToDictionary(static failure => failure.Setting!, static failure => failure.Fault.Reason),
        };
    }

    private static GateInput GateInputOf(Situation situation)
    {
        var host = situation.Sighting.Seen?.Host ?? situation.Sighting.BoundHost;
        var machine = situation.Observed;
        var annotations = situation.Entity.Metadata.Annotations;
        var agentPause = host?.Facts?.PausedReason;
        return new GateInput
        {
            Now = situation.Now,
            VirtualMachine = situation.Desired,
            Rules = situation.Rules,
            Pauses = agentPause is null
                ? situation.Pauses
                : [.. situation.Pauses, new Pause(PauseScope.Agent, Reason: agentPause)],
            HoldReason = annotations?.TryGetValue(GroupFactsReader.HoldAnnotation, out var hold) == true ? hold : null,
            Host = FactsOf(host, situation),
            MissingPolicy = situation.MissingPolicy,
            InvalidPolicy = situation.InvalidPolicy,
            InvalidAvailabilityGroup = situation.InvalidGroup,
            Operation = machine?.Operation ?? VirtualMachineOperation.None,
            OperationsInFlight =
            [
                .. (host?.Facts?.Operations ?? []).Where(operation =>
                    machine is not null && operation.VirtualMachineId == machine.Id
                ),
            ],
            MergingNeighbour = MergingNeighbour.Find(host, machine),
            MaintenanceIntervals = situation.Windows,
            Restart = situation.Restart,
            AvailabilityGroup = WithoutOwnGrant(situation),
            MaintenanceAttested = Attestation.IsGiven(situation),
        };
    }

    // The slot that was granted to the wish of this very VM does not stand in the way of what it was wished for; nor does
    // one for an operation that is over or whose note was lost: nobody carries it out, and its member may have to come back.
    private static AvailabilityGroupFacts? WithoutOwnGrant(Situation situation)
    {
        var operation = situation.Entity.Status?.Operation;
        return situation.Group is { } group && operation is null or { Name: OperationStep.RequestName }
            ? group with
            {
                Grants =
                [
                    .. group.Grants.Where(grant =>
                        grant.Member != situation.Key.Name
                        || (operation is not null && grant.OperationId != operation.Id)
                    ),
                ],
            }
            : situation.Group;
    }

    private static HostFacts FactsOf(HostView? host, Situation situation) =>
        host is null
            ? new HostFacts(
                situation.Sighting.BoundHostName ?? "",
                Reachable: false,
                FactAge: null,
                s_maximumFactAge,
                ClusterStateKnown: true,
                "it is not declared"
            )
            : new HostFacts(
                host.Name,
                host.Reachable,
                    // While the stream lives, what it said last still holds: its heartbeats say so.
                    host.Reachable
                        ? TimeSpan.Zero
                    : host.Facts is { } facts ? situation.Now - facts.ObservedAt
                    : null,
                s_maximumFactAge,
                situation.Observed is not { Clustered: null },
                host.Message
            );

    // What failed of late waits as it would for a gate, and holds back what rests on it.
    private static GateDecision.Closed? Deferred(
        PlannedAction planned,
        IReadOnlyList<ActionFailure> failures,
        DateTimeOffset now
    ) =>
        failures.FirstOrDefault(failure =>
            failure.Action == planned.Action.Name && failure.Setting == planned.Setting && failure.RetryAt > now
        )
            is { } failure
            ? new GateDecision.Closed(
                GateName.Busy,
                failure.Fault.Reason,
                $"{failure.Action} failed {failure.Count} time(s) and is tried again at {failure.RetryAt:u}: {failure.Fault.Message}",
                failure.RetryAt
            )
            : null;

    // A failure is over when what it was for is: by another attempt, by a person, or by a changed manifest.
    private static bool Matters(ActionFailure failure, VirtualMachinePlan plan) =>
        plan.Actions.Any(planned => planned.Action.Name == failure.Action && planned.Setting == failure.Setting)
        || plan.Settings.Any(setting => setting.Name == failure.Setting && setting.State is not SettingState.InSync);
}

using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Rules;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Resources.Schema;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Operator.Reporting;

/// <summary>Turns what is known of a host into its status. Pure.</summary>
public static class HostReport
{
    /// <summary>Gives the status.</summary>
    /// <param name="entity">The host.</param>
    /// <param name="view">What is known of it.</param>
    /// <param name="definition">The host as it is to be taken.</param>
    /// <param name="problem">What is wrong with its declaration; null where nothing is.</param>
    /// <param name="figuresMayMove">Whether figures that move by themselves may be written again.</param>
    /// <param name="now">The time.</param>
    public static HyperVHostStatus For(
        HyperVHost entity,
        HostView view,
        HostDefinition definition,
        HostProblem? problem,
        bool figuresMayMove,
        DateTimeOffset now
    )
    {
        var before = entity.Status;
        var generation = entity.Metadata.Generation ?? 0;
        var told = view.Facts is { } seen ? HostFigures.Told(seen, before, figuresMayMove) : null;
        var verdicts = Verdicts(definition, view.Facts, told, now);
        var status = new HyperVHostStatus
        {
            ObservedGeneration = generation,
            Processor = told is null ? before?.Processor : HostFigures.Processor(told, definition.Policy),
            Memory = told is null
                ? before?.Memory
                : HostFigures.Memory(told, definition.Policy, before?.Memory, figuresMayMove),
            Volumes = told?.Volumes is { } volumes ? HostFigures.Volumes(volumes) : before?.Volumes,
            OperatingSystem = view.Facts?.OperatingSystem is { } system
                ? new HostOperatingSystemStatus { Caption = system.Caption, Version = system.Version }
                : before?.OperatingSystem,
            AgentVersion = view.Facts?.AgentVersion ?? before?.AgentVersion,
            ForeignApplications = ForeignApplications(view.Facts, before),
            Violations = Violations(verdicts, before?.Violations, now),
            Unknown = Unknown(verdicts),
            Conditions = Conditions.After(
                before?.Conditions,
                Findings(entity, view, definition, problem, verdicts),
                generation,
                now
            ),
        };
        return StatusFit.Of(status);
    }

    private static IReadOnlyList<string>? ForeignApplications(ObservedHost? facts, HyperVHostStatus? before) =>
        facts is null ? before?.ForeignApplications
        : facts.ForeignApplications is { Count: > 0 } foreign ? [.. foreign.Order(StringComparer.Ordinal)]
        : null;

    // A verdict is judged by the figures of now; what it says where it is the same by those that stand in status, so that a
    // figure that moves by itself writes nothing.
    private static List<RuleVerdict> Verdicts(
        HostDefinition definition,
        ObservedHost? facts,
        ObservedHost? told,
        DateTimeOffset now
    )
    {
        var verdicts = EstateVerdicts.Of(definition, facts, now);
        var still = EstateVerdicts.Of(definition, told, now);
        return
        [
            .. verdicts.Select(verdict =>
                still.FirstOrDefault(other =>
                    other.Rule == verdict.Rule && other.Subject == verdict.Subject && other.Verdict == verdict.Verdict
                ) ?? verdict
            ),
        ];
    }

    private static IEnumerable<Finding> Findings(
        HyperVHost entity,
        HostView view,
        HostDefinition definition,
        HostProblem? problem,
        IReadOnlyList<RuleVerdict> verdicts
    )
    {
        if (problem is not null)
        {
            yield return new Finding(ConditionTypes.Ready, false, problem.Reason, problem.Message);
            yield return new Finding(ConditionTypes.Stalled, true, problem.Reason, problem.Message);
        }
        else if (view.Reachable)
        {
            yield return new Finding(ConditionTypes.Ready, true, Reasons.AgentAnswers, "The agent answers.");
        }
        else
        {
            var message =
                $"The agent at {entity.Spec.Agent.Endpoint} does not answer ({view.Reason}): {view.Message} What was last seen on the host may still run; nothing is done there until it answers.";
            yield return new Finding(ConditionTypes.Ready, false, Reasons.HostUnreachable, message);
            yield return new Finding(ConditionTypes.Reconciling, true, Reasons.HostUnreachable, message);
        }

        yield return Dedicated(view);
        yield return WithinRatio(verdicts);
        yield return definition.Draining
            ? new Finding(
                ConditionTypes.Drained,
                false,
                Reasons.NotAvailableYet,
                "Draining a host is not available yet: no VM is placed on it any more, and none is moved away. Move them in Hyper-V."
            )
            : new Finding(ConditionTypes.Drained, false, Reasons.InService, "The host is in service.");
    }

    private static Finding Dedicated(HostView view) =>
        view.Facts?.ForeignApplications switch
        {
            null => new Finding(
                ConditionTypes.Dedicated,
                null,
                Reasons.FactsMissing,
                "The host did not tell which server applications it has."
            ),
            [] => new Finding(
                ConditionTypes.Dedicated,
                true,
                Reasons.NoneFound,
                "No known server application was found beside Hyper-V."
            ),
            var foreign => new Finding(
                ConditionTypes.Dedicated,
                false,
                Reasons.ForeignApplications,
                $"Found on the host: {string.Join(", ", foreign)}. A Hyper-V host of Exchange runs management software alone (host-foreign-app): move them away."
            ),
        };

    private static Finding WithinRatio(IReadOnlyList<RuleVerdict> verdicts)
    {
        var ratio = verdicts
            .Where(static verdict => verdict.Rule is "cpu-guests-over-2to1" or "cpu-overall-over-2to1")
            .ToList();
        var broken = ratio.Where(static verdict => verdict.Verdict is Verdict.Violated).ToList();
        if (broken.Count > 0)
        {
            return new Finding(ConditionTypes.WithinRatio, false, Reasons.OverRatio, broken[^1].Message)
            {
                Wavers = true,
            };
        }

        return ratio.Exists(static verdict => verdict.Verdict is Verdict.Unknown)
            ? new Finding(
                ConditionTypes.WithinRatio,
                null,
                Reasons.FactsMissing,
                "Cores or guests are not known, so the ratio cannot be judged."
            )
            : new Finding(
                ConditionTypes.WithinRatio,
                true,
                Reasons.WithinRatio,
                "All guests and the host itself are within 2:1 of the physical cores."
            );
    }

    private static List<ViolationStatus>? Violations(
        IReadOnlyList<RuleVerdict> verdicts,
        IReadOnlyList<ViolationStatus>? before,
        DateTimeOffset now
    )
    {
        List<ViolationStatus> violations =
        [
            .. verdicts
                .Where(static verdict => verdict.Verdict is Verdict.Violated)
                .Select(verdict =>
                {
                    var old = before?.FirstOrDefault(old => old.Rule == verdict.Rule);
                    return new ViolationStatus
                    {
                        Rule = verdict.Rule,
                        Severity = verdict.Severity.ToString(),
                        Message = SteadyText.Keep(old?.Message, verdict.Message),
                        Reference = verdict.Reference,
                        Since = old?.Since ?? now,
                    };
                }),
        ];
        return violations.Count == 0 ? null : violations;
    }

    private static List<UnknownRuleStatus>? Unknown(IReadOnlyList<RuleVerdict> verdicts)
    {
        List<UnknownRuleStatus> unknown =
        [
            .. verdicts
                .Where(static verdict => verdict.Verdict is Verdict.Unknown)
                .Select(static verdict => new UnknownRuleStatus
                {
                    Rule = verdict.Rule,
                    MissingFacts = verdict.MissingFacts,
                }),
        ];
        return unknown.Count == 0 ? null : unknown;
    }
}

/// <summary>What is wrong with a host's declaration, so that it is not used as it is meant.</summary>
/// <param name="Reason">A stable CamelCase word.</param>
/// <param name="Message">What is wrong and what to do.</param>
public sealed record HostProblem(string Reason, string Message);

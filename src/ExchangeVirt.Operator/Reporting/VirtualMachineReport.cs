using ExchangeVirt.Domain.Rules;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Resources.Schema;
using ExchangeVirt.Resources.V1Alpha1;
using DomainSettingState = ExchangeVirt.Domain.Planning.SettingState;

namespace ExchangeVirt.Operator.Reporting;

/// <summary>Turns a decision into the status of a VM. Pure.</summary>
public static class VirtualMachineReport
{
    /// <summary>Gives the status after a pass.</summary>
    /// <param name="decision">What was decided.</param>
    /// <param name="operation">What must outlive a crash.</param>
    public static ExchangeVirtualMachineStatus For(Decision decision, OperationStatus? operation)
    {
        var situation = decision.Situation;
        var entity = situation.Entity;
        var before = entity.Status;
        var generation = entity.Metadata.Generation ?? 0;
        var seen = situation.Sighting.Seen;
        var applied = IsApplied(decision);
        var status = new ExchangeVirtualMachineStatus
        {
            ObservedGeneration = generation,
            AppliedGeneration = applied ? generation : before?.AppliedGeneration,
            AppliedPowerState = applied ? situation.Desired.PowerState?.ToString() : before?.AppliedPowerState,
            Placement = before?.Placement,
            Host = seen?.Host.Name ?? before?.Host,
            VirtualMachineId = IdOf(decision) ?? before?.VirtualMachineId,
            PowerState = seen?.Machine.PowerState.ToString() ?? before?.PowerState,
            Settings =
                decision.Plan.Settings.Count > 0 && situation.Invalid is null
                    ? SettingReport.Settings(decision, before?.Settings)
                    : before?.Settings,
            Pending = SettingReport.Pending(decision),
            Operation = operation,
            Contention = before?.Contention,
            // Of a manifest that is not sound nothing is judged, so what was judged last stands.
            Violations = situation.Invalid is null ? Violations(decision, before?.Violations) : before?.Violations,
            Unknown = situation.Invalid is null ? Unknown(decision) : before?.Unknown,
            Conditions = Conditions.After(
                before?.Conditions,
                VirtualMachineConditions.For(decision, operation),
                generation,
                situation.Now
            ),
        };
        return StatusFit.Of(status);
    }

    // The GUID binds for good, so it is taken only from a VM that bears our mark: nobody else's is ever bound by a name.
    private static string? IdOf(Decision decision) =>
        decision.Situation is { IsOurs: true, Observed: { } machine }
            ? machine.Id.ToString("D").ToUpperInvariant()
            : null;

    private static bool IsApplied(Decision decision) =>
        decision.Situation is { Observed: not null, Invalid: null }
        && decision.Actions.Count == 0
        && decision.Plan.Settings.Count > 0
        && decision.Plan.Settings.All(static setting =>
            setting.State is DomainSettingState.InSync or DomainSettingState.Blocked
        );

    private static List<ViolationStatus>? Violations(Decision decision, IReadOnlyList<ViolationStatus>? before)
    {
        List<ViolationStatus> violations =
        [
            .. decision
                .Verdicts.Where(static verdict => verdict.Verdict is Verdict.Violated)
                .Select(verdict =>
                {
                    var subject = SubjectOf(verdict);
                    return new ViolationStatus
                    {
                        Rule = verdict.Rule,
                        Subject = subject,
                        Severity = verdict.Severity.ToString(),
                        Message = verdict.Message,
                        Reference = verdict.Reference,
                        Since =
                            before?.FirstOrDefault(old => old.Rule == verdict.Rule && old.Subject == subject)?.Since
                            ?? decision.Situation.Now,
                    };
                }),
        ];
        return violations.Count == 0 ? null : violations;
    }

    private static List<UnknownRuleStatus>? Unknown(Decision decision)
    {
        List<UnknownRuleStatus> unknown =
        [
            .. decision
                .Verdicts.Where(static verdict => verdict.Verdict is Verdict.Unknown)
                .Select(verdict => new UnknownRuleStatus
                {
                    Rule = verdict.Rule,
                    Subject = SubjectOf(verdict),
                    MissingFacts = verdict.MissingFacts,
                }),
        ];
        return unknown.Count == 0 ? null : unknown;
    }

    // A disk's subject is written vm/disk; in the VM's own status the disk's name is enough.
    private static string SubjectOf(RuleVerdict verdict) =>
        verdict.SubjectKind is Domain.Rules.SubjectKind.Disk
            ? verdict.Subject[(verdict.Subject.IndexOf('/', StringComparison.Ordinal) + 1)..]
            : "";
}

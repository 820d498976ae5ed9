using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Rules;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Resources.V1Alpha1;
using DomainSettingState = ExchangeVirt.Domain.Planning.SettingState;

namespace ExchangeVirt.Operator.Reporting;

/// <summary>Finds a VM's conditions. Pure. Ready, Reconciling, Stalled and Synced follow one table, row by row.</summary>
public static class VirtualMachineConditions
{
    /// <summary>Gives the conditions.</summary>
    public static IReadOnlyList<Finding> For(Decision decision, OperationStatus? operation)
    {
        var overall = OverallState.Of(decision, operation);
        List<Finding> findings =
        [
            new(ConditionTypes.Ready, overall.Ready, overall.Reason, overall.Message) { Wavers = overall.Wavers },
            Synced(decision, overall),
            Supported(decision),
            Placed(decision),
            RestartPending(decision),
            HostReachable(decision),
            Paused(decision),
        ];
        if (overall.Reconciling)
        {
            findings.Add(
                new Finding(ConditionTypes.Reconciling, true, overall.Reason, overall.Message)
                {
                    Wavers = overall.Wavers,
                }
            );
        }

        if (overall.Stalled)
        {
            findings.Add(new Finding(ConditionTypes.Stalled, true, overall.Reason, overall.Message));
        }

        return findings;
    }

    private static Finding Synced(Decision decision, OverallState overall)
    {
        if (overall.Synced)
        {
            return new Finding(ConditionTypes.Synced, true, Reasons.InSync, "Every enforced setting is as declared.");
        }

        var differing = decision
            .Plan.Settings.Where(static setting => setting.State is not DomainSettingState.InSync)
            .Select(static setting => $"{setting.Name} is {setting.Observed ?? "not known"}, not {setting.Desired}")
            .ToList();
        return new Finding(
            ConditionTypes.Synced,
            false,
            overall.Reason,
            differing.Count == 0 ? overall.Message : $"{string.Join("; ", differing)}. {overall.Message}"
        )
        {
            Wavers = overall.Wavers,
        };
    }

    private static Finding Supported(Decision decision)
    {
        var judged = decision.Verdicts.Where(static verdict => verdict.Severity is Severity.Unsupported).ToList();
        var broken = judged.Where(static verdict => verdict.Verdict is Verdict.Violated).ToList();
        if (broken.Count > 0)
        {
            return new Finding(
                ConditionTypes.Supported,
                false,
                Reasons.RulesBroken,
                string.Join(" ", broken.Select(static verdict => $"{verdict.Rule}: {verdict.Message}"))
            );
        }

        var unknown = judged
            .Where(static verdict => verdict.Verdict is Verdict.Unknown)
            .Select(static v => v.Rule)
            .ToList();
        return judged.Count == 0 || unknown.Count > 0
            ? new Finding(
                ConditionTypes.Supported,
                null,
                Reasons.FactsMissing,
                decision.Situation.Invalid is not null
                        ? "The manifest does not say soundly what the VM should be, so no rule was judged."
                    : judged.Count == 0 ? "The VM has not been seen, so no rule could be judged."
                    : $"Facts are missing to judge {string.Join(", ", unknown)}; status.unknown names them."
            )
            : new Finding(ConditionTypes.Supported, true, Reasons.RulesKept, "Every rule that can be judged is kept.");
    }

    private static Finding Placed(Decision decision)
    {
        var sighting = decision.Situation.Sighting;
        if (sighting.Seen is { } seen)
        {
            return decision.Placement is { Host: null } refused
                ? new Finding(
                    ConditionTypes.Placed,
                    true,
                    Reasons.OutOfPlace,
                    $"The VM is on {seen.Host.Name}, where it would not be placed now: {refused.Message} It is not moved."
                )
                : new Finding(ConditionTypes.Placed, true, Reasons.Found, $"The VM is on {seen.Host.Name}.");
        }

        if (sighting.BoundHostName is { } bound && !sighting.Supposed)
        {
            return new Finding(ConditionTypes.Placed, true, Reasons.Bound, $"The VM is bound to {bound}.");
        }

        if (sighting.Supposed)
        {
            return new Finding(
                ConditionTypes.Placed,
                false,
                Reasons.WouldFit,
                $"Nothing is bound while nothing may be done; it would go to {sighting.BoundHostName}."
            );
        }

        return new Finding(
            ConditionTypes.Placed,
            false,
            decision.Placement is null ? Reasons.InventoryIncomplete : Reasons.NoHostFits,
            decision.Placement?.Message ?? OverallState.OutOfSightMessage(decision.Situation)
        )
        {
            Wavers = true,
        };
    }

    private static Finding RestartPending(Decision decision)
    {
        var waiting = decision
            .Plan.Settings.Where(static setting => setting.State is DomainSettingState.RestartPending)
            .Select(static setting => $"{setting.Name} ({setting.Observed} to {setting.Desired})")
            .ToList();
        if (waiting.Count == 0)
        {
            return new Finding(
                ConditionTypes.RestartPending,
                false,
                Reasons.NoRestartNeeded,
                "No change waits for a restart."
            );
        }

        var gate = decision.Actions.FirstOrDefault(static action => action.Closed is not null)?.Closed;
        return new Finding(
            ConditionTypes.RestartPending,
            true,
            gate?.Reason ?? Reasons.RestartNeeded,
            $"{string.Join(", ", waiting)} need the VM off. {gate?.Message ?? "The restart comes next."}"
        );
    }

    private static Finding HostReachable(Decision decision)
    {
        var sighting = decision.Situation.Sighting;
        var host = sighting.Seen?.Host ?? sighting.BoundHost;
        return host switch
        {
            null => new Finding(ConditionTypes.HostReachable, null, Reasons.NoHostFits, "The VM has no host yet."),
            { Reachable: true } => new Finding(
                ConditionTypes.HostReachable,
                true,
                Reasons.AgentAnswers,
                $"The agent of {host.Name} answers."
            ),
            _ => new Finding(
                ConditionTypes.HostReachable,
                false,
                Reasons.HostUnreachable,
                $"The agent of {host.Name} does not answer ({host.Reason}): {host.Message} What was last seen there may still run."
            ),
        };
    }

    private static Finding Paused(Decision decision)
    {
        var pauses = decision.Situation.Pauses;
        var gate = decision.Actions.FirstOrDefault(static action => action.Closed?.Gate is GateName.Paused)?.Closed;
        return pauses.Count == 0 && gate is null
            ? new Finding(ConditionTypes.Paused, false, Reasons.NotPaused, "No switch is pulled.")
            : new Finding(
                ConditionTypes.Paused,
                true,
                gate?.Reason ?? Reasons.Paused,
                gate?.Message
                    ?? string.Join(
                        " ",
                        pauses.Select(static pause => $"{pause.Scope}: {pause.Reason ?? "no reason was given"}.")
                    )
            );
    }
}

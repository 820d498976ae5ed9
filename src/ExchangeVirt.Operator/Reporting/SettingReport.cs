using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Operator.Reporting;

/// <summary>Says every enforced setting, desired beside observed, and what is pending with the gate that holds it back.</summary>
public static class SettingReport
{
    /// <summary>Gives the settings' rows of status.</summary>
    public static IReadOnlyList<SettingStatus> Settings(Decision decision, IReadOnlyList<SettingStatus>? before) =>
        [
            .. decision.Plan.Settings.Select(setting =>
                Of(setting, decision, before?.FirstOrDefault(old => old.Name == setting.Name))
            ),
        ];

    /// <summary>Gives what is pending.</summary>
    /// <returns>Null where nothing is.</returns>
    public static PendingStatus? Pending(Decision decision)
    {
        if (decision.Actions.Count == 0)
        {
            return null;
        }

        return new PendingStatus
        {
            Count = decision.Actions.Count,
            Restart = decision.Plan.NeedsRestart,
            NotBefore = decision
                .Actions.Select(static action => action.Closed?.OpensAt)
                .Where(static time => time is not null)
                .Min(),
            Actions =
            [
                .. decision.Actions.Select(
                    (action, index) =>
                        new PendingActionStatus
                        {
                            Name = action.Planned.Action.Name,
                            Subject = action.Planned.Setting,
                            NeedsOff = action.Planned.NeedsOff,
                            BlockedBy = action.Closed?.Reason,
                            // One restart waits for one gate, which says why once.
                            Message =
                                index > 0 && ReferenceEquals(decision.Actions[index - 1].Closed, action.Closed)
                                    ? null
                                    : action.Closed?.Message,
                        }
                ),
            ],
        };
    }

    private static SettingStatus Of(SettingComparison setting, Decision decision, SettingStatus? before)
    {
        var action = decision.Actions.FirstOrDefault(action => action.Planned.Setting == setting.Name);
        var state = StateOf(setting, action, decision);
        return new SettingStatus
        {
            Name = setting.Name,
            Desired = setting.Desired,
            Observed = setting.Observed,
            State = state.ToString(),
            Since =
                state is SettingState.InSync ? null
                : before?.State == state.ToString() ? before.Since
                : decision.Situation.Now,
            BlockedBy = setting.Reason ?? action?.Closed?.Reason,
        };
    }

    private static SettingState StateOf(SettingComparison setting, GatedAction? action, Decision decision) =>
        (setting.State, action) switch
        {
            (SettingState.Drifted, { Closed.Gate: GateName.Contention }) => SettingState.Contended,
            (SettingState.Drifted, { Closed: not null }) => SettingState.Blocked,
            (SettingState.Drifted, { } planned) when ReferenceEquals(planned.Planned, decision.Next) =>
                SettingState.Correcting,
            (var state, _) => state,
        };
}

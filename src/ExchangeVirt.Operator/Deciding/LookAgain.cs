namespace ExchangeVirt.Operator.Deciding;

/// <summary>Tells when time alone may change a decision; everything else rings by itself.</summary>
public static class LookAgain
{
    private static readonly TimeSpan s_soonest = TimeSpan.FromMilliseconds(200);

    /// <summary>How soon a switch that could not be read is read again.</summary>
    private static readonly TimeSpan s_switch = TimeSpan.FromSeconds(30);

    /// <summary>Gives the time to wait before the next pass.</summary>
    /// <returns>Null where only a change elsewhere matters.</returns>
    public static TimeSpan? After(Decision decision)
    {
        var now = decision.Situation.Now;
        var next = decision
            .Actions.Select(static action => action.Closed?.OpensAt)
            .Append(decision.Plan.LookAgainAt)
            .Append(decision.Situation.PauseAssumed ? now + s_switch : null)
            .Concat(decision.Failures.Select(static failure => (DateTimeOffset?)failure.RetryAt))
            .Where(time => time > now)
            .Min();
        return next is null ? null
            : next.Value - now < s_soonest ? s_soonest
            : next.Value - now;
    }
}

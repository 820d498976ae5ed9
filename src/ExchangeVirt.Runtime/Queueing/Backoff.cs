namespace ExchangeVirt.Runtime.Queueing;

/// <summary>Computes exponential delays with a cap and jitter.</summary>
/// <param name="Base">The delay after the first failure, before jitter.</param>
/// <param name="Cap">The longest delay.</param>
public sealed record Backoff(TimeSpan Base, TimeSpan Cap)
{
    /// <summary>Doubles the delay with every failure, caps it, and takes off up to half of it, so that failures spread out.</summary>
    /// <param name="failures">Failures so far without a success in between; at least 1.</param>
    /// <param name="chance">A number from 0 (inclusive) to 1 (exclusive).</param>
    public TimeSpan Delay(int failures, double chance)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        var delay = Math.Min(Cap.TotalMilliseconds, Base.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 1, 62)));
        return TimeSpan.FromMilliseconds(delay * (1 - (chance / 2)));
    }
}

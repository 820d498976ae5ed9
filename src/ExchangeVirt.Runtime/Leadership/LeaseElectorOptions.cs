namespace ExchangeVirt.Runtime.Leadership;

/// <summary>Configures an elector. The defaults are those of Kubernetes' own controllers.</summary>
public sealed record LeaseElectorOptions
{
    /// <summary>Gets the name of this process, which no other has.</summary>
    public required string Identity { get; init; }

    /// <summary>Gets how long others wait after the last renewal that they saw before they take the lease.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Gets how long leadership lasts without a renewal; shorter than <see cref="LeaseDuration"/>, so that all work has ended
    /// before another begins.
    /// </summary>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets how often the lease is looked at and renewed.</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Checks that the times fit together.</summary>
    /// <exception cref="InvalidOperationException">They do not; says how they should.</exception>
    public void Validate()
    {
        if (Identity.Length == 0)
        {
            throw new InvalidOperationException("A leader needs an identity of its own.");
        }

        if (RetryPeriod <= TimeSpan.Zero || RenewDeadline <= RetryPeriod * 1.2 || LeaseDuration <= RenewDeadline)
        {
            throw new InvalidOperationException(
                $"The lease's duration ({LeaseDuration.TotalSeconds} s) must be longer than the renew deadline ({RenewDeadline.TotalSeconds} s), and that longer than 1.2 times the retry period ({RetryPeriod.TotalSeconds} s)."
            );
        }
    }
}

namespace ExchangeVirt.HyperV;

/// <summary>What the driver needs to be told.</summary>
public sealed record HyperVDriverOptions
{
    /// <summary>Gets where identifiers of new adapters come from.</summary>
    public required Func<Guid> NewGuid { get; init; }

    /// <summary>
    /// Gets the installation that the agent is bound to now; null while it is bound to none, and then no action is carried out.
    /// </summary>
    public required Func<string?> Installation { get; init; }

    /// <summary>Gets how long a job of Hyper-V's is waited for before its outcome is called unknown; the job goes on.</summary>
    public TimeSpan JobDeadline { get; init; } = TimeSpan.FromHours(12);

    /// <summary>Gets how long a change may take to show once Hyper-V has said that it was made.</summary>
    public TimeSpan EffectDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets how long what is known of a virtual disk file is good for.</summary>
    public TimeSpan DiskFactsLifetime { get; init; } = TimeSpan.FromHours(1);
}

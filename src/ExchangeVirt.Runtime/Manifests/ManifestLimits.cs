namespace ExchangeVirt.Runtime.Manifests;

/// <summary>Bounds what is read from a manifest directory, and how much may vanish from it at once.</summary>
public sealed record ManifestLimits
{
    /// <summary>The largest file that is read, in bytes.</summary>
    public long FileBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>The most that is read in all, in bytes.</summary>
    public long TotalBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>The most files that are read.</summary>
    public int Files { get; init; } = 20_000;

    /// <summary>More objects than this gone at once stop the pass.</summary>
    public int GoneObjects { get; init; } = 10;

    /// <summary>A larger share of the objects than this gone at once stops the pass, in percent.</summary>
    public int GonePercent { get; init; } = 20;
}

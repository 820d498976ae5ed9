using ExchangeVirt.Runtime.Manifests;

namespace ExchangeVirt.Runtime.Directories;

/// <summary>Configures a directory store.</summary>
/// <param name="ManifestDirectory">What people write; never written to.</param>
/// <param name="StateDirectory">What the operator remembers; made if missing, used by one operator at a time.</param>
public sealed record DirectoryStoreOptions(string ManifestDirectory, string StateDirectory)
{
    /// <summary>How often the manifests are looked at, whatever hints say.</summary>
    public TimeSpan ScanInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long no file may change before the set is taken.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often contents are read though no size, time or name changed, which some tools keep as they were.</summary>
    public TimeSpan Reread { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The least time between two looks, however many hints come.</summary>
    public TimeSpan LeastScanInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How often a quiet watch tells that it lives.</summary>
    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How many changes a watch may lag behind before it must list again.</summary>
    public int History { get; init; } = 8192;

    /// <summary>How much is read, and how much may vanish at once.</summary>
    public ManifestLimits Limits { get; init; } = new();
}

namespace ExchangeVirt.Runtime.Manifests;

/// <summary>Holds what a look at a manifest directory found, without having read any file.</summary>
/// <param name="Root">The directory with its links resolved; null where it is missing.</param>
/// <param name="Files">The files, ordered by path.</param>
/// <param name="Problems">What cannot be read at all.</param>
internal sealed record ManifestListing(
    string? Root,
    IReadOnlyList<ManifestListing.Entry> Files,
    IReadOnlyList<ManifestProblem> Problems
)
{
    /// <summary>Whether the two looks found the same: same files, same sizes, same times, same problems.</summary>
    public bool Matches(ManifestListing other) =>
        Root == other.Root && Files.SequenceEqual(other.Files) && Problems.SequenceEqual(other.Problems);

    /// <summary>Names files that differ between two looks, for people.</summary>
    public IEnumerable<string> Differences(ManifestListing other) =>
        Files.Except(other.Files).Concat(other.Files.Except(Files)).Select(entry => entry.Path).Distinct();

    /// <param name="Path">Relative to the directory, with forward slashes.</param>
    /// <param name="Target">The file itself, links resolved: a flipped link is a change though sizes and times agree.</param>
    /// <param name="Bytes">Its size.</param>
    /// <param name="Written">Its time of change in UTC ticks, compared but never interpreted.</param>
    internal sealed record Entry(string Path, string Target, long Bytes, long Written);
}

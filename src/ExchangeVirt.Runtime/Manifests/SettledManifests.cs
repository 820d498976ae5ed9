using System.Security.Cryptography;
using System.Text;

namespace ExchangeVirt.Runtime.Manifests;

/// <summary>
/// Takes the files of a manifest directory only as a set that did not change for a while, so that neither a half-written
/// file nor half a checkout is ever seen.
/// </summary>
internal sealed class SettledManifests(ManifestScanner scanner, TimeSpan settle, TimeSpan reread, TimeProvider time)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private ManifestListing? _seen;
    private long _seenAt;
    private ManifestListing? _before;
    private string? _takenHash;
    private bool _takenSeen;
    private long _readAt;
    private long _unsettledSince;

    /// <summary>How long until the set may have settled; null where nothing is awaited.</summary>
    public TimeSpan? Remaining => _takenSeen || _seen is null ? null : settle - time.GetElapsedTime(_seenAt);

    /// <summary>Says so where the files have been changing for more than a minute; else null.</summary>
    public ManifestProblem? Restless { get; private set; }

    /// <summary>Looks at the directory.</summary>
    /// <returns>Null where the set has not settled, or is what was accepted before; else it comes again until accepted.</returns>
    public Taken? Look()
    {
        var listing = scanner.List();
        if (_seen is null || !listing.Matches(_seen))
        {
            See(listing);
            return null;
        }

        if (time.GetElapsedTime(_seenAt) < settle || (_takenSeen && time.GetElapsedTime(_readAt) < reread))
        {
            return null;
        }

        var (files, problems) = ManifestScanner.Read(listing);
        if (scanner.List() is var after && !after.Matches(listing))
        {
            See(after);
            return null;
        }

        Restless = null;
        _readAt = time.GetTimestamp();
        ManifestProblem[] all = [.. listing.Problems, .. problems];
        var hash = Hash(listing, files, all);
        if (hash == _takenHash)
        {
            _takenSeen = true;
            return null;
        }

        return new Taken(files, all, hash);
    }

    /// <summary>Says that a set was understood and is not needed again.</summary>
    public void Accept(Taken taken)
    {
        _takenSeen = true;
        _takenHash = taken.Hash;
    }

    private void See(ManifestListing listing)
    {
        if (_seen is null || _takenSeen)
        {
            _unsettledSince = time.GetTimestamp();
        }

        (_before, _seen) = (_seen, listing);
        _takenSeen = false;
        _seenAt = time.GetTimestamp();
        if (_before is not null && time.GetElapsedTime(_unsettledSince) > s_patience)
        {
            var changing = string.Join(", ", listing.Differences(_before).Take(5));
            Restless = new ManifestProblem(
                "",
                0,
                "",
                $"Files have been changing for over a minute ({changing}), so nothing was taken. Manifests are taken when"
                    + $" none changed for {settle.TotalSeconds:0.#} s; move what changes all the time out of the directory."
            );
        }
    }

    private static string Hash(
        ManifestListing listing,
        IEnumerable<ManifestFile> files,
        IEnumerable<ManifestProblem> problems
    )
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(listing.Root is null ? "missing\n" : "present\n"));
        foreach (var file in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Path}\n{file.Content.Length}\n"));
            hash.AppendData(file.Content.Span);
        }

        foreach (var problem in problems)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{problem}\n"));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <param name="Files">The files that could be read.</param>
    /// <param name="Problems">What could not.</param>
    /// <param name="Hash">Identifies the whole.</param>
    internal sealed record Taken(
        IReadOnlyList<ManifestFile> Files,
        IReadOnlyList<ManifestProblem> Problems,
        string Hash
    );
}

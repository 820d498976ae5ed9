using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Kubernetes;

/// <summary>
/// Remembers which status each version of an object has, so that one that would change nothing is not sent: at rest nothing
/// is written.
/// </summary>
/// <remarks>
/// Only digests are kept, since the caches hold the objects themselves; and those of a few versions, since a pass may still work
/// on one version while somebody else's changes bring the next ones.
/// </remarks>
internal sealed class StatusMemory
{
    /// <summary>How many versions of an object are remembered, the last that was read first.</summary>
    private const int Versions = 8;

    private readonly ConcurrentDictionary<
        (string Plural, ResourceKey Key),
        ImmutableArray<(string Version, string Digest)>
    > _known = new();
    private readonly ConcurrentDictionary<(string Plural, ResourceKey Key), (string Sent, string Kept)> _kept = new();
    private readonly ConcurrentDictionary<(string Plural, ResourceKey Key), bool> _claimed = new();

    public void Remember(ResourceType type, ResourceKey key, string version, string status)
    {
        var read = (Version: version, Digest: Digest(status));
        _known.AddOrUpdate(
            (type.Plural, key),
            static (_, read) => [read],
            static (_, known, read) => [read, .. known.Where(old => old.Version != read.Version).Take(Versions - 1)],
            read
        );
    }

    /// <summary>
    /// Notes what the server made of a status: others may hold on to a part that it left out, and to leave that out again changes
    /// nothing.
    /// </summary>
    /// <param name="type">The object's kind.</param>
    /// <param name="key">The object.</param>
    /// <param name="sent">The status that was sent.</param>
    /// <param name="kept">The status that the object has after it.</param>
    public void NoteKept(ResourceType type, ResourceKey key, string sent, string kept)
    {
        if (sent == kept)
        {
            _kept.TryRemove((type.Plural, key), out _);
        }
        else
        {
            _kept[(type.Plural, key)] = (Digest(sent), Digest(kept));
        }
    }

    /// <summary>Tells whether a status would change nothing of a version of an object.</summary>
    public bool IsSame(ResourceType type, ResourceKey key, string version, string status)
    {
        if (
            !_known.TryGetValue((type.Plural, key), out var known)
            || known.FirstOrDefault(each => each.Version == version) is not { Digest: { } stored }
        )
        {
            return false;
        }

        var digest = Digest(status);
        return stored == digest || (_kept.TryGetValue((type.Plural, key), out var kept) && kept == (digest, stored));
    }

    public void Forget(ResourceType type, ResourceKey key)
    {
        _known.TryRemove((type.Plural, key), out _);
        _kept.TryRemove((type.Plural, key), out _);
        _claimed.TryRemove((type.Plural, key), out _);
    }

    /// <summary>Notes whether somebody who only declared an object is on record as an owner of its status.</summary>
    public void NoteClaim(ResourceType type, ResourceKey key, bool isClaimed)
    {
        if (isClaimed)
        {
            _claimed[(type.Plural, key)] = true;
        }
        else
        {
            _claimed.TryRemove((type.Plural, key), out _);
        }
    }

    public bool IsClaimed(ResourceType type, ResourceKey key) => _claimed.ContainsKey((type.Plural, key));

    /// <summary>Forgets the objects of a kind that a list does not hold.</summary>
    public void Keep(ResourceType type, IReadOnlySet<ResourceKey> keys)
    {
        foreach (var known in _known.Keys)
        {
            if (known.Plural == type.Plural && !keys.Contains(known.Key))
            {
                Forget(type, known.Key);
            }
        }
    }

    private static string Digest(string status) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(status)));
}

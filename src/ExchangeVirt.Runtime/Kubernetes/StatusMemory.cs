using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Kubernetes;

/// <summary>
/// Remembers which status each version of an object has, so that one that would change nothing is not sent: at rest nothing
/// is written.
/// </summary>
/// <remarks>Only digests are kept, since the caches hold the objects themselves.</remarks>
internal sealed class StatusMemory
{
    private readonly ConcurrentDictionary<(string Plural, ResourceKey Key), (string Version, string Digest)> _known =
        new();
    private readonly ConcurrentDictionary<(string Plural, ResourceKey Key), bool> _claimed = new();

    public void Remember(ResourceType type, ResourceKey key, string version, string status) =>
        _known[(type.Plural, key)] = (version, Digest(status));

    public bool IsSame(ResourceType type, ResourceKey key, string version, string status) =>
        _known.TryGetValue((type.Plural, key), out var known) && known == (version, Digest(status));

    public void Forget(ResourceType type, ResourceKey key)
    {
        _known.TryRemove((type.Plural, key), out _);
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

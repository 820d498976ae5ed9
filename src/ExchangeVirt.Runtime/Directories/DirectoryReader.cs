using System.Text.Json.Nodes;
using ExchangeVirt.Runtime.Manifests;
using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Runtime.Directories;

/// <summary>
/// Reads a state directory beside a running operator, without its lock and without ever writing. Every call reads afresh.
/// </summary>
/// <param name="stateDirectory">The operator's state directory.</param>
public sealed class DirectoryReader(string stateDirectory)
{
    private readonly StateLayout _layout = new(stateDirectory);

    /// <summary>Whether there is state at all.</summary>
    public bool Exists => Directory.Exists(_layout.Objects) || File.Exists(_layout.Holder);

    /// <summary>Who took the directory last; it may have ended since. Null where nobody did.</summary>
    public StateHolder? Holder => StateLock.ReadHolder(_layout);

    /// <summary>Whether the process that took the directory last still runs; null where that cannot be told from here.</summary>
    public bool? IsHolderRunning => Holder is { } holder ? StateLock.IsRunning(holder) : null;

    /// <summary>Lists all objects of a kind, ordered by namespace and name.</summary>
    /// <exception cref="StateVersionException">The state is of a newer version of the product.</exception>
    public IReadOnlyList<T> List<T>()
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var kind = ResourceType.Of<T>().Kind;
        return [.. Entries().Where(entry => entry.Kind == kind).Select(ObjectView.As<T>)];
    }

    /// <summary>Finds an object.</summary>
    /// <returns>Null where there is none.</returns>
    public T? Get<T>(ResourceKey key)
        where T : class, IKubernetesObject<V1ObjectMeta> => List<T>().FirstOrDefault(entity => entity.Key() == key);

    /// <summary>Lists all objects of all kinds as JSON, ordered by kind, namespace and name.</summary>
    public IReadOnlyList<JsonObject> ListJson() => [.. Entries().Select(ObjectView.Json)];

    /// <summary>Lists events, the latest last.</summary>
    /// <param name="kind">Only those about objects of this kind. Null: all.</param>
    /// <param name="key">Only those about this object. Null: all.</param>
    public IReadOnlyList<EventRecord> ListEvents(string? kind = null, ResourceKey? key = null) =>
        new EventFiles(_layout, static _ => { }).List(kind, key);

    /// <summary>Lists what the operator found wrong with the manifests when it looked last.</summary>
    public IReadOnlyList<ManifestProblem> ListProblems() =>
        StateDocument.Read<ProblemsContent>(_layout.Problems, static _ => { })?.Problems ?? [];

    /// <summary>Lists state files that cannot be read, each with the reason.</summary>
    public IReadOnlyList<string> ListDamage()
    {
        List<string> damage = [];
        StateFiles.ReadObjects(_layout, damage.Add, damage.Add);
        return damage;
    }

    // What is damaged is left out here and told by ListDamage: the rest is still worth seeing.
    private IEnumerable<StoredObject> Entries() =>
        StateFiles
            .ReadObjects(_layout, static _ => { }, static _ => { })
            .Where(entry => !entry.Ended)
            .OrderBy(entry => entry.Kind, StringComparer.Ordinal)
            .ThenBy(entry => entry.Namespace, StringComparer.Ordinal)
            .ThenBy(entry => entry.Name, StringComparer.Ordinal);
}

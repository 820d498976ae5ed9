using System.Collections.Immutable;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Directories;

/// <summary>Identifies an object among all kinds.</summary>
internal readonly record struct ObjectId(string Kind, ResourceKey Key)
{
    public override string ToString() => $"{Kind} {Key}";
}

/// <summary>Holds all that is kept about one object: the last good manifest and what the operator adds to it.</summary>
internal sealed record StoredObject
{
    public required string Kind { get; init; }

    public string? Namespace { get; init; }

    public required string Name { get; init; }

    public required string Uid { get; init; }

    public long Generation { get; init; }

    public long ResourceVersion { get; init; }

    public DateTimeOffset CreationTimestamp { get; init; }

    public DateTimeOffset? DeletionTimestamp { get; init; }

    public ImmutableList<string> Finalizers { get; init; } = [];

    /// <summary>Annotations that the operator set.</summary>
    public ImmutableSortedDictionary<string, string> Annotations { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Annotations of the manifest that the operator removed, each with the value that it removed.</summary>
    public ImmutableSortedDictionary<string, string> RemovedAnnotations { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The last good manifest in canonical form.</summary>
    public required RawJson Manifest { get; init; }

    /// <summary>The status in canonical form.</summary>
    public RawJson? Status { get; init; }

    /// <summary>The file that declared it last, relative to the manifest directory.</summary>
    public required string File { get; init; }

    public int Line { get; init; }

    /// <summary>Whether no manifest declares it any more.</summary>
    public bool Vanished { get; init; }

    /// <summary>
    /// Whether its deletion is complete. It is remembered only as long as a manifest still declares it: else the next look
    /// at that manifest would make it anew.
    /// </summary>
    public bool Ended { get; init; }

    [System.Text.Json.Serialization.JsonIgnore]
    public ResourceKey Key => new(Namespace, Name);

    [System.Text.Json.Serialization.JsonIgnore]
    public ObjectId Id => new(Kind, Key);
}

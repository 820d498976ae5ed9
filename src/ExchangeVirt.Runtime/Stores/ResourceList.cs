namespace ExchangeVirt.Runtime.Stores;

/// <summary>Holds all objects of one kind at one moment.</summary>
/// <param name="Items">The objects, each a copy of its own.</param>
/// <param name="ResourceVersion">The version to watch from, so that nothing after this list is missed.</param>
public sealed record ResourceList<T>(IReadOnlyList<T> Items, string ResourceVersion)
{
    /// <summary>Objects that exist but could not be read as <typeparamref name="T"/>; they must not be taken for deleted.</summary>
    public IReadOnlyList<UnreadableResource> Unreadable { get; init; } = [];
}

/// <summary>Names an object that exists but does not fit its type, and says why.</summary>
/// <param name="Key">The object.</param>
/// <param name="Message">What does not fit, with its path in the object.</param>
public sealed record UnreadableResource(ResourceKey Key, string Message)
{
    /// <summary>The object as the store has it, as JSON.</summary>
    public required string Json { get; init; }
}

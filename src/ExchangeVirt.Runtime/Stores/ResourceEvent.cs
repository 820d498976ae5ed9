namespace ExchangeVirt.Runtime.Stores;

/// <summary>Says what happened to an object.</summary>
public enum ResourceEventType
{
    /// <summary>The object is new.</summary>
    Added,

    /// <summary>The object changed.</summary>
    Modified,

    /// <summary>The object is gone; the event carries its last state.</summary>
    Deleted,

    /// <summary>Nothing happened to any object of the kind up to the event's version.</summary>
    Bookmark,
}

/// <summary>Reports one change of one object, in the order of the store.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Object">
/// The object after the change, or before it where it was deleted. Null for a bookmark, and for an object that cannot be
/// read, which <see cref="Unreadable"/> names.
/// </param>
/// <param name="ResourceVersion">The store's version after the change: a watch may resume from it.</param>
public sealed record ResourceEvent<T>(ResourceEventType Type, T? Object, string ResourceVersion)
    where T : class
{
    /// <summary>The object where it cannot be read as <typeparamref name="T"/>; else null.</summary>
    public UnreadableResource? Unreadable { get; init; }
}

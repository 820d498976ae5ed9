namespace ExchangeVirt.Runtime.Stores;

/// <summary>Says whether an event is news or trouble, in Kubernetes' two words.</summary>
public enum EventType
{
    /// <summary>What was to be expected.</summary>
    Normal,

    /// <summary>What a person should look at.</summary>
    Warning,
}

/// <summary>Names the object that an event is about.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Key">Its namespace and name.</param>
/// <param name="Uid">Its UID, where known: an object of the same name made later is another.</param>
/// <param name="ApiVersion">Group and version of its kind, where known.</param>
public sealed record ResourceReference(string Kind, ResourceKey Key, string? Uid = null, string? ApiVersion = null);

/// <summary>Records something that happened to an object, and how often.</summary>
/// <param name="Regarding">The object.</param>
/// <param name="Type">News or trouble.</param>
/// <param name="Reason">A CamelCase word that stays the same over releases.</param>
/// <param name="Message">One sentence for people.</param>
/// <param name="Count">How often it happened; a store adds this to what it has of the same event.</param>
/// <param name="FirstTimestamp">When it first happened.</param>
/// <param name="LastTimestamp">When it last happened.</param>
public sealed record EventRecord(
    ResourceReference Regarding,
    EventType Type,
    string Reason,
    string Message,
    int Count,
    DateTimeOffset FirstTimestamp,
    DateTimeOffset LastTimestamp
);

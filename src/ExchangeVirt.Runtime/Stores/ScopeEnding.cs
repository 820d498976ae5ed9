namespace ExchangeVirt.Runtime.Stores;

/// <summary>Says what an object is in.</summary>
public enum ScopeKind
{
    /// <summary>The namespace that holds it.</summary>
    Namespace,

    /// <summary>The CustomResourceDefinition of its kind, with which every object of the kind goes.</summary>
    CustomResourceDefinition,
}

/// <summary>Tells that an object goes because what it is in is being deleted: nobody asked for the end of this one object.</summary>
/// <param name="Kind">What is being deleted.</param>
/// <param name="Name">Its name.</param>
public sealed record ScopeEnding(ScopeKind Kind, string Name)
{
    /// <summary>Names it for people, such as <c>Namespace messaging</c>.</summary>
    public override string ToString() => $"{Kind} {Name}";
}

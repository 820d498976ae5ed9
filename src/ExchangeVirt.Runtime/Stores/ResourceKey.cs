namespace ExchangeVirt.Runtime.Stores;

/// <summary>Identifies one object among those of its kind.</summary>
/// <param name="Namespace">The namespace; null for a cluster-scoped kind.</param>
/// <param name="Name">The name, unique in its namespace.</param>
public readonly record struct ResourceKey(string? Namespace, string Name)
{
    /// <summary>Writes <c>namespace/name</c>, or the bare name of a cluster-scoped object.</summary>
    public override string ToString() => Namespace is null ? Name : $"{Namespace}/{Name}";
}

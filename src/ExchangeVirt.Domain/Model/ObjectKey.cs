namespace ExchangeVirt.Domain.Model;

/// <summary>Names a declared object.</summary>
/// <param name="Namespace">The namespace; empty for cluster-wide kinds.</param>
/// <param name="Name">The object's name.</param>
public readonly record struct ObjectKey(string Namespace, string Name)
{
    /// <summary>Writes <c>namespace/name</c>, or the name alone.</summary>
    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}

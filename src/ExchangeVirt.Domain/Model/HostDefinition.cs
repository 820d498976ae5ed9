namespace ExchangeVirt.Domain.Model;

/// <summary>A host as its manifest declares it.</summary>
public sealed record HostDefinition
{
    /// <summary>Gets the declared name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets its labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets whose VMs it may hold; null: all.</summary>
    public IReadOnlyList<string>? AllowedNamespaces { get; init; }

    /// <summary>Gets whether VMs may be placed on it (false: cordoned).</summary>
    public bool Schedulable { get; init; } = true;

    /// <summary>Gets whether it is being emptied for maintenance.</summary>
    public bool Draining { get; init; }

    /// <summary>Gets why its declaration cannot be relied on, in words; null where it can. Nothing is placed on such a host.</summary>
    public string? Problem { get; init; }

    /// <summary>Gets its fault domain; null where none is declared.</summary>
    public string? FaultDomain { get; init; }

    /// <summary>Gets its policy, which gives ratio, accounting and reserves.</summary>
    public required Policy Policy { get; init; }
}

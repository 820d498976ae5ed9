namespace ExchangeVirt.Runtime.Stores;

/// <summary>Lists the changes to an object's metadata that a controller may make. What is null or empty stays as it is.</summary>
public sealed record MetadataPatch
{
    /// <summary>The whole list of finalizers as it shall be. Null: unchanged.</summary>
    public IReadOnlyList<string>? Finalizers { get; init; }

    /// <summary>Annotations to set, by name.</summary>
    public IReadOnlyDictionary<string, string> SetAnnotations { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Names of annotations to remove. One that the manifest declares stays removed until the manifest gives it another
    /// value.
    /// </summary>
    public IReadOnlyList<string> RemoveAnnotations { get; init; } = [];
}

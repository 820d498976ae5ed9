namespace ExchangeVirt.Runtime.Manifests;

/// <summary>Tells controllers, by an annotation, what became of an object's manifest. Only a directory store sets it.</summary>
public static class ManifestAnnotation
{
    /// <summary>The annotation's name.</summary>
    public const string Name = "exchangevirt.io/manifest";

    /// <summary>
    /// The value where no manifest declares the object any more. It stays with its last good spec until its deletion is
    /// asked for.
    /// </summary>
    public const string Vanished = "Vanished";
}

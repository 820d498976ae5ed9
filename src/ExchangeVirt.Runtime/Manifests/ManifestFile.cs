namespace ExchangeVirt.Runtime.Manifests;

/// <summary>Holds one file of a manifest directory, read whole.</summary>
/// <param name="Path">The path relative to the directory, with forward slashes.</param>
/// <param name="Content">The bytes as they are.</param>
public sealed record ManifestFile(string Path, ReadOnlyMemory<byte> Content);

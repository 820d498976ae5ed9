using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Informers;

/// <summary>Tells a handler which object changed. The objects are the cache's own: read them, never change them.</summary>
/// <param name="Key">The object.</param>
/// <param name="Before">Its state before; null where it is new.</param>
/// <param name="After">Its state now; null where it is gone.</param>
public sealed record ResourceChange<T>(ResourceKey Key, T? Before, T? After)
    where T : class;

using System.Text.Json.Nodes;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Operator.Observing;

/// <summary>A VM's object that exists and cannot be read: it holds a word or a field that this version does not know.</summary>
/// <param name="Key">Its namespace and name.</param>
/// <param name="Json">What the store gave; null where that is no JSON object.</param>
public sealed record UnreadableVirtualMachine(ResourceKey Key, JsonObject? Json)
{
    /// <summary>Takes it from what a store could not read.</summary>
    public static UnreadableVirtualMachine From(UnreadableResource resource) =>
        new(resource.Key, JsonNode.Parse(resource.Json) as JsonObject);
}

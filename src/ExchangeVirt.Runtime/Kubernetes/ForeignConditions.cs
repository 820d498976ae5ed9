using System.Text.Json;
using System.Text.Json.Nodes;

namespace ExchangeVirt.Runtime.Kubernetes;

/// <summary>
/// Leaves out of a status the conditions that somebody else has put beside ours. They say nothing about what this operator
/// knows: kept, they would be written under its name and no longer be theirs; missed, each of their changes would be answered by
/// a write that changes nothing. Pure.
/// </summary>
/// <remarks>
/// Only whole conditions: whoever wrote another field of the status (a backup that was restored), it is what the operator said
/// once, and its bindings rest on it.
/// </remarks>
internal static class ForeignConditions
{
    private const string ConditionKey = "k:{\"type\":";

    /// <summary>Gives the object without them.</summary>
    /// <param name="entity">The object as the server has it, with the record of who wrote which field.</param>
    /// <param name="fieldManager">Under which name the operator writes status.</param>
    /// <returns>The object itself where there are none.</returns>
    public static JsonElement LeaveOut(JsonElement entity, string fieldManager)
    {
        if (
            entity.ValueKind is not JsonValueKind.Object
            || !entity.TryGetProperty("status", out var status)
            || status.ValueKind is not JsonValueKind.Object
            || !status.TryGetProperty("conditions", out var conditions)
            || conditions.ValueKind is not JsonValueKind.Array
            || TypesOf(entity, fieldManager) is not { Count: > 0 } foreign
        )
        {
            return entity;
        }

        var own = JsonNode.Parse(entity.GetRawText())!.AsObject();
        own["status"]!["conditions"]!
            .AsArray()
            .RemoveAll(condition =>
                condition is JsonObject map
                && map["type"] is JsonValue type
                && type.TryGetValue<string>(out var name)
                && foreign.Contains(name)
            );
        return JsonSerializer.SerializeToElement(own);
    }

    private static HashSet<string> TypesOf(JsonElement entity, string fieldManager)
    {
        HashSet<string> ours = new(StringComparer.Ordinal);
        HashSet<string> theirs = new(StringComparer.Ordinal);
        if (
            !entity.TryGetProperty("metadata", out var metadata)
            || !metadata.TryGetProperty("managedFields", out var entries)
            || entries.ValueKind is not JsonValueKind.Array
        )
        {
            return theirs;
        }

        foreach (var entry in entries.EnumerateArray())
        {
            // Whoever declares an object may be put on record as an owner of its whole status, which says nothing.
            if (
                entry.TryGetProperty("fieldsV1", out var fields)
                && fields.ValueKind is JsonValueKind.Object
                && !fields.TryGetProperty("f:spec", out _)
                && fields.TryGetProperty("f:status", out var status)
                && status.TryGetProperty("f:conditions", out var conditions)
            )
            {
                var isOurs = entry.TryGetProperty("manager", out var manager) && manager.ValueEquals(fieldManager);
                (isOurs ? ours : theirs).UnionWith(TypesOf(conditions));
            }
        }

        theirs.ExceptWith(ours);
        return theirs;
    }

    private static IEnumerable<string> TypesOf(JsonElement conditions) =>
        conditions
            .EnumerateObject()
            .Where(static field => field.Name.StartsWith(ConditionKey, StringComparison.Ordinal))
            .Select(static field => (string?)JsonNode.Parse(field.Name[2..])?["type"])
            .OfType<string>();
}

using System.Text.Json.Nodes;

namespace ExchangeVirt.Runtime.Kubernetes;

/// <summary>
/// Finds what an apply would remove of a status and an old API server cannot: up to version 1.20 a map or list that loses all
/// its fields becomes null, which the schema then refuses.
/// </summary>
/// <remarks>Source: seen on kube-apiserver 1.20.2; structured-merge-diff removes such parts from version 4.0.2 on.</remarks>
internal static class StatusRemovals
{
    /// <summary>Makes the merge patch that removes those parts.</summary>
    /// <param name="stored">The object as the server has it.</param>
    /// <param name="status">The status as it shall be.</param>
    /// <param name="fieldManager">Whose fields may be removed; those of others are left alone.</param>
    /// <returns>Null where there are none.</returns>
    public static JsonObject? Find(JsonNode stored, JsonObject status, string fieldManager) =>
        stored["status"] is JsonObject before
        && OwnedBy(stored, fieldManager)?["f:status"] is JsonObject owned
        && Find(before, status, owned) is { Count: > 0 } removals
            ? new JsonObject { ["status"] = removals }
            : null;

    private static JsonObject Find(JsonObject before, JsonObject after, JsonObject owned)
    {
        JsonObject removals = [];
        foreach (var (name, value) in before)
        {
            if (value is not (JsonObject or JsonArray) || owned[$"f:{name}"] is not JsonObject ownedHere)
            {
                continue;
            }

            if (after[name] is null)
            {
                removals[name] = null;
            }
            else if (
                value is JsonObject inner
                && after[name] is JsonObject innerAfter
                && Find(inner, innerAfter, ownedHere) is { Count: > 0 } nested
            )
            {
                removals[name] = nested;
            }
        }

        return removals;
    }

    private static JsonNode? OwnedBy(JsonNode stored, string fieldManager) =>
        stored["metadata"]
            ?["managedFields"]?.AsArray()
            .FirstOrDefault(entry =>
                (string?)entry?["manager"] == fieldManager && (string?)entry["operation"] == "Apply"
            )
            ?["fieldsV1"];
}

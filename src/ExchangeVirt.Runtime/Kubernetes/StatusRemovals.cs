using System.Text.Json;
using System.Text.Json.Nodes;

namespace ExchangeVirt.Runtime.Kubernetes;

/// <summary>
/// Finds what an apply leaves out of a status and an old API server would not remove, or not whole. Up to version 1.20 a map or a
/// list that loses all its fields becomes null, which the schema refuses; and where a status has a default, whoever created the
/// object counts as an owner of all of it, so that what is dropped stays. Pure.
/// </summary>
/// <remarks>
/// Source: seen on kube-apiserver 1.20.2. Newer servers remove it, and keep those who declare an object apart from those who
/// write its status: https://kubernetes.io/docs/reference/using-api/server-side-apply/
/// </remarks>
internal static class StatusRemovals
{
    private const string SpecFields = "f:spec";
    private const string StatusFields = "f:status";

    /// <summary>Tells whether somebody who only declared an object is on record as an owner of its status.</summary>
    public static bool IsClaimed(JsonElement entity) =>
        entity.TryGetProperty("metadata", out var metadata)
        && metadata.TryGetProperty("managedFields", out var entries)
        && entries
            .EnumerateArray()
            .Any(static entry =>
                entry.TryGetProperty("fieldsV1", out var fields)
                && fields.ValueKind is JsonValueKind.Object
                && fields.TryGetProperty(SpecFields, out _)
                && fields.TryGetProperty(StatusFields, out _)
            );

    /// <summary>Makes the merge patch that removes what is nobody else's.</summary>
    /// <param name="stored">The object as the server has it.</param>
    /// <param name="status">The status as it shall be.</param>
    /// <param name="fieldManager">Who writes it.</param>
    /// <returns>Null where there is nothing to remove.</returns>
    public static JsonObject? Find(JsonNode stored, JsonObject status, string fieldManager)
    {
        if (stored["status"] is not JsonObject before)
        {
            return null;
        }

        var entries = stored["metadata"]?["managedFields"]?.AsArray().OfType<JsonObject>().ToList() ?? [];
        var pruned = Prune(
            before,
            status,
            Trees(entries.Where(entry => IsForeign(entry, fieldManager))),
            Trees(entries)
        );
        return Difference(before, pruned) is { Count: > 0 } removals ? new JsonObject { ["status"] = removals } : null;
    }

    private static bool IsForeign(JsonObject entry, string fieldManager) =>
        (string?)entry["manager"] != fieldManager && entry["fieldsV1"]?[SpecFields] is null;

    private static List<JsonObject> Trees(IEnumerable<JsonObject> entries) =>
        [.. entries.Select(static entry => entry["fieldsV1"]?[StatusFields]).OfType<JsonObject>()];

    /// <summary>Leaves of a map what shall be there, and what others own.</summary>
    private static JsonObject Prune(JsonObject before, JsonObject after, List<JsonObject> foreign, List<JsonObject> all)
    {
        JsonObject pruned = [];
        foreach (var (name, value) in before)
        {
            var theirs = Below(foreign, $"f:{name}");
            var wanted = after[name];
            if (wanted is null)
            {
                if (theirs.Count > 0)
                {
                    pruned[name] = value?.DeepClone();
                }

                continue;
            }

            pruned[name] = (value, wanted) switch
            {
                (JsonObject map, JsonObject wantedMap) => Prune(map, wantedMap, theirs, Below(all, $"f:{name}")),
                (JsonArray list, JsonArray wantedList) => Prune(list, wantedList, theirs, Below(all, $"f:{name}")),
                _ => value?.DeepClone(),
            };
        }

        return pruned;
    }

    /// <summary>Leaves of a list what shall be there, and what others own. Only lists whose items have keys can lose single ones.</summary>
    private static JsonArray Prune(JsonArray before, JsonArray after, List<JsonObject> foreign, List<JsonObject> all)
    {
        var keys = all.SelectMany(static tree => tree)
            .Select(static field => field.Key)
            .Where(static key => key.StartsWith("k:", StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal)
            .Select(static key => (Text: key, Fields: JsonNode.Parse(key[2..])!.AsObject()))
            .ToList();
        if (keys.Count == 0)
        {
            return foreign.Count > 0 ? before.DeepClone().AsArray() : after.DeepClone().AsArray();
        }

        JsonArray pruned = [];
        foreach (var item in before)
        {
            if (
                item is not JsonObject map
                || keys.Find(key => Has(map, key.Fields)) is not { Text: { } text, Fields: var key }
            )
            {
                pruned.Add(item?.DeepClone());
            }
            else if (after.OfType<JsonObject>().FirstOrDefault(each => Has(each, key)) is { } wanted)
            {
                pruned.Add((JsonNode)Prune(map, wanted, Below(foreign, text), Below(all, text)));
            }
            else if (Below(foreign, text).Count > 0)
            {
                pruned.Add(item.DeepClone());
            }
        }

        return pruned;
    }

    private static bool Has(JsonObject item, JsonObject key) =>
        key.All(field => JsonNode.DeepEquals(item[field.Key], field.Value));

    private static List<JsonObject> Below(List<JsonObject> trees, string field) =>
        [.. trees.Select(tree => tree[field]).OfType<JsonObject>()];

    private static JsonObject Difference(JsonObject before, JsonObject pruned)
    {
        JsonObject patch = [];
        foreach (var (name, value) in before)
        {
            if (pruned[name] is not { } left)
            {
                patch[name] = null;
            }
            else if (value is JsonObject map && left is JsonObject leftMap)
            {
                if (Difference(map, leftMap) is { Count: > 0 } nested)
                {
                    patch[name] = nested;
                }
            }
            else if (!JsonNode.DeepEquals(value, left))
            {
                patch[name] = left.DeepClone();
            }
        }

        return patch;
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;

namespace ExchangeVirt.Cli.Output;

/// <summary>One field that differs between two objects.</summary>
/// <param name="Path">The field, such as <c>spec.disks[db1].virtualHardDisk.size</c>.</param>
/// <param name="Before">Its value before, as JSON; null where it was absent.</param>
/// <param name="After">Its value after, as JSON; null where it is absent.</param>
internal sealed record JsonDifference(string Path, string? Before, string? After)
{
    /// <summary>Writes it for people.</summary>
    public override string ToString() => $"{Path}: {Before ?? "absent"} -> {After ?? "absent"}";
}

/// <summary>Finds what differs between two JSON values, field by field; items of lists are matched by their names where they have any.</summary>
internal static class JsonDifferences
{
    /// <summary>Compares.</summary>
    /// <param name="before">The value before; null where there was none.</param>
    /// <param name="after">The value after; null where there is none.</param>
    /// <param name="path">The path of both.</param>
    public static IEnumerable<JsonDifference> Between(JsonNode? before, JsonNode? after, string path) =>
        (before, after) switch
        {
            _ when JsonNode.DeepEquals(before, after) => [],
            (JsonObject left, JsonObject right) => left.Select(static field => field.Key)
                .Union(right.Select(static field => field.Key))
                .SelectMany(name => Between(left[name], right[name], $"{path}.{name}")),
            (JsonArray left, JsonArray right) when IsNamed(left) && IsNamed(right) => left.Concat(right)
                .Select(NameOf)
                .Distinct(StringComparer.Ordinal)
                .SelectMany(name => Between(Named(left, name), Named(right, name), $"{path}[{name}]")),
            _ => [new JsonDifference(path, Text(before), Text(after))],
        };

    private static bool IsNamed(JsonArray list) =>
        list.Select(NameOf).All(static name => name.Length > 0)
        && list.Select(NameOf).Distinct(StringComparer.Ordinal).Count() == list.Count;

    private static string NameOf(JsonNode? item) =>
        (item as JsonObject)?["name"] is JsonValue name && name.GetValueKind() is JsonValueKind.String
            ? name.GetValue<string>()
            : "";

    private static JsonNode? Named(JsonArray list, string name) => list.FirstOrDefault(item => NameOf(item) == name);

    private static string? Text(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() is JsonValueKind.String
            ? value.GetValue<string>()
            : node?.ToJsonString();
}

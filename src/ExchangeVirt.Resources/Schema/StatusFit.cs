using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Resources.Schema;

/// <summary>
/// Cuts a status to what its schema takes: an API server refuses the whole status for one text that is too long or one row
/// that is told twice, and nothing is done about an object whose status cannot be stored.
/// </summary>
public static class StatusFit
{
    private const string Cut = "…";

    /// <summary>Gives the status as it can be stored.</summary>
    /// <returns>The same instance where it fits as it is.</returns>
    public static T Of<T>(T status)
        where T : ResourceStatus
    {
        ArgumentNullException.ThrowIfNull(status);
        var schema = SchemaReader.ReadObject(typeof(T));
        if (Soundness.Fits(status, schema))
        {
            return status;
        }

        var json = JsonSerializer.SerializeToNode(status, ResourceJson.Options)!;
        return Trim(json, schema).Deserialize<T>(ResourceJson.Options)!;
    }

    private static JsonNode Trim(JsonNode node, ValueSchema schema)
    {
        switch (schema, node)
        {
            case (ObjectSchema fields, JsonObject json):
                foreach (var field in fields.Fields)
                {
                    if (json[field.Name] is { } inner)
                    {
                        json[field.Name] = Trim(inner, field.Value).DeepClone();
                    }
                }

                return json;
            case (ListSchema list, JsonArray json):
                var items = json.OfType<JsonNode>().Select(item => Trim(item, list.Item).DeepClone());
                // Items of an ordered list may repeat.
                items = list.Limits.Ordered ? items : items.DistinctBy(item => IdentityOf(item, list));
                return new JsonArray([.. items.Take(list.Limits.MaxItems)]);
            case (TextSchema text, JsonValue json) when json.TryGetValue<string>(out var value):
                return JsonValue.Create(Shorten(value, text.MaxLength));
            default:
                return node;
        }
    }

    private static string IdentityOf(JsonNode item, ListSchema list) =>
        list.Keys.Count == 0
            ? item.ToJsonString()
            : string.Join('\n', list.Keys.Select(key => item[key]?.ToJsonString() ?? ""));

    private static string Shorten(string text, int most) =>
        TextShapes.Length(text) <= most ? text
        : most < Cut.Length ? ""
        : string.Concat(text.EnumerateRunes().Take(most - Cut.Length).Select(static rune => rune.ToString())) + Cut;
}

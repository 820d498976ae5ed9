using System.Text.Json.Nodes;
using CsCheck;
using ExchangeVirt.Resources.Schema;

namespace ExchangeVirt.Resources.Tests.Manifests;

/// <summary>Generates specs that a schema allows, from the schema itself.</summary>
internal static class SchemaGen
{
    private static readonly Dictionary<TextShape, string[]> Texts = new()
    {
        [TextShape.Free] = ["", "x", "on", "1", "a: b", "'", "\"\\", "é😀"],
        [TextShape.NotEmpty] = ["x", "no", "0", "a: b # c", "it's", "\"q\"", "é😀", "-", "~", "null", "[", " x "],
        [TextShape.Prose] = ["x", "two\nlines", "\ttab", "10", "true"],
        [TextShape.DnsLabel] = ["a", "ex01", "a-b", "0", "010", "null", "true", "1e3"],
        [TextShape.DnsName] = ["hv01", "hv01.corp.example"],
        [TextShape.WindowsPath] = [@"C:\a.vhdx", @"\\s\share\b.vhd", @"d:\dir with space\c.VHDX"],
        [TextShape.ByteQuantity] = ["128Gi", "8Gi", "2Mi", "1536Mi", "4G", "2097152"],
        [TextShape.Cron] = ["0 22 * * SAT", "*/15 0-4,22 1 JAN,7 1-5", "0 3 ? * 6#2", "0 0 L * *"],
        [TextShape.TimeZone] = ["UTC", "Asia/Tokyo", "America/Argentina/Buenos_Aires", "Etc/GMT+9"],
        [TextShape.Percent] = ["0%", "20%", "100%"],
        [TextShape.HttpsEndpoint] = ["https://hv01:7443", "https://[::1]:7443", "https://10.0.0.1"],
        [TextShape.LabelValue] = ["", "rack-a", "1", "v1.2"],
        [TextShape.RuleId] = ["mem-dynamic", "cpu-over-1to1"],
    };

    public static Gen<JsonNode> Of(ValueSchema schema) =>
        schema switch
        {
            TextSchema text => Gen.OneOf(Texts[text.Shape]).Select(Node),
            WordSchema words => Gen.OneOf([.. words.Words]).Select(Node),
            NumberSchema number => Gen.OneOf(
                    Gen.Const(number.Minimum!.Value),
                    Gen.Const(number.Maximum!.Value),
                    Gen.Long[number.Minimum!.Value, number.Maximum!.Value]
                )
                .Select(value => (JsonNode)JsonValue.Create(value)),
            BooleanSchema => Gen.Bool.Select(value => (JsonNode)JsonValue.Create(value)),
            TimeSchema => Gen.OneOf("2026-12-31T00:00:00Z", "2026-01-01T09:30:00.123456+09:00").Select(Node),
            MapSchema map => Of(map.Value).Select(value => (JsonNode)new JsonObject { ["site"] = value }),
            ListSchema list => ListOf(list),
            ObjectSchema nested => ObjectOf(nested),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static Gen<JsonNode> ListOf(ListSchema schema) =>
        Of(schema.Item)
            .Array[schema.Limits.MinItems, Math.Min(3, schema.Limits.MaxItems)]
            .Select(items =>
                (JsonNode)
                    new JsonArray([.. schema.Limits.Ordered ? items : items.DistinctBy(item => Identity(item, schema))])
            );

    private static string Identity(JsonNode item, ListSchema schema) =>
        schema.Keys.Count == 0
            ? item.ToJsonString()
            : string.Join('\n', schema.Keys.Select(key => item[key]!.ToJsonString()));

    private static Gen<JsonNode> ObjectOf(ObjectSchema schema)
    {
        var result = Gen.Const(() => new JsonObject());
        foreach (var field in schema.Fields)
        {
            result =
                from json in result
                from isGiven in field.Required ? Gen.Const(true) : Gen.Bool
                from value in Of(field.Value)
                select Add(json, isGiven, field.Name, value);
        }

        return result.Select(json => (JsonNode)json);
    }

    private static JsonObject Add(JsonObject json, bool isGiven, string name, JsonNode value)
    {
        if (isGiven)
        {
            json[name] = value.DeepClone();
        }

        return json;
    }

    private static JsonNode Node(string text) => JsonValue.Create(text);
}

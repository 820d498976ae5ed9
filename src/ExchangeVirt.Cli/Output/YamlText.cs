using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Serialization;

namespace ExchangeVirt.Cli.Output;

/// <summary>Writes JSON values as YAML that reads back as the same values.</summary>
internal static class YamlText
{
    private static readonly ISerializer s_serializer = new SerializerBuilder()
        .WithQuotingNecessaryStrings()
        .WithIndentedSequences()
        .DisableAliases()
        .Build();

    /// <summary>Writes one document, without a leading marker.</summary>
    public static string Of(JsonNode? node) => s_serializer.Serialize(Plain(node) ?? "null");

    private static object? Plain(JsonNode? node) =>
        node switch
        {
            null => null,
            JsonObject map => map.ToDictionary(
                static pair => pair.Key,
                static pair => Plain(pair.Value),
                StringComparer.Ordinal
            ),
            JsonArray list => list.Select(Plain).ToList(),
            JsonValue value => Scalar(value),
            _ => throw new JsonException($"A {node.GetType().Name} has no YAML form."),
        };

    private static object? Scalar(JsonValue value) =>
        value.GetValueKind() switch
        {
            JsonValueKind.String => value.GetValue<string>(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number when value.TryGetValue(out long whole) => whole,
            JsonValueKind.Number => value.GetValue<double>(),
            _ => null,
        };
}

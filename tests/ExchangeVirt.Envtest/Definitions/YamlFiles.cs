using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ExchangeVirt.Envtest.Definitions;

/// <summary>Reads manifests as the JSON that an API server takes.</summary>
public static class YamlFiles
{
    /// <summary>Reads all documents of a file.</summary>
    public static IReadOnlyList<JsonObject> Load(string path) => Parse(File.ReadAllText(path));

    /// <summary>Reads all documents of a text.</summary>
    /// <exception cref="YamlException">It is no YAML, or a document is no mapping.</exception>
    public static IReadOnlyList<JsonObject> Parse(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return
        [
            .. stream
                .Documents.Where(static document => document.RootNode is not YamlScalarNode { Value: null or "" })
                .Select(static document =>
                    Convert(document.RootNode) as JsonObject
                    ?? throw new YamlException(
                        document.RootNode.Start,
                        document.RootNode.End,
                        "A manifest is a mapping."
                    )
                ),
        ];
    }

    private static JsonNode? Convert(YamlNode node) =>
        node switch
        {
            YamlMappingNode mapping => new JsonObject(
                mapping.Children.Select(static child =>
                    KeyValuePair.Create(((YamlScalarNode)child.Key).Value!, Convert(child.Value))
                )
            ),
            YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(Convert)]),
            YamlScalarNode { Style: ScalarStyle.Plain } scalar => Plain(scalar.Value ?? ""),
            // An empty quoted text is read as no text at all.
            YamlScalarNode scalar => scalar.Value ?? "",
            _ => throw new YamlException(node.Start, node.End, "This is neither a mapping, a list nor a scalar."),
        };

    private static JsonNode? Plain(string text) =>
        text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => true,
            "false" or "False" or "FALSE" => false,
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) =>
                number,
            _ when IsNumber(text)
                    && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) =>
                number,
            _ => text,
        };

    private static bool IsNumber(string text) => char.IsAsciiDigit(text.TrimStart('-', '+', '.').FirstOrDefault());
}

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ExchangeVirt.Resources.Schema;

/// <summary>Writes JSON trees as block YAML, the same text for the same tree on every machine.</summary>
public static partial class YamlWriter
{
    /// <summary>Writes a tree; nulls within it are written as such.</summary>
    public static string Write(JsonObject root)
    {
        var text = new StringBuilder();
        WriteObject(text, root, 0);
        return text.ToString();
    }

    private static void WriteObject(StringBuilder text, JsonObject value, int indent)
    {
        foreach (var (key, child) in value)
        {
            text.Append(' ', indent).Append(Scalar(key)).Append(':');
            WriteValue(text, child, indent + 2, indent);
        }
    }

    private static void WriteValue(StringBuilder text, JsonNode? value, int objectIndent, int listIndent)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } mapping:
                text.Append('\n');
                WriteObject(text, mapping, objectIndent);
                break;
            case JsonArray { Count: > 0 } list:
                text.Append('\n');
                WriteList(text, list, listIndent);
                break;
            default:
                text.Append(' ').Append(Leaf(value)).Append('\n');
                break;
        }
    }

    private static void WriteList(StringBuilder text, JsonArray list, int indent)
    {
        foreach (var item in list)
        {
            text.Append(' ', indent).Append('-');
            if (item is JsonObject { Count: > 0 } mapping)
            {
                var block = new StringBuilder();
                WriteObject(block, mapping, indent + 2);
                // The first key stands beside the dash, which takes the place of its indentation.
                text.Append(' ').Append(block, indent + 2, block.Length - indent - 2);
            }
            else
            {
                WriteValue(text, item, indent + 2, indent + 2);
            }
        }
    }

    private static string Leaf(JsonNode? value) =>
        value switch
        {
            null => "null",
            JsonObject => "{}",
            JsonArray => "[]",
            _ when value.GetValueKind() is JsonValueKind.String => Scalar(value.GetValue<string>()),
            _ => value.ToJsonString(),
        };

    private static string Scalar(string text)
    {
        if (Plain().IsMatch(text) && !Reserved().IsMatch(text))
        {
            return text;
        }

        // Only double quotes can hold what is no printable character of the basic plane.
        return text.All(character =>
            character
                is >= ' '
                    and < '\uD800'
                    and not '\u007F'
                    and not (>= '\u0080' and <= '\u00A0')
                    and not '\u2028'
                    and not '\u2029'
        )
            ? $"'{text.Replace("'", "''", StringComparison.Ordinal)}'"
            : JsonSerializer.Serialize(text);
    }

    [GeneratedRegex(@"\A[A-Za-z][-A-Za-z0-9_./]*\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Plain();

    [GeneratedRegex(
        @"\A(y|n|yes|no|on|off|true|false|null)\z",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Reserved();
}

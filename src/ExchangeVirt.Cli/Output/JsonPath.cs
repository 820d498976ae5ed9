using System.Text.Json.Nodes;

namespace ExchangeVirt.Cli.Output;

/// <summary>
/// Evaluates the JSONPath that printer columns are written in: fields, <c>[*]</c>, and a filter that compares one field
/// with a text.
/// </summary>
/// <remarks>Source: https://kubernetes.io/docs/reference/kubectl/jsonpath/</remarks>
internal static class JsonPath
{
    /// <summary>Finds the values at a path, in order.</summary>
    /// <returns>Empty where the path leads nowhere.</returns>
    /// <exception cref="FormatException">The path uses more of the language than columns need.</exception>
    public static IReadOnlyList<JsonNode> Select(JsonNode? root, string path)
    {
        IEnumerable<JsonNode?> found = [root];
        var rest = path.AsSpan();
        while (!rest.IsEmpty)
        {
            if (rest[0] == '.')
            {
                var end = rest[1..].IndexOfAny('.', '[') is var next and >= 0 ? next + 1 : rest.Length;
                var field = rest[1..end].ToString();
                found = [.. found.Select(node => (node as JsonObject)?[field])];
                rest = rest[end..];
                continue;
            }

            var close = rest.IndexOf(']');
            if (rest[0] != '[' || close < 0)
            {
                throw new FormatException($"'{path}' is no path of a printer column.");
            }

            found = Within(found, rest[1..close].ToString(), path);
            rest = rest[(close + 1)..];
        }

        return [.. found.OfType<JsonNode>()];
    }

    private static List<JsonNode?> Within(IEnumerable<JsonNode?> nodes, string selector, string path)
    {
        var items = nodes.OfType<JsonArray>().SelectMany(static array => array);
        if (selector == "*")
        {
            return [.. items];
        }

        // The one filter that columns use: ?(@.field=="value").
        var sides = selector.Split("==", 2);
        if (sides is not [['?', '(', '@', '.', .. var field], ['"', .. var value, '"', ')']])
        {
            throw new FormatException($"'[{selector}]' in '{path}' is no selector of a printer column.");
        }

        return [.. items.Where(item => (item as JsonObject)?[field] is JsonValue found && found.ToString() == value)];
    }
}

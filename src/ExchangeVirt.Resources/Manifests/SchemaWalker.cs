using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.Schema;

namespace ExchangeVirt.Resources.Manifests;

/// <summary>Types a YAML tree by its schema and reports all that does not fit.</summary>
/// <param name="report">Takes a line, a path and what is wrong there.</param>
internal sealed partial class SchemaWalker(Action<int, string, string> report)
{
    private readonly Dictionary<string, int> _lines = [];

    /// <summary>Finds the line of a path, or of the nearest object around it that was written.</summary>
    public int LineOf(string path)
    {
        while (path.Length > 0 && !_lines.ContainsKey(path))
        {
            path = path[..Math.Max(0, path.LastIndexOfAny(['.', '[']))];
        }

        return _lines.GetValueOrDefault(path, 1);
    }

    /// <summary>Remembers where a path stands.</summary>
    public void Mark(string path, int line) => _lines.TryAdd(path, line);

    /// <summary>Types a node.</summary>
    /// <returns>The value as JSON without the parts that do not fit; null where nothing is left.</returns>
    public JsonNode? Walk(YamlNode node, ValueSchema schema, string path, int line)
    {
        Mark(path, line);
        if (node is YamlScalar { IsNull: true })
        {
            report(line, path, $"is null; give {Wanted(schema)}, or remove the field");
            return null;
        }

        switch (schema, node)
        {
            case (ObjectSchema wanted, YamlMapping mapping):
                return WalkObject(mapping, wanted, path, line);
            case (ListSchema wanted, YamlSequence sequence):
                return WalkList(sequence, wanted, path, line);
            case (MapSchema wanted, YamlMapping mapping):
                return WalkMap(mapping, wanted, path, line);
            case (ObjectSchema or ListSchema or MapSchema, _):
                report(line, path, $"is {Found(node)}; give {Wanted(schema)}");
                return null;
            case (_, YamlScalar scalar):
                return ScalarReader.Read(scalar, schema, problem => report(line, path, problem));
            default:
                report(line, path, $"is {Found(node)}; give {Wanted(schema)}");
                return null;
        }
    }

    /// <summary>Types the entries of a mapping of texts by names.</summary>
    public JsonObject WalkMap(YamlMapping mapping, MapSchema schema, string path, int line)
    {
        var result = new JsonObject();
        if (mapping.Entries.Count > schema.MaxEntries)
        {
            report(line, path, $"has {mapping.Entries.Count} entries; at most {schema.MaxEntries} are allowed");
        }

        foreach (var entry in mapping.Entries)
        {
            var entryPath = $"{path}[{entry.Key}]";
            if (!LabelKey().IsMatch(entry.Key))
            {
                report(entry.Line, entryPath, "is not a label's key such as site or example.com/site");
            }

            if (Walk(entry.Value, schema.Value, entryPath, entry.Line) is { } value)
            {
                result[entry.Key] = value;
            }
        }

        return result;
    }

    private JsonObject WalkObject(YamlMapping mapping, ObjectSchema schema, string path, int line)
    {
        var result = new JsonObject();
        foreach (var entry in mapping.Entries)
        {
            var entryPath = ResourceRules.Join(path, entry.Key);
            if (schema.Find(entry.Key) is not { } field)
            {
                string[] names = [.. schema.Fields.Select(known => known.Name)];
                report(entry.Line, entryPath, $"is not a field here; {NearestName.Suggest(entry.Key, names)}");
            }
            else if (Walk(entry.Value, field.Value, entryPath, entry.Line) is { } value)
            {
                result[field.Name] = value;
            }
        }

        foreach (var field in schema.Fields.Where(field => field.Required && mapping.Find(field.Name) is null))
        {
            report(line, ResourceRules.Join(path, field.Name), $"is missing; give {Wanted(field.Value)}");
        }

        return result;
    }

    private JsonArray WalkList(YamlSequence sequence, ListSchema schema, string path, int line)
    {
        var count = sequence.Items.Count;
        if (count > schema.Limits.MaxItems || count < schema.Limits.MinItems)
        {
            report(
                line,
                path,
                count > schema.Limits.MaxItems
                    ? $"has {count} items; at most {schema.Limits.MaxItems} are allowed"
                    : $"has {count} items; at least {schema.Limits.MinItems} must be given, or the field removed"
            );
        }

        var result = new JsonArray();
        var seen = new Dictionary<string, string>();
        for (var index = 0; index < count; index++)
        {
            var itemPath = $"{path}[{index}]";
            var item = Walk(sequence.Items[index], schema.Item, itemPath, sequence.Items[index].Line);
            if (item is not null)
            {
                RefuseRepetition(item, schema, itemPath, seen);
                result.Add(item);
            }
        }

        return result;
    }

    private void RefuseRepetition(JsonNode item, ListSchema schema, string path, Dictionary<string, string> seen)
    {
        if (schema.Limits.Ordered)
        {
            return;
        }

        var values = schema.Keys.Count == 0 ? [item] : schema.Keys.Select(key => (item as JsonObject)?[key]).ToArray();
        if (Array.Exists(values, value => value is null))
        {
            return;
        }

        // As the API server does, the repeating item is blamed, not its key.
        var identity = string.Join(", ", values.Select(value => value!.ToJsonString()));
        if (!seen.TryAdd(identity, path))
        {
            var first = seen[identity];
            report(LineOf(path), path, $"repeats {identity} of {first} (line {LineOf(first)}); each must be unique");
        }
    }

    private static string Found(YamlNode node) =>
        node switch
        {
            YamlMapping => "a mapping",
            YamlSequence => "a list",
            _ => "a single value",
        };

    /// <summary>Says what is allowed.</summary>
    public static string Wanted(ValueSchema schema) =>
        schema switch
        {
            ObjectSchema wanted => $"a mapping with {string.Join(", ", Shown(wanted))}",
            ListSchema => "a list",
            MapSchema => "a mapping of names to texts",
            _ => ScalarReader.Wanted(schema),
        };

    private static IEnumerable<string> Shown(ObjectSchema schema)
    {
        var required = schema.Fields.Where(field => field.Required).Select(field => field.Name).ToArray();
        return required.Length > 0 ? required : schema.Fields.Select(field => field.Name);
    }

    [GeneratedRegex(
        @"\A([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex LabelKey();
}

using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.Schema;

namespace ExchangeVirt.Resources.Manifests;

/// <summary>Types a YAML tree by its schema and reports all that does not fit.</summary>
/// <param name="report">Takes what does not fit.</param>
internal sealed partial class SchemaWalker(Action<SchemaProblem> report)
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
    /// <param name="node">The node.</param>
    /// <param name="schema">What it may be.</param>
    /// <param name="path">Its path.</param>
    /// <param name="line">Its line.</param>
    /// <param name="before">The node in the version before; what did not fit there and is the same is forgiven. Null: none.</param>
    /// <returns>The value as JSON without the parts that do not fit; null where nothing is left.</returns>
    public JsonNode? Walk(YamlNode node, ValueSchema schema, string path, int line, YamlNode? before)
    {
        Mark(path, line);
        void Refuse(string problem) => Report(line, path, problem, node, before);
        if (node is YamlScalar { IsNull: true })
        {
            Refuse($"is null; give {Wanted(schema)}, or remove the field");
            return null;
        }

        switch (schema, node)
        {
            case (ObjectSchema wanted, YamlMapping mapping):
                return WalkObject(mapping, wanted, path, line, before as YamlMapping);
            case (ListSchema wanted, YamlSequence sequence):
                return WalkList(sequence, wanted, path, line, before as YamlSequence);
            case (MapSchema wanted, YamlMapping mapping):
                return WalkMap(mapping, wanted, path, line, before as YamlMapping);
            case (ObjectSchema or ListSchema or MapSchema, _):
                Refuse($"is {Found(node)}; give {Wanted(schema)}");
                return null;
            case (_, YamlScalar scalar):
                return ScalarReader.Read(scalar, schema, Refuse);
            default:
                Refuse($"is {Found(node)}; give {Wanted(schema)}");
                return null;
        }
    }

    private JsonObject WalkMap(YamlMapping mapping, MapSchema schema, string path, int line, YamlMapping? before)
    {
        var result = new JsonObject();
        if (mapping.Entries.Count > schema.MaxEntries)
        {
            var problem = $"has {mapping.Entries.Count} entries; at most {schema.MaxEntries} are allowed";
            Report(line, path, problem, mapping, before);
        }

        foreach (var entry in mapping.Entries)
        {
            var entryPath = $"{path}[{entry.Key}]";
            var old = before?.Find(entry.Key);
            if (!LabelKey().IsMatch(entry.Key))
            {
                const string Problem = "is not a label's key such as site or example.com/site";
                Report(entry.Line, entryPath, Problem, entry.Value, old);
            }

            if (Walk(entry.Value, schema.Value, entryPath, entry.Line, old) is { } value)
            {
                result[entry.Key] = value;
            }
        }

        return result;
    }

    private JsonObject WalkObject(YamlMapping mapping, ObjectSchema schema, string path, int line, YamlMapping? before)
    {
        var result = new JsonObject();
        foreach (var entry in mapping.Entries)
        {
            var entryPath = ResourceRules.Join(path, entry.Key);
            var old = before?.Find(entry.Key);
            if (schema.Find(entry.Key) is not { } field)
            {
                string[] names = [.. schema.Fields.Select(known => known.Name)];
                var problem = $"is not a field here; {NearestName.Suggest(entry.Key, names)}";
                Report(entry.Line, entryPath, problem, entry.Value, old);
            }
            else if (Walk(entry.Value, field.Value, entryPath, entry.Line, old) is { } value)
            {
                result[field.Name] = value;
            }
        }

        foreach (var field in schema.Fields.Where(field => field.Required && mapping.Find(field.Name) is null))
        {
            var isForgiven = before is not null && before.Find(field.Name) is null;
            var problem = $"is missing; give {Wanted(field.Value)}";
            report(new SchemaProblem(line, ResourceRules.Join(path, field.Name), problem, isForgiven));
        }

        return result;
    }

    private JsonArray WalkList(YamlSequence sequence, ListSchema schema, string path, int line, YamlSequence? before)
    {
        var count = sequence.Items.Count;
        if (count > schema.Limits.MaxItems || count < schema.Limits.MinItems)
        {
            Report(
                line,
                path,
                count > schema.Limits.MaxItems
                    ? $"has {count} items; at most {schema.Limits.MaxItems} are allowed"
                    : $"has {count} items; at least {schema.Limits.MinItems} must be given, or the field removed",
                sequence,
                before
            );
        }

        var result = new JsonArray();
        var seen = new Dictionary<string, string>();
        for (var index = 0; index < count; index++)
        {
            var itemPath = $"{path}[{index}]";
            var node = sequence.Items[index];
            var item = Walk(node, schema.Item, itemPath, node.Line, Namesake(node, schema, before));
            if (item is not null)
            {
                if (!schema.Limits.Ordered && Repetition(item, schema, itemPath, seen) is { } problem)
                {
                    Report(LineOf(itemPath), itemPath, problem, sequence, before);
                }

                result.Add(item);
            }
        }

        return result;
    }

    /// <summary>Finds the item of the list before that is the same to the API server: by its keys, or as a scalar by its value.</summary>
    private static YamlNode? Namesake(YamlNode item, ListSchema schema, YamlSequence? before) =>
        before?.Items.FirstOrDefault(other =>
            schema.Keys.Count == 0
                ? YamlNode.AreSame(item, other)
                : item is YamlMapping left
                    && other is YamlMapping right
                    && schema.Keys.All(key => left.Find(key) is { } value && YamlNode.AreSame(value, right.Find(key)))
        );

    private string? Repetition(JsonNode item, ListSchema schema, string path, Dictionary<string, string> seen)
    {
        var values = schema.Keys.Count == 0 ? [item] : schema.Keys.Select(key => (item as JsonObject)?[key]).ToArray();
        if (Array.Exists(values, value => value is null))
        {
            return null;
        }

        // As the API server does, the repeating item is blamed, not its key.
        var identity = string.Join(", ", values.Select(value => value!.ToJsonString()));
        if (seen.TryAdd(identity, path))
        {
            return null;
        }

        var first = seen[identity];
        var place = LineOf(first) is > 0 and var line ? $" (line {line})" : "";
        return $"repeats {identity} of {first}{place}; each must be unique";
    }

    private void Report(int line, string path, string problem, YamlNode now, YamlNode? before) =>
        report(new SchemaProblem(line, path, problem, YamlNode.AreSame(now, before)));

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

using System.Text.Json.Nodes;
using System.Xml.Linq;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.Schema;
using YamlDotNet.Serialization;

namespace ExchangeVirt.Resources.Tests.Schema;

public class SchemaReaderTests
{
    private static readonly Dictionary<string, string> Summaries = XDocument
        .Load(Path.Combine(AppContext.BaseDirectory, "ExchangeVirt.Resources.xml"))
        .Descendants("member")
        .ToDictionary(
            member => member.Attribute("name")!.Value,
            member => member.Element("summary")?.Value.Trim() ?? ""
        );

    public static TheoryData<string> Files => [.. CrdGenerator.Generate().Keys];

    [Fact]
    public void Every_optional_field_of_a_spec_says_first_what_its_absence_means()
    {
        var silent = SchemaReader
            .Kinds.Values.SelectMany(kind => Fields(kind.Spec))
            .Where(field =>
                !Summaries[$"P:{field.Property.DeclaringType!.FullName}.{field.Property.Name}"]
                    .StartsWith("Absent: ", StringComparison.Ordinal) != field.Required
            );

        Assert.Empty(silent.Select(field => $"{field.Property.DeclaringType!.Name}.{field.Property.Name}"));
    }

    [Fact]
    public void A_default_is_named_in_the_description()
    {
        var defaults = SchemaReader
            .Kinds.Values.SelectMany(kind => Fields(kind.Spec))
            .Where(field => field.Default is JsonValue)
            .ToList();

        Assert.NotEmpty(defaults);
        Assert.All(
            defaults,
            field =>
                Assert.StartsWith(
                    $"Absent: {field.Default}",
                    Summaries[$"P:{field.Property.DeclaringType!.FullName}.{field.Property.Name}"]
                )
        );
    }

    [Fact]
    public void Every_rule_is_attached_to_its_type_and_every_attached_rule_exists()
    {
        var attached = SchemaReader
            .Kinds.Values.SelectMany(kind =>
                kind.Rules.Select(id => (id, type: kind.Type))
                    .Concat(Objects(kind.Spec).SelectMany(each => each.Rules.Select(id => (id, type: each.Type))))
                    .Concat(
                        Fields(kind.Spec)
                            .SelectMany(field => Rules(field).Select(id => (id, type: field.Property.PropertyType)))
                    )
            )
            .ToList();

        Assert.Equal(ResourceRules.All.Keys.Order(), attached.Select(each => each.id).Distinct().Order());
        Assert.All(attached, each => Assert.True(each.type.IsAssignableTo(ResourceRules.All[each.id].Type), each.id));
    }

    [Fact]
    public void A_rule_stands_on_an_object_or_a_list_or_it_would_never_be_asked() =>
        Assert.Empty(
            SchemaReader
                .Kinds.Values.SelectMany(kind => Fields(kind.Spec))
                .Where(field =>
                    field.Value is not ListSchema && field.Property.IsDefined(typeof(RuleAttribute), inherit: false)
                )
                .Select(field => $"{field.Property.DeclaringType!.Name}.{field.Property.Name}")
        );

    /// <summary>
    /// A spec changes with each of its fields, so its rules are asked again only where what they read was changed; rules of
    /// smaller parts the API server forgives by itself.
    /// </summary>
    [Fact]
    public void A_rule_of_a_spec_or_a_whole_object_forgives_what_was_broken_before()
    {
        var wide = SchemaReader.Kinds.Values.SelectMany(kind => kind.Rules.Concat(kind.Spec.Rules)).ToHashSet();
        var written = CrdGenerator
            .Generate()
            .Values.SelectMany(text => Rules(Parse(text)))
            .Where(rule => rule["message"]!.ToString().Split(':')[0] is var id && ResourceRules.All.ContainsKey(id))
            .ToList();

        Assert.NotEmpty(written);
        Assert.All(
            written,
            rule =>
            {
                var known = ResourceRules.All[rule["message"]!.ToString().Split(':')[0]];
                Assert.Equal(wide.Contains(known.Id) && !known.IsTransition, rule["optionalOldSelf"] is not null);
            }
        );
        Assert.All(
            wide.Select(id => ResourceRules.All[id]),
            rule => Assert.True(rule.IsTransition || rule.Reads.Count > 0)
        );
    }

    [Fact]
    public void The_fields_that_rules_blame_and_read_exist()
    {
        foreach (
            var (id, schema) in SchemaReader
                .Kinds.Values.SelectMany(kind => Objects(kind.Spec))
                .SelectMany(each => each.Rules.Select(id => (id, each)))
        )
        {
            var rule = ResourceRules.All[id];
            Assert.All(
                rule.Reads.Append(rule.Field).Where(path => path.Length > 0),
                path => Assert.True(Exists(schema, path), $"{id}: {path}")
            );
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_text_list_and_map_of_a_definition_is_limited(string file)
    {
        var root = Parse(CrdGenerator.Generate()[file])["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!;

        foreach (var part in new[] { "spec", "status" })
        {
            AssertLimited(root["properties"]![part]!.AsObject(), part);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_new_object_shows_that_nobody_has_looked_at_it_yet(string file)
    {
        var root = Parse(CrdGenerator.Generate()[file])["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!;

        Assert.Equal("-1", root["properties"]!["status"]!["default"]!["observedGeneration"]!.ToString());
    }

    private static void AssertLimited(JsonObject schema, string path)
    {
        var type = schema["type"]!.ToString();
        Assert.True(type is not "string" || schema.ContainsKey("maxLength"), path);
        Assert.True(type is not "array" || schema.ContainsKey("maxItems"), path);
        Assert.True(!schema.ContainsKey("additionalProperties") || schema.ContainsKey("maxProperties"), path);
        if (schema["x-kubernetes-list-map-keys"] is JsonArray keys)
        {
            var item = schema["items"]!.AsObject();
            // The API server wants every key of a list required or with a default.
            Assert.All(
                keys.Select(key => key!.ToString()),
                key =>
                    Assert.True(
                        item["required"]?.AsArray().Any(name => name!.ToString() == key) is true
                            || item["properties"]![key]!.AsObject().ContainsKey("default"),
                        $"{path}: {key}"
                    )
            );
        }

        foreach (var (name, child) in schema["properties"]?.AsObject() ?? [])
        {
            Assert.True(child!.AsObject().ContainsKey("description"), $"{path}.{name}");
            AssertLimited(child.AsObject(), $"{path}.{name}");
        }

        foreach (var inner in new[] { "items", "additionalProperties" }.Where(schema.ContainsKey))
        {
            AssertLimited(schema[inner]!.AsObject(), $"{path}.{inner}");
        }
    }

    private static JsonNode Parse(string yaml) =>
        JsonNode.Parse(
            new SerializerBuilder()
                .JsonCompatible()
                .Build()
                .Serialize(new DeserializerBuilder().Build().Deserialize(new StringReader(yaml))!)
        )!;

    private static IEnumerable<ObjectSchema> Objects(ObjectSchema schema) =>
        schema
            .Fields.Select(field => field.Value is ListSchema list ? list.Item : field.Value)
            .OfType<ObjectSchema>()
            .SelectMany(Objects)
            .Prepend(schema);

    private static IEnumerable<FieldSchema> Fields(ObjectSchema schema) =>
        Objects(schema).SelectMany(each => each.Fields);

    private static IReadOnlyList<string> Rules(FieldSchema field) => field.Value is ListSchema list ? list.Rules : [];

    private static IEnumerable<JsonObject> Rules(JsonNode? node) =>
        node switch
        {
            JsonObject json => (json["x-kubernetes-validations"]?.AsArray() ?? [])
                .Select(rule => rule!.AsObject())
                .Concat(json.SelectMany(each => each.Key == "x-kubernetes-validations" ? [] : Rules(each.Value))),
            JsonArray list => list.SelectMany(Rules),
            _ => [],
        };

    private static bool Exists(ObjectSchema schema, string path)
    {
        var parts = path.Split('.', 2);
        return schema.Find(parts[0]) is { } field
            && (parts.Length == 1 || (field.Value is ObjectSchema nested && Exists(nested, parts[1])));
    }
}

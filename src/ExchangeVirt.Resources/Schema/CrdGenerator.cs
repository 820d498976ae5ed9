using System.Text.Json.Nodes;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Resources.Schema;

/// <summary>Writes the custom resource definitions from the C# types of the kinds.</summary>
/// <remarks>Source of the format: https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/custom-resource-definition-v1/</remarks>
public sealed class CrdGenerator
{
    private const string Header =
        "# Generated from the types in src/ExchangeVirt.Resources/V1Alpha1: change them, not this file.\n";

    private readonly XmlDocumentation _documentation = XmlDocumentation.Load();

    private CrdGenerator() { }

    /// <summary>Writes all definitions.</summary>
    /// <returns>The texts by the names of their files, the same on every machine.</returns>
    /// <exception cref="FileNotFoundException">The XML documentation was not kept with the assembly.</exception>
    public static IReadOnlyDictionary<string, string> Generate()
    {
        var generator = new CrdGenerator();
        return SchemaReader.Kinds.Values.ToDictionary(
            kind => $"{ApiGroup.Group}_{kind.Plural}.yaml",
            kind => Header + YamlWriter.Write(generator.Definition(kind))
        );
    }

    private JsonObject Definition(KindSchema kind) =>
        new()
        {
            ["apiVersion"] = "apiextensions.k8s.io/v1",
            ["kind"] = "CustomResourceDefinition",
            ["metadata"] = new JsonObject
            {
                ["name"] = $"{kind.Plural}.{ApiGroup.Group}",
                ["labels"] = new JsonObject
                {
                    ["app.kubernetes.io/name"] = "exchangevirt-operator",
                    ["app.kubernetes.io/component"] = "crds",
                    ["app.kubernetes.io/part-of"] = "exchangevirt",
                },
            },
            ["spec"] = new JsonObject
            {
                ["group"] = ApiGroup.Group,
                ["names"] = new JsonObject
                {
                    ["kind"] = kind.Kind,
                    ["listKind"] = $"{kind.Kind}List",
                    ["plural"] = kind.Plural,
                    ["singular"] = kind.Kind.ToLowerInvariant(),
                    ["shortNames"] = new JsonArray(kind.Resource.ShortName),
                    ["categories"] = new JsonArray(ApiGroup.Category),
                },
                ["scope"] = kind.Resource.Scope.ToString(),
                ["versions"] = new JsonArray(
                    new JsonObject
                    {
                        ["name"] = ApiGroup.Version,
                        ["served"] = true,
                        ["storage"] = true,
                        ["additionalPrinterColumns"] = new JsonArray([.. kind.Columns.Select(Column)]),
                        ["subresources"] = new JsonObject { ["status"] = new JsonObject() },
                        ["schema"] = new JsonObject { ["openAPIV3Schema"] = Root(kind) },
                    }
                ),
            },
        };

    private static JsonObject Column(ColumnAttribute column)
    {
        var json = new JsonObject
        {
            ["name"] = column.Name,
            ["type"] = column.Type,
            ["jsonPath"] = column.JsonPath,
        };
        if (column.Wide)
        {
            json["priority"] = 1;
        }

        return json;
    }

    private JsonObject Root(KindSchema kind)
    {
        var spec = Object(kind.Spec, isStatus: false);
        AddRules(spec, kind.Spec.Rules, isWide: true);
        spec["description"] = _documentation.Of(kind.Spec.Type);
        var isSpecRequired = kind.Spec.Fields.Any(field => field.Required);
        if (!isSpecRequired)
        {
            spec["default"] = new JsonObject();
        }

        var status = Object(kind.Status, isStatus: true);
        status["description"] = _documentation.Of(kind.Status.Type);
        // A default of the property alone never appears, since nobody writes a status before the operator does.
        status["default"] = new JsonObject { ["observedGeneration"] = -1 };
        var root = new JsonObject
        {
            ["description"] = _documentation.Of(kind.Type),
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["apiVersion"] = new JsonObject { ["type"] = "string" },
                ["kind"] = new JsonObject { ["type"] = "string" },
                ["metadata"] = new JsonObject { ["type"] = "object" },
                ["spec"] = spec,
                ["status"] = status,
            },
        };
        if (isSpecRequired)
        {
            root["required"] = new JsonArray("spec");
        }

        AddRules(root, kind.Rules, isWide: true);
        return root;
    }

    private JsonObject Object(ObjectSchema schema, bool isStatus)
    {
        var properties = new JsonObject();
        foreach (var field in schema.Fields)
        {
            var json = Value(field.Value, isStatus);
            json["description"] = _documentation.Of(field.Property);
            // A status is written whole; only keys of lists need a default there, for lists are merged by them.
            if (field.Default is not null && (!isStatus || field.Value is TextSchema))
            {
                json["default"] = field.Default.DeepClone();
            }

            properties[field.Name] = json;
        }

        var result = new JsonObject { ["type"] = "object", ["properties"] = properties };
        var required = schema.Fields.Where(field => field.Required).Select(field => (JsonNode)field.Name).ToArray();
        if (required.Length > 0)
        {
            result["required"] = new JsonArray(required);
        }

        return result;
    }

    private JsonObject Nested(ObjectSchema schema, bool isStatus)
    {
        var json = Object(schema, isStatus);
        AddRules(json, schema.Rules, isWide: false);
        return json;
    }

    private JsonObject Value(ValueSchema schema, bool isStatus) =>
        schema switch
        {
            TextSchema text => Text(text),
            WordSchema words => new JsonObject
            {
                ["type"] = "string",
                ["maxLength"] = words.Words.Max(word => word.Length),
                ["enum"] = new JsonArray([.. words.Words.Select(word => (JsonNode)word)]),
            },
            NumberSchema number => Number(number),
            BooleanSchema => new JsonObject { ["type"] = "boolean" },
            TimeSchema => new JsonObject
            {
                ["type"] = "string",
                ["format"] = "date-time",
                ["maxLength"] = 64,
            },
            MapSchema map => new JsonObject
            {
                ["type"] = "object",
                ["maxProperties"] = map.MaxEntries,
                ["additionalProperties"] = Text(map.Value),
            },
            ListSchema list => List(list, isStatus),
            ObjectSchema nested => Nested(nested, isStatus),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static JsonObject Text(TextSchema schema)
    {
        var json = new JsonObject { ["type"] = "string", ["maxLength"] = schema.MaxLength };
        if (TextShapes.Pattern(schema.Shape) is { } pattern)
        {
            json["pattern"] = pattern;
        }

        if (schema.Shape is TextShape.ByteQuantity)
        {
            json["x-kubernetes-validations"] = new JsonArray(
                new JsonObject
                {
                    ["rule"] = "isQuantity(self) && quantity(self).isInteger()",
                    ["message"] = $"quantity-whole-bytes: must be {TextShapes.Allowed(schema.Shape)}",
                }
            );
        }

        return json;
    }

    private static JsonObject Number(NumberSchema schema)
    {
        var json = new JsonObject { ["type"] = "integer", ["format"] = schema.Is64Bit ? "int64" : "int32" };
        if (schema is { Minimum: { } minimum, Maximum: { } maximum })
        {
            json["minimum"] = minimum;
            json["maximum"] = maximum;
        }

        return json;
    }

    private JsonObject List(ListSchema schema, bool isStatus)
    {
        var json = new JsonObject { ["type"] = "array", ["maxItems"] = schema.Limits.MaxItems };
        if (schema.Limits.MinItems > 0)
        {
            json["minItems"] = schema.Limits.MinItems;
        }

        if (schema.Keys.Count > 0)
        {
            json["x-kubernetes-list-type"] = "map";
            json["x-kubernetes-list-map-keys"] = new JsonArray([.. schema.Keys.Select(key => (JsonNode)key)]);
        }
        else
        {
            json["x-kubernetes-list-type"] = schema.Limits.Ordered ? "atomic" : "set";
        }

        json["items"] = Value(schema.Item, isStatus);
        AddRules(json, schema.Rules, isWide: false);
        return json;
    }

    private static void AddRules(JsonObject schema, IReadOnlyList<string> rules, bool isWide)
    {
        if (rules.Count > 0)
        {
            schema["x-kubernetes-validations"] = new JsonArray([
                .. rules.Select(id => Rule(ResourceRules.All[id], isWide)),
            ]);
        }
    }

    private static JsonObject Rule(ResourceRule rule, bool isWide)
    {
        // The API server by itself forgives a broken rule where nothing below it was changed; on a spec or a whole object
        // that would be nearly never.
        var isForgiving = isWide && !rule.IsTransition;
        var json = new JsonObject
        {
            ["rule"] = isForgiving ? $"{Unchanged(rule.Reads)} || ({rule.Cel})" : rule.Cel,
            ["message"] = $"{rule.Id}: {rule.Message}",
        };
        if (isForgiving)
        {
            json["optionalOldSelf"] = true;
        }

        // The API server takes only paths to fields of the schema here, and knows none below metadata.
        if (rule.Field.Length > 0 && !rule.Field.StartsWith("metadata", StringComparison.Ordinal))
        {
            json["fieldPath"] = $".{rule.Field}";
        }

        return json;
    }

    private static string Unchanged(IReadOnlyList<string> fields) =>
        string.Join(
            " && ",
            fields
                .SelectMany(field =>
                    new[]
                    {
                        $"has(self.{field}) == has(oldSelf.value().{field})",
                        $"(!has(self.{field}) || self.{field} == oldSelf.value().{field})",
                    }
                )
                .Prepend("oldSelf.hasValue()")
        );
}

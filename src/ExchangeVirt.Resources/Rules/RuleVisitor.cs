using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeVirt.Resources.Schema;
using ExchangeVirt.Resources.V1Alpha1;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Resources.Rules;

/// <summary>
/// Visits all parts of an entity and asks the rules of each. As the API server does, it forgives a rule that was broken
/// before where nothing was changed that the rule is about.
/// </summary>
/// <param name="applies">Tells whether a rule may be asked of the part at a path, new and old.</param>
internal sealed class RuleVisitor(Func<ResourceRule, string, bool> applies)
{
    private readonly List<RuleFailure> _failures = [];

    /// <summary>Judges an entity, and its change where the old version is given.</summary>
    public IReadOnlyList<RuleFailure> Visit(
        IKubernetesObject<V1ObjectMeta> entity,
        IKubernetesObject<V1ObjectMeta>? old
    )
    {
        var kind = SchemaReader.Kinds[entity.Kind];
        Judge(kind.Rules, entity, old, "", isWide: true);
        var property = kind.Type.GetProperty("Spec")!;
        if (property.GetValue(entity) is { } spec)
        {
            var oldSpec = old is null ? null : property.GetValue(old);
            Judge(kind.Spec.Rules, spec, oldSpec, "spec", isWide: true);
            VisitFields(kind.Spec, spec, oldSpec, "spec");
        }

        return _failures;
    }

    private void VisitFields(ObjectSchema schema, object self, object? old, string path)
    {
        foreach (var field in schema.Fields)
        {
            if (field.Property.GetValue(self) is { } value)
            {
                var oldValue = old is null ? null : field.Property.GetValue(old);
                VisitValue(field.Value, value, oldValue, ResourceRules.Join(path, field.Name));
            }
        }
    }

    private void VisitValue(ValueSchema schema, object self, object? old, string path)
    {
        if (schema is ObjectSchema nested)
        {
            Judge(nested.Rules, self, old, path, isWide: false);
            VisitFields(nested, self, old, path);
        }
        else if (schema is ListSchema list)
        {
            Judge(list.Rules, self, old, path, isWide: false);
            if (list.Item is ObjectSchema item)
            {
                var index = 0;
                foreach (var each in (IEnumerable)self)
                {
                    // An item that is null is the schema's to refuse.
                    if (each is not null)
                    {
                        VisitValue(item, each, Namesake(list, each, old as IEnumerable), $"{path}[{index}]");
                    }

                    index++;
                }
            }
        }
    }

    private void Judge(IReadOnlyList<string> rules, object self, object? old, string path, bool isWide)
    {
        foreach (var rule in rules.Select(static id => ResourceRules.All[id]))
        {
            if (
                (!rule.IsTransition || old is not null)
                && applies(rule, path)
                && !rule.Holds(self, old)
                && (rule.IsTransition || old is null || !IsUnchanged(self, old, isWide ? rule.Reads : []))
            )
            {
                _failures.Add(new RuleFailure(rule.Id, ResourceRules.Join(path, rule.Field), rule.Message));
            }
        }
    }

    private static object? Namesake(ListSchema list, object item, IEnumerable? old)
    {
        var schema = (ObjectSchema)list.Item;
        return old is null || list.Keys.Count == 0
            ? null
            : old.Cast<object>().FirstOrDefault(other => list.Keys.All(key => Equals(Key(item, key), Key(other, key))));

        object? Key(object of, string key) => schema.Find(key)!.Property.GetValue(of);
    }

    private static bool IsUnchanged(object self, object old, IReadOnlyList<string> fields)
    {
        var (now, before) = (Json(self), Json(old));
        return fields.Count == 0
            ? JsonNode.DeepEquals(now, before)
            : fields.All(field => JsonNode.DeepEquals(Find(now, field), Find(before, field)));
    }

    private static JsonNode? Json(object value) =>
        JsonSerializer.SerializeToNode(value, value.GetType(), ResourceJson.Options);

    private static JsonNode? Find(JsonNode? node, string path) =>
        path.Split('.').Aggregate(node, static (inner, name) => (inner as JsonObject)?[name]);
}

using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.Schema;
using ExchangeVirt.Resources.V1Alpha1;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Resources.Manifests;

/// <summary>What was read of one object whose kind is known: its sound parts, and all that does not fit the schema.</summary>
internal sealed class EntityReading
{
    /// <summary>What the API server writes into metadata, as in the output of <c>kubectl get -o yaml</c>: no part of what a user asks.</summary>
    private static readonly HashSet<string> WrittenByServer =
    [
        "creationTimestamp",
        "deletionGracePeriodSeconds",
        "deletionTimestamp",
        "finalizers",
        "generation",
        "managedFields",
        "ownerReferences",
        "resourceVersion",
        "selfLink",
        "uid",
    ];

    /// <summary>The namespace of an object whose manifest names none, where nobody says otherwise.</summary>
    public const string DefaultNamespace = "default";

    private static readonly string[] MetadataFields = ["name", "namespace", "labels", "annotations"];

    private static readonly TextSchema Name = new(253, TextShape.NotEmpty);

    private static readonly TextSchema Namespace = new(63, TextShape.DnsLabel);

    private static readonly MapSchema Labels = new(new TextSchema(63, TextShape.LabelValue), 64);

    private static readonly MapSchema Annotations = new(new TextSchema(262_144, TextShape.Free), 256);

    /// <summary>Reads entities that lack what is wrong in their manifest, so that the rest is judged all the same.</summary>
    private static readonly JsonSerializerOptions Lenient = new(ResourceJson.Options)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver().WithAddedModifier(static type =>
        {
            foreach (var property in type.Properties)
            {
                property.IsRequired = false;
            }
        }),
    };

    private readonly KindSchema _kind;
    private readonly string _defaultNamespace;
    private readonly List<SchemaProblem> _found = [];
    private readonly SchemaWalker _walker;

    private EntityReading(YamlMapping root, KindSchema kind, YamlMapping? before, string defaultNamespace)
    {
        _kind = kind;
        _defaultNamespace = defaultNamespace;
        _walker = new SchemaWalker(_found.Add);
        _walker.Mark("", root.Line);
        var json = new JsonObject { ["apiVersion"] = ApiGroup.ApiVersion, ["kind"] = kind.Kind };
        ReadRoot(root, before, json);
        Entity = (IKubernetesObject<V1ObjectMeta>)json.Deserialize(kind.Type, Lenient)!;
    }

    /// <summary>Gets the object without what does not fit.</summary>
    public IKubernetesObject<V1ObjectMeta> Entity { get; }

    /// <summary>Gets what does not fit, and was not there before just so.</summary>
    public IReadOnlyList<SchemaProblem> Found => [.. _found.Where(static each => !each.IsForgiven)];

    /// <summary>Gets whether all of the object fits.</summary>
    public bool IsWhole => _found.Count == 0;

    /// <summary>Gets where a status stands, which nobody asks for; null where none does.</summary>
    public int? StatusLine { get; private set; }

    /// <summary>Reads an object.</summary>
    /// <param name="root">Its tree.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="before">The version before; what did not fit already then and was not touched is forgiven. Null: none.</param>
    /// <param name="defaultNamespace">The namespace where the object names none.</param>
    public static EntityReading Of(
        YamlMapping root,
        KindSchema kind,
        YamlMapping? before = null,
        string defaultNamespace = DefaultNamespace
    ) => new(root, kind, before, defaultNamespace);

    /// <summary>Asks the rules whose fields are sound.</summary>
    /// <param name="before">The version before, or null where the object is new.</param>
    public IReadOnlyList<RuleFailure> Judge(EntityReading? before) =>
        ResourceRules.Check(
            Entity,
            before?.Entity,
            (rule, path) => IsSound(rule, path) && (!rule.IsTransition || before?.IsSound(rule, path) == true)
        );

    /// <summary>Finds the line of a path.</summary>
    public int LineOf(string path) => _walker.LineOf(path);

    private void ReadRoot(YamlMapping root, YamlMapping? before, JsonObject json)
    {
        foreach (var entry in root.Entries)
        {
            switch (entry.Key)
            {
                case "apiVersion" or "kind":
                    break;
                case "metadata" when entry.Value is YamlMapping metadata:
                    _walker.Mark("metadata", entry.Line);
                    json["metadata"] = ReadMetadata(metadata, entry.Line);
                    break;
                case "metadata":
                    Report(entry.Line, "metadata", "is not a mapping; give name, and namespace where the kind has one");
                    break;
                case "spec":
                    json["spec"] = _walker.Walk(entry.Value, _kind.Spec, "spec", entry.Line, before?.Find("spec"));
                    break;
                case "status":
                    StatusLine = entry.Line;
                    break;
                default:
                    string[] allowed = ["apiVersion", "kind", "metadata", "spec"];
                    Report(entry.Line, entry.Key, $"is not a field here; {NearestName.Suggest(entry.Key, allowed)}");
                    break;
            }
        }

        if (root.Find("metadata") is null)
        {
            Report(root.Line, "metadata", "is missing; give name, and namespace where the kind has one");
        }

        if (root.Find("spec") is null && _kind.Spec.Fields.Any(field => field.Required))
        {
            var required = _kind.Spec.Fields.Where(field => field.Required).Select(field => field.Name);
            Report(root.Line, "spec", $"is missing; give {string.Join(", ", required)}");
        }
    }

    private JsonObject ReadMetadata(YamlMapping metadata, int line)
    {
        var json = new JsonObject();
        foreach (var entry in metadata.Entries.Where(entry => !WrittenByServer.Contains(entry.Key)))
        {
            var path = $"metadata.{entry.Key}";
            ValueSchema? schema = entry.Key switch
            {
                "name" => Name,
                "namespace" => Namespace,
                "labels" => Labels,
                "annotations" => Annotations,
                _ => null,
            };
            if (schema is null)
            {
                Report(entry.Line, path, $"is not a field here; {NearestName.Suggest(entry.Key, MetadataFields)}");
            }
            else if (entry.Key is "namespace" && _kind.Resource.Scope is ResourceScope.Cluster)
            {
                Report(entry.Line, path, $"must be absent: a {_kind.Kind} is in no namespace");
            }
            else
            {
                json[entry.Key] = _walker.Walk(entry.Value, schema, path, entry.Line, before: null);
            }
        }

        if (metadata.Find("name") is null)
        {
            Report(line, "metadata.name", $"is missing; give {TextShapes.Allowed(TextShape.DnsLabel)}");
        }

        if (_kind.Resource.Scope is ResourceScope.Namespaced && metadata.Find("namespace") is null)
        {
            json["namespace"] = _defaultNamespace;
        }

        return json;
    }

    private bool IsSound(ResourceRule rule, string path) =>
        ResourceRules.ReadsSoundFields(rule, path, _found.Select(static problem => problem.Path));

    private void Report(int line, string path, string message) =>
        _found.Add(new SchemaProblem(line, path, message, IsForgiven: false));
}

/// <summary>One part of an object that does not fit the schema.</summary>
/// <param name="Line">Where it stands.</param>
/// <param name="Path">The field.</param>
/// <param name="Message">What is wrong and what is allowed.</param>
/// <param name="IsForgiven">Whether it was so before the change, which did not touch it.</param>
internal sealed record SchemaProblem(int Line, string Path, string Message, bool IsForgiven);

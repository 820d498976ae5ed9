using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.Schema;
using ExchangeVirt.Resources.V1Alpha1;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Resources.Manifests;

/// <summary>Reads the documents of one file into entities.</summary>
internal sealed class DocumentReader(
    string file,
    List<ManifestEntity> entities,
    List<ManifestProblem> problems,
    List<ManifestProblem> notices
)
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

    /// <summary>Reads one document, or one item of a list of objects.</summary>
    /// <param name="node">Its root.</param>
    /// <param name="prefix">The path of the root within the document; empty for the document itself.</param>
    public void Read(YamlNode node, string prefix)
    {
        if (node is not YamlMapping root)
        {
            Report(node.Line, prefix, "is not an object; a manifest begins with apiVersion and kind");
            return;
        }

        var apiVersion = Head(root, "apiVersion", prefix);
        var kind = Head(root, "kind", prefix);
        if (apiVersion is null || kind is null)
        {
            return;
        }

        if (IsList(apiVersion, kind))
        {
            ReadItems(root, prefix);
        }
        else if (FindKind(root, apiVersion, kind, prefix) is { } schema)
        {
            ReadEntity(root, schema, prefix);
        }
    }

    private static bool IsList(string apiVersion, string kind) =>
        (apiVersion is "v1" && kind is "List")
        || (
            apiVersion is ApiGroup.ApiVersion
            && kind.EndsWith("List", StringComparison.Ordinal)
            && SchemaReader.Kinds.ContainsKey(kind[..^4])
        );

    private void ReadItems(YamlMapping root, string prefix)
    {
        var path = ResourceRules.Join(prefix, "items");
        if (root.Find("items") is not YamlSequence items)
        {
            Report(root.Line, path, "is missing or not a list; a List holds its objects in items");
            return;
        }

        for (var index = 0; index < items.Items.Count; index++)
        {
            Read(items.Items[index], $"{path}[{index}]");
        }
    }

    private string? Head(YamlMapping root, string field, string prefix)
    {
        var entry = root.Entries.FirstOrDefault(entry => entry.Key == field);
        if (entry?.Value is YamlScalar { IsNull: false } scalar)
        {
            return scalar.Text;
        }

        Report(
            entry?.Line ?? root.Line,
            ResourceRules.Join(prefix, field),
            field is "kind"
                ? $"is missing; {NearestName.Suggest("", [.. SchemaReader.Kinds.Keys])}"
                : $"is missing; give {ApiGroup.ApiVersion}"
        );
        return null;
    }

    private KindSchema? FindKind(YamlMapping root, string apiVersion, string kind, string prefix)
    {
        var known = SchemaReader.Kinds.GetValueOrDefault(kind);
        if (apiVersion == ApiGroup.ApiVersion)
        {
            if (known is null)
            {
                Report(
                    LineOf(root, "kind"),
                    ResourceRules.Join(prefix, "kind"),
                    $"\"{kind}\" is not a kind of {apiVersion}; {NearestName.Suggest(kind, [.. SchemaReader.Kinds.Keys])}"
                );
            }

            return known;
        }

        var group = apiVersion.Split('/')[0];
        if (known is not null || group == ApiGroup.Group || NearestName.Find(group, [ApiGroup.Group]) is not null)
        {
            Report(
                LineOf(root, "apiVersion"),
                ResourceRules.Join(prefix, "apiVersion"),
                $"\"{apiVersion}\" is not allowed; give {ApiGroup.ApiVersion}"
            );
        }
        else
        {
            var message = $"{apiVersion} {kind} is not of group {ApiGroup.Group}; left aside";
            notices.Add(new ManifestProblem(file, root.Line, prefix, message));
        }

        return null;
    }

    private void ReadEntity(YamlMapping root, KindSchema kind, string prefix)
    {
        var found = new List<(int Line, string Path, string Message)>();
        var walker = new SchemaWalker((line, path, message) => found.Add((line, path, message)));
        walker.Mark("", root.Line);
        var json = new JsonObject { ["apiVersion"] = ApiGroup.ApiVersion, ["kind"] = kind.Kind };
        ReadRoot(root, kind, walker, json, found);
        var failures = Judge(kind, json, found);
        foreach (var (line, path, message) in found)
        {
            Report(line, ResourceRules.Join(prefix, path), message);
        }

        foreach (var failure in failures)
        {
            var path = ResourceRules.Join(prefix, failure.Path);
            problems.Add(new ManifestProblem(file, walker.LineOf(failure.Path), path, failure.Message, failure.Id));
        }

        if (found.Count == 0 && failures.Count == 0)
        {
            var entity = (IKubernetesObject<V1ObjectMeta>)json.Deserialize(kind.Type, ResourceJson.Options)!;
            entities.Add(new ManifestEntity(entity, file, root.Line));
        }
    }

    private void ReadRoot(
        YamlMapping root,
        KindSchema kind,
        SchemaWalker walker,
        JsonObject json,
        List<(int Line, string Path, string Message)> found
    )
    {
        foreach (var entry in root.Entries)
        {
            switch (entry.Key)
            {
                case "apiVersion" or "kind":
                    break;
                case "metadata" when entry.Value is YamlMapping metadata:
                    walker.Mark("metadata", entry.Line);
                    json["metadata"] = ReadMetadata(metadata, entry.Line, kind, walker, found);
                    break;
                case "metadata":
                    found.Add(
                        (entry.Line, "metadata", "is not a mapping; give name, and namespace where the kind has one")
                    );
                    break;
                case "spec":
                    json["spec"] = walker.Walk(entry.Value, kind.Spec, "spec", entry.Line);
                    break;
                case "status":
                    const string Message = "is written by the operator alone; left aside";
                    notices.Add(new ManifestProblem(file, entry.Line, "status", Message));
                    break;
                default:
                    string[] allowed = ["apiVersion", "kind", "metadata", "spec"];
                    found.Add(
                        (entry.Line, entry.Key, $"is not a field here; {NearestName.Suggest(entry.Key, allowed)}")
                    );
                    break;
            }
        }

        if (root.Find("metadata") is null)
        {
            found.Add((root.Line, "metadata", "is missing; give name, and namespace where the kind has one"));
        }

        if (root.Find("spec") is null && kind.Spec.Fields.Any(field => field.Required))
        {
            var required = kind.Spec.Fields.Where(field => field.Required).Select(field => field.Name);
            found.Add((root.Line, "spec", $"is missing; give {string.Join(", ", required)}"));
        }
    }

    private static JsonObject ReadMetadata(
        YamlMapping metadata,
        int line,
        KindSchema kind,
        SchemaWalker walker,
        List<(int Line, string Path, string Message)> found
    )
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
                found.Add((entry.Line, path, $"is not a field here; {NearestName.Suggest(entry.Key, MetadataFields)}"));
            }
            else if (entry.Key is "namespace" && kind.Resource.Scope is ResourceScope.Cluster)
            {
                found.Add((entry.Line, path, $"must be absent: a {kind.Kind} is in no namespace"));
            }
            else
            {
                json[entry.Key] = walker.Walk(entry.Value, schema, path, entry.Line);
            }
        }

        if (metadata.Find("name") is null)
        {
            found.Add((line, "metadata.name", $"is missing; give {TextShapes.Allowed(TextShape.DnsLabel)}"));
        }

        if (kind.Resource.Scope is ResourceScope.Namespaced && metadata.Find("namespace") is null)
        {
            json["namespace"] = "default";
        }

        return json;
    }

    private static IReadOnlyList<RuleFailure> Judge(
        KindSchema kind,
        JsonObject json,
        List<(int Line, string Path, string Message)> found
    )
    {
        var entity = (IKubernetesObject<V1ObjectMeta>)json.Deserialize(kind.Type, Lenient)!;
        return ResourceRules.CheckSoundFields(entity, [.. found.Select(static problem => problem.Path)]);
    }

    private static int LineOf(YamlMapping root, string field) =>
        root.Entries.FirstOrDefault(entry => entry.Key == field)?.Line ?? root.Line;

    private void Report(int line, string path, string message) =>
        problems.Add(new ManifestProblem(file, line, path, message));
}

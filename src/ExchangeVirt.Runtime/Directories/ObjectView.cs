using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeVirt.Runtime.Manifests;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Runtime.Directories;

/// <summary>Puts manifest, metadata and status together to the object that an API server would show.</summary>
internal static class ObjectView
{
    public static T As<T>(StoredObject entry)
        where T : class, IKubernetesObject<V1ObjectMeta> => KubernetesJson.Deserialize<T>(Json(entry).ToJsonString());

    /// <summary>Whether an exception of <see cref="As{T}"/> says that the object does not fit its type.</summary>
    public static bool IsMisfit(Exception exception) =>
        exception is JsonException or FormatException or ArgumentException or NotSupportedException;

    public static JsonObject Json(StoredObject entry)
    {
        var view = JsonNode.Parse(entry.Manifest.Text)!.AsObject();
        var metadata = view["metadata"] as JsonObject ?? [];
        view["metadata"] = metadata;
        metadata["name"] = entry.Name;
        Set(metadata, "namespace", entry.Namespace);
        metadata["uid"] = entry.Uid;
        metadata["generation"] = entry.Generation;
        metadata["resourceVersion"] = entry.ResourceVersion.ToString(CultureInfo.InvariantCulture);
        metadata["creationTimestamp"] = Timestamp(entry.CreationTimestamp);
        Set(metadata, "deletionTimestamp", entry.DeletionTimestamp is { } deleted ? Timestamp(deleted) : null);
        Set(metadata, "finalizers", entry.Finalizers.IsEmpty ? null : Array(entry.Finalizers));
        Set(metadata, "annotations", Annotations(entry, metadata["annotations"] as JsonObject));
        Set(view, "status", entry.Status is { } status ? JsonNode.Parse(status.Text) : null);
        return view;
    }

    /// <summary>Reads the annotations that the manifest itself declares.</summary>
    public static string? DeclaredAnnotation(StoredObject entry, string name) =>
        Text(JsonNode.Parse(entry.Manifest.Text)!["metadata"]?["annotations"]?[name]);

    private static JsonObject? Annotations(StoredObject entry, JsonObject? declared)
    {
        JsonObject annotations = [];
        foreach (var (name, value) in declared ?? [])
        {
            var isRemoved = entry.RemovedAnnotations.TryGetValue(name, out var removed) && removed == Text(value);
            if (!isRemoved)
            {
                annotations[name] = value?.DeepClone();
            }
        }

        foreach (var (name, value) in entry.Annotations)
        {
            annotations[name] = value;
        }

        // A manifest that says so itself would deceive controllers.
        annotations.Remove(ManifestAnnotation.Name);
        if (entry.Vanished)
        {
            annotations[ManifestAnnotation.Name] = ManifestAnnotation.Vanished;
        }

        return annotations.Count == 0 ? null : annotations;
    }

    private static string? Text(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? text : node?.ToJsonString();

    private static JsonArray Array(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode?)text)];

    // As Kubernetes writes it: whole seconds.
    private static string Timestamp(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static void Set(JsonObject target, string name, JsonNode? value)
    {
        if (value is null)
        {
            target.Remove(name);
        }
        else
        {
            target[name] = value;
        }
    }
}

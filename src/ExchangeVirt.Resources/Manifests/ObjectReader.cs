using System.Text.Json;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.Schema;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Resources.Manifests;

/// <summary>An object with all that is wrong with it.</summary>
/// <param name="Entity">The object without what does not fit the schema.</param>
/// <param name="Before">The version before, in the same way; null where the object is new.</param>
/// <param name="Problems">What is wrong and was brought about by this change.</param>
/// <param name="IsSound">Whether all of the object fits the schema, so that nothing is missing from it.</param>
public sealed record JudgedObject(
    IKubernetesObject<V1ObjectMeta> Entity,
    IKubernetesObject<V1ObjectMeta>? Before,
    IReadOnlyList<RuleFailure> Problems,
    bool IsSound
);

/// <summary>
/// Judges objects as an API server holds them, by the same schema and rules as manifests. What was wrong before a change
/// and is not touched by it is forgiven.
/// </summary>
public static class ObjectReader
{
    /// <summary>The id under which the schema's own refusals go.</summary>
    public const string SchemaRule = "schema";

    // The API server has judged the rest of the metadata by itself.
    private static readonly string[] OurMetadata = ["name", "namespace"];

    /// <summary>Judges an object, and its change where the version before is given.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="now">The object; what is no JSON object is judged as one without any field.</param>
    /// <param name="before">The version before, or null where the object is new.</param>
    public static JudgedObject Judge(KindSchema kind, JsonElement now, JsonElement? before)
    {
        var old = before is { } given ? Tree(given) : null;
        var oldReading = old is null ? null : EntityReading.Of(old, kind);
        var reading = EntityReading.Of(Tree(now), kind, old);
        return new JudgedObject(
            WithMetadata(reading.Entity, now),
            oldReading is null ? null : WithMetadata(oldReading.Entity, before!.Value),
            [
                .. reading.Found.Select(static each => new RuleFailure(SchemaRule, each.Path, each.Message)),
                .. reading.Judge(oldReading),
            ],
            reading.IsWhole
        );
    }

    /// <summary>Reads an object that is there, whatever is wrong with it.</summary>
    public static IKubernetesObject<V1ObjectMeta> Read(KindSchema kind, JsonElement json) =>
        WithMetadata(EntityReading.Of(Tree(json), kind).Entity, json);

    private static IKubernetesObject<V1ObjectMeta> WithMetadata(
        IKubernetesObject<V1ObjectMeta> entity,
        JsonElement json
    )
    {
        var metadata = Part(json, "metadata").GetValueOrDefault();
        entity.Metadata.Name ??= Part(metadata, "name") is { ValueKind: JsonValueKind.String } name
            ? name.GetString()!
            : "";
        entity.Metadata.Labels = Texts(Part(metadata, "labels"));
        entity.Metadata.Annotations = Texts(Part(metadata, "annotations"));
        if (Part(metadata, "deletionTimestamp") is { ValueKind: JsonValueKind.String } deleted)
        {
            // Whether it is there is all that anybody asks of it.
            entity.Metadata.DeletionTimestamp = deleted.TryGetDateTime(out var time) ? time : default(DateTime);
        }

        return entity;
    }

    private static JsonElement? Part(JsonElement json, string name) =>
        json.ValueKind is JsonValueKind.Object && json.TryGetProperty(name, out var part) ? part : null;

    private static Dictionary<string, string>? Texts(JsonElement? json) =>
        json is { ValueKind: JsonValueKind.Object } map
            ? map.EnumerateObject()
                .Where(static each => each.Value.ValueKind is JsonValueKind.String)
                .GroupBy(static each => each.Name)
                .ToDictionary(static each => each.Key, static each => each.Last().Value.GetString()!)
            : null;

    private static YamlMapping Tree(JsonElement json)
    {
        var root = Node(json) as YamlMapping ?? new YamlMapping(0, [], 0);
        return new YamlMapping(
            0,
            [.. root.Entries.Where(static entry => entry.Key is not "status").Select(OursOnly)],
            root.Weight
        );
    }

    private static YamlEntry OursOnly(YamlEntry entry) =>
        entry is { Key: "metadata", Value: YamlMapping metadata }
            ? entry with
            {
                Value = new YamlMapping(
                    0,
                    [.. metadata.Entries.Where(static each => OurMetadata.Contains(each.Key))],
                    metadata.Weight
                ),
            }
            : entry;

    private static YamlNode Node(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.Object => Mapping(json),
            JsonValueKind.Array => new YamlSequence(0, [.. json.EnumerateArray().Select(Node)], 0),
            JsonValueKind.String => new YamlScalar(0, json.GetString()!, IsPlain: false),
            _ => new YamlScalar(0, json.GetRawText(), IsPlain: true),
        };

    private static YamlMapping Mapping(JsonElement json) =>
        // Of a name that stands twice the last counts, as everywhere in Kubernetes.
        new(
            0,
            [
                .. json.EnumerateObject()
                    .GroupBy(static property => property.Name)
                    .Select(static group => new YamlEntry(group.Key, 0, Node(group.Last().Value))),
            ],
            0
        );
}

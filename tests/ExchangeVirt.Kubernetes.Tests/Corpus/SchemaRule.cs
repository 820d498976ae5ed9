using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ExchangeVirt.Envtest.Definitions;
using ExchangeVirt.Tests.Corpus;

namespace ExchangeVirt.Kubernetes.Tests.Corpus;

/// <summary>One rule in CEL as it stands in a definition.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Location">The field that it is a rule of, such as <c>spec.disks[*]</c>; empty for the object itself.</param>
/// <param name="Id">Its id, with which its message begins.</param>
/// <param name="Blames">The field below that it blames, with a leading dot; empty for the field itself.</param>
/// <param name="IsOfChange">Whether it judges changes alone.</param>
internal sealed partial record SchemaRule(string Kind, string Location, string Id, string Blames, bool IsOfChange)
{
    private string Blamed => (Location + Blames).TrimStart('.');

    /// <summary>Reads the rules of all our definitions.</summary>
    public static IReadOnlyList<SchemaRule> All() =>
        [
            .. CustomResourceDefinitions
                .Ours()
                .SelectMany(static definition =>
                    Of(
                        (string)definition["spec"]!["names"]!["kind"]!,
                        "",
                        definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!.AsObject()
                    )
                ),
        ];

    /// <summary>Tells whether a server refused a manifest because of this rule, at this place.</summary>
    public bool IsBrokenBy(CorpusCase asked, Judgement judgement) =>
        judgement.Word == "refuses"
        && IsOfKind(asked)
        && judgement.Said.Any(each =>
            each.Message.Contains($"{Id}: ", StringComparison.Ordinal)
            // A server names no field below metadata, and the object as a whole by this word.
            && (Index().Replace(each.Path, "[*]") == Blamed || (Location.Length == 0 && each.Path == "<nil>"))
        );

    /// <summary>
    /// Tells whether a server accepted a manifest that has what this rule is about; of a rule that judges changes, one that
    /// changed what it is a rule of.
    /// </summary>
    public bool IsKeptBy(CorpusCase asked, Judgement judgement) =>
        judgement.Word == "accepts"
        && asked.Operation != "Delete"
        // What broke rules before is forgiven, so it says nothing about them.
        && !asked.IsFromBefore
        && IsOfKind(asked)
        && Has(CorpusCase.ToJson(asked.Object), Blamed)
        && (!IsOfChange || (asked.Before is { } before && Has(CorpusCase.ToJson(before), Location)));

    private static IEnumerable<SchemaRule> Of(string kind, string location, JsonObject schema)
    {
        foreach (var rule in schema["x-kubernetes-validations"]?.AsArray() ?? [])
        {
            yield return new SchemaRule(
                kind,
                location,
                ((string)rule!["message"]!).Split(": ")[0],
                (string?)rule["fieldPath"] ?? "",
                ((string)rule["rule"]!).Contains("oldSelf", StringComparison.Ordinal)
                    && (bool?)rule["optionalOldSelf"] is not true
            );
        }

        IEnumerable<(string Location, JsonNode? Schema)> below =
        [
            .. (schema["properties"]?.AsObject() ?? []).Select(each =>
                ($"{location}.{each.Key}".TrimStart('.'), each.Value)
            ),
            ($"{location}[*]", schema["items"]),
            ($"{location}[*]", schema["additionalProperties"]),
        ];
        foreach (var (place, inner) in below)
        {
            foreach (var rule in inner is JsonObject one ? Of(kind, place, one) : [])
            {
                yield return rule;
            }
        }
    }

    private bool IsOfKind(CorpusCase asked) =>
        asked.Object.Split('\n').Contains($"kind: {Kind}", StringComparer.Ordinal);

    private static bool Has(JsonNode entity, string path)
    {
        IEnumerable<JsonNode?> found = [entity];
        foreach (var part in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            var isList = part.EndsWith("[*]", StringComparison.Ordinal);
            var name = isList ? part[..^3] : part;
            found = found.Select(node => node is JsonObject map ? map[name] : null);
            found = isList ? found.OfType<JsonArray>().SelectMany(static list => list) : found;
        }

        return found.Any(static node => node is not null);
    }

    [GeneratedRegex(@"\[\d+\]", RegexOptions.None, 5_000)]
    private static partial Regex Index();
}

using System.Text.Json.Nodes;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Definitions;

namespace ExchangeVirt.Deploy.Tests.Support;

/// <summary>A set of objects as they would be applied.</summary>
internal sealed class Manifests(IReadOnlyList<JsonObject> objects)
{
    public static Manifests Parse(string yaml) => new(YamlFiles.Parse(yaml));

    public IReadOnlyList<JsonObject> All => objects;

    public IEnumerable<string> Names => objects.Select(NameOf);

    /// <summary>Finds the objects of a kind.</summary>
    public IReadOnlyList<JsonObject> Of(string kind) => [.. objects.Where(one => KindOf(one) == kind)];

    /// <summary>Finds the one object of a kind, or of a kind and name.</summary>
    public JsonObject One(string kind, string? name = null) =>
        Assert.Single(Of(kind), one => name is null || (string?)one["metadata"]!["name"] == name);

    public static string KindOf(JsonNode one) => (string?)one["kind"] ?? "";

    public static string NameOf(JsonNode one) => $"{KindOf(one)}/{(string?)one["metadata"]?["name"]}";

    public static string Path(params ReadOnlySpan<string> names) => Checkout.Combine(["deploy", .. names]);

    public static IEnumerable<string> Texts(JsonNode? list) =>
        (list as JsonArray ?? []).Select(static item => (string?)item ?? "");

    public static IReadOnlyDictionary<string, string> Map(JsonNode? map) =>
        (map as JsonObject ?? []).ToDictionary(
            static pair => pair.Key,
            static pair => pair.Value?.ToString() ?? "",
            StringComparer.Ordinal
        );

    /// <summary>Compares as an API server does: the order of fields means nothing.</summary>
    public static void AssertSame(JsonNode? expected, JsonNode? actual) =>
        Assert.True(
            JsonNode.DeepEquals(expected, actual),
            $"Expected {expected?.ToJsonString()}\nbut it is {actual?.ToJsonString()}"
        );
}

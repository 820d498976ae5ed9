using System.Text.Json.Nodes;
using ExchangeVirt.Envtest.Definitions;

namespace ExchangeVirt.Deploy.Tests.Support;

/// <summary>The alerts, from their one source.</summary>
internal sealed record AlertRules(string Alert, string Severity, string Expression, JsonObject Annotations)
{
    public static string File { get; } =
        Manifests.Path("helm", "exchangevirt-operator", "files", "prometheus-rules.yaml");

    public static JsonObject Source => Assert.Single(YamlFiles.Load(File));

    /// <summary>Reads the alerts of a rule file, or of a PrometheusRule's spec.</summary>
    public static IReadOnlyList<AlertRules> Of(JsonNode rules) =>
        [
            .. ((JsonArray)rules["groups"]!)
                .SelectMany(static group => (JsonArray)group!["rules"]!)
                .Select(static rule => new AlertRules(
                    (string)rule!["alert"]!,
                    (string)rule["labels"]!["severity"]!,
                    (string)rule["expr"]!,
                    (JsonObject)rule["annotations"]!
                )),
        ];
}

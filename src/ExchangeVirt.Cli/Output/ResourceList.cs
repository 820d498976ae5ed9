using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Cli.Output;

/// <summary>Makes Kubernetes' <c>List</c> of objects of any kinds.</summary>
internal static class ResourceList
{
    private static readonly JsonSerializerOptions s_indented = new(ResourceJson.Options) { WriteIndented = true };

    /// <summary>Wraps objects, each copied.</summary>
    public static JsonObject Of(IEnumerable<JsonObject> items) =>
        new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "List",
            ["metadata"] = new JsonObject { ["resourceVersion"] = "" },
            ["items"] = new JsonArray([.. items.Select(static item => item.DeepClone())]),
        };

    /// <summary>Writes a value as indented JSON.</summary>
    public static string Json(JsonNode? value) => value is null ? "null" : value.ToJsonString(s_indented);
}

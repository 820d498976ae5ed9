using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeVirt.Operator.Admission;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Operator.Tests.Admission;

/// <summary>Questions as an API server asks them.</summary>
internal static class Reviews
{
    public static JsonObject Machine() =>
        JsonNode
            .Parse(
                """
                {
                  "apiVersion": "exchangevirt.io/v1alpha1",
                  "kind": "ExchangeVirtualMachine",
                  "metadata": {
                    "name": "ex01", "namespace": "messaging", "uid": "1", "generation": 3, "resourceVersion": "17",
                    "creationTimestamp": "2026-01-01T00:00:00Z", "finalizers": ["exchangevirt.io/virtual-machine"],
                    "managedFields": [{"manager": "kubectl", "operation": "Apply", "fieldsV1": {"f:spec": {".": {}}}}]
                  },
                  "spec": {
                    "exchange": {"version": "ExchangeSE", "role": "Mailbox", "standalone": true},
                    "guest": {"operatingSystem": "WindowsServer2022"},
                    "processors": {"count": 8},
                    "memory": {"size": "128Gi"},
                    "policyName": "default"
                  },
                  "status": {"observedGeneration": 2}
                }
                """
            )!
            .AsObject();

    public static AdmissionRequest Request(
        string operation,
        JsonNode? now,
        JsonNode? before = null,
        string? subResource = null,
        string kind = ExchangeVirtualMachine.KubeKind,
        string version = ApiGroup.Version
    ) =>
        new()
        {
            Uid = "42",
            Kind = new GroupVersionKind(ApiGroup.Group, version, kind),
            Name = "ex01",
            Operation = operation,
            SubResource = subResource,
            Object = Element(now),
            OldObject = Element(before),
        };

    public static string Json(AdmissionRequest request) =>
        JsonSerializer.Serialize(new AdmissionReview { Request = request }, ResourceJson.Options);

    private static JsonElement? Element(JsonNode? json) =>
        json is null ? null : JsonSerializer.SerializeToElement(json);
}

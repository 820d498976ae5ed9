using System.Text.Json.Nodes;

namespace ExchangeVirt.Envtest.Definitions;

/// <summary>Leases as a custom resource, for a server that has no core kinds.</summary>
public static class LeaseDefinition
{
    /// <summary>Returns the definition. The fields are those of coordination.k8s.io/v1.</summary>
    public static JsonObject Manifest() =>
        YamlFiles.Parse(
            """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata:
              name: leases.coordination.k8s.io
              annotations: { api-approved.kubernetes.io: "unapproved, testing-only" }
            spec:
              group: coordination.k8s.io
              scope: Namespaced
              names: { kind: Lease, listKind: LeaseList, plural: leases, singular: lease }
              versions:
              - name: v1
                served: true
                storage: true
                schema:
                  openAPIV3Schema:
                    type: object
                    properties:
                      spec:
                        type: object
                        properties:
                          holderIdentity: { type: string }
                          leaseDurationSeconds: { type: integer, format: int32 }
                          acquireTime: { type: string, format: date-time }
                          renewTime: { type: string, format: date-time }
                          leaseTransitions: { type: integer, format: int32 }
                          strategy: { type: string }
                          preferredHolder: { type: string }
            """
        )[0];
}

using System.Text.Json.Nodes;

namespace ExchangeVirt.Envtest.Definitions;

/// <summary>Widgets: the kind that tests of the controller runtime work on.</summary>
public static class WidgetDefinition
{
    /// <summary>The API group.</summary>
    public const string Group = "tests.example";

    /// <summary>The only version.</summary>
    public const string Version = "v1";

    /// <summary>The plural.</summary>
    public const string Plural = "widgets";

    /// <summary>Returns the definition: <c>spec.size</c> an integer, <c>status.phase</c> and <c>status.note</c> strings,
    /// <c>status.part</c> an object and <c>status.parts</c> a list, status a subresource.</summary>
    public static JsonObject Manifest() =>
        YamlFiles.Parse(
            """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: { name: widgets.tests.example }
            spec:
              group: tests.example
              scope: Namespaced
              names: { kind: Widget, listKind: WidgetList, plural: widgets, singular: widget }
              versions:
              - name: v1
                served: true
                storage: true
                subresources: { status: {} }
                schema:
                  openAPIV3Schema:
                    type: object
                    properties:
                      spec:
                        type: object
                        properties:
                          size: { type: integer }
                      status:
                        type: object
                        default: { phase: Unseen }
                        properties:
                          phase: { type: string }
                          note: { type: string }
                          part: { type: object, properties: { of: { type: string } } }
                          parts: { type: array, items: { type: string } }
                          conditions:
                            type: array
                            x-kubernetes-list-type: map
                            x-kubernetes-list-map-keys: [type]
                            items:
                              type: object
                              required: [type, status]
                              properties: { type: { type: string }, status: { type: string } }
            """
        )[0];

    /// <summary>Names the collection, or one widget in it.</summary>
    public static string Path(string inNamespace, string? name = null) =>
        $"/apis/{Group}/{Version}/namespaces/{inNamespace}/{Plural}{(name is null ? "" : $"/{name}")}";

    /// <summary>Returns a widget's manifest.</summary>
    public static JsonObject Widget(string name, int size) =>
        new()
        {
            ["apiVersion"] = $"{Group}/{Version}",
            ["kind"] = "Widget",
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject { ["size"] = size },
        };
}

using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Kubernetes;

/// <summary>Writes the paths of the API server's resources, from the server's root on and without a leading slash.</summary>
public static class ApiPath
{
    /// <summary>Writes the path of all objects of a kind in all namespaces, or in the whole cluster.</summary>
    public static string Of(ResourceType type) =>
        type.Group.Length == 0
            ? $"api/{type.Version}/{type.Plural}"
            : $"apis/{type.Group}/{type.Version}/{type.Plural}";

    /// <summary>Writes the path of all objects of a kind in one namespace.</summary>
    public static string InNamespace(ResourceType type, string ofNamespace) =>
        type.Group.Length == 0
            ? $"api/{type.Version}/namespaces/{Escape(ofNamespace)}/{type.Plural}"
            : $"apis/{type.Group}/{type.Version}/namespaces/{Escape(ofNamespace)}/{type.Plural}";

    /// <summary>Writes the path of one object.</summary>
    public static string Of(ResourceType type, ResourceKey key) =>
        $"{(key.Namespace is null ? Of(type) : InNamespace(type, key.Namespace))}/{Escape(key.Name)}";

    /// <summary>Escapes a part of a path or a value of a query.</summary>
    public static string Escape(string text) => Uri.EscapeDataString(text);
}

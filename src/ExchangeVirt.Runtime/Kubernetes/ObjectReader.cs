using System.Text.Json;
using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Runtime.Kubernetes;

/// <summary>Reads objects as the API server writes them; one that does not fit its type is told apart, never in the way of others.</summary>
internal sealed class ObjectReader(JsonSerializerOptions? json, StatusMemory memory)
{
    private const int LongestMessage = 1024;

    /// <summary>Reads an object.</summary>
    /// <returns>Either the object or what does not fit.</returns>
    public (T? Object, UnreadableResource? Unreadable) Read<T>(JsonElement element)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        try
        {
            var entity = KubernetesJson.Deserialize<T>(element, json) ?? throw new JsonException("The object is null.");
            // What is cached for each object is not its history.
            entity.Metadata.ManagedFields = null;
            var (type, key) = (ResourceType.Of<T>(), entity.Key());
            memory.Remember(type, key, entity.Metadata.ResourceVersion, StatusOf(entity) ?? "{}");
            memory.NoteClaim(type, key, StatusRemovals.IsClaimed(element));
            return (entity, null);
        }
        catch (Exception misfit) when (misfit is JsonException or FormatException or ArgumentException)
        {
            var key = KeyOf(element);
            memory.Forget(ResourceType.Of<T>(), key);
            return (null, new UnreadableResource(key, Message(misfit)) { Json = element.GetRawText() });
        }
    }

    /// <summary>Writes the status of an object.</summary>
    /// <returns>Null where it has none.</returns>
    public string? StatusOf<T>(T entity)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        using var document = JsonDocument.Parse(KubernetesJson.Serialize(entity, json));
        return
            document.RootElement.TryGetProperty("status", out var status) && status.ValueKind is not JsonValueKind.Null
            ? status.GetRawText()
            : null;
    }

    /// <summary>Reads namespace and name, which every object has whatever else is wrong with it.</summary>
    public static ResourceKey KeyOf(JsonElement element)
    {
        var metadata = element.GetProperty("metadata");
        return new ResourceKey(
            metadata.TryGetProperty("namespace", out var inNamespace) ? inNamespace.GetString() : null,
            metadata.GetProperty("name").GetString()!
        );
    }

    /// <summary>Reads the version of an object or list.</summary>
    public static string VersionOf(JsonElement element) =>
        element.GetProperty("metadata").GetProperty("resourceVersion").GetString()!;

    private static string Message(Exception misfit)
    {
        var message =
            misfit is JsonException { Path: { } path } && !misfit.Message.Contains(path, StringComparison.Ordinal)
                ? $"{path}: {misfit.Message}"
                : misfit.Message;
        return message.Length <= LongestMessage ? message : message[..LongestMessage];
    }
}

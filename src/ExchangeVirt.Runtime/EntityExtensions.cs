using System.Text.Json;
using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Runtime;

/// <summary>Reads what every entity has.</summary>
public static class EntityExtensions
{
    private static readonly JsonSerializerOptions s_withNulls = new(JsonSerializerDefaults.Web);

    /// <summary>Takes the key from an object's metadata.</summary>
    public static ResourceKey Key(this IKubernetesObject<V1ObjectMeta> entity) =>
        new(entity.Metadata.NamespaceProperty, entity.Metadata.Name);

    /// <summary>Makes a reference for events about the object.</summary>
    public static ResourceReference Reference<T>(this T entity)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        new(ResourceType.Of<T>().Kind, entity.Key(), entity.Metadata.Uid, ResourceType.Of<T>().ApiVersion);

    /// <summary>Makes a deep copy by way of JSON, so that the cache's object can be changed.</summary>
    public static T Copy<T>(this T entity)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        try
        {
            return KubernetesJson.Deserialize<T>(KubernetesJson.Serialize(entity));
        }
        catch (JsonException)
        {
            // A null where none belongs, which a lax server lets pass, is left out when written and missed when read. It is
            // for the controller to judge.
            return JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(entity, s_withNulls), s_withNulls)!;
        }
    }
}

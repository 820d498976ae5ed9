using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Runtime;

/// <summary>Reads what every entity has.</summary>
public static class EntityExtensions
{
    /// <summary>Takes the key from an object's metadata.</summary>
    public static ResourceKey Key(this IKubernetesObject<V1ObjectMeta> entity) =>
        new(entity.Metadata.NamespaceProperty, entity.Metadata.Name);

    /// <summary>Makes a reference for events about the object.</summary>
    public static ResourceReference Reference<T>(this T entity)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        new(ResourceType.Of<T>().Kind, entity.Key(), entity.Metadata.Uid, ResourceType.Of<T>().ApiVersion);

    /// <summary>Makes a deep copy by way of JSON, so that the cache's object can be changed.</summary>
    public static T Copy<T>(this T entity)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        KubernetesJson.Deserialize<T>(KubernetesJson.Serialize(entity));
}

using System.Reflection;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Runtime.Stores;

/// <summary>Names a kind of resource as the API does.</summary>
/// <param name="Group">The API group; empty for the core group.</param>
/// <param name="Version">The API version, such as <c>v1alpha1</c>.</param>
/// <param name="Kind">The kind in CamelCase.</param>
/// <param name="Plural">The lower-case plural that paths are made of.</param>
public sealed record ResourceType(string Group, string Version, string Kind, string Plural)
{
    /// <summary>Joins group and version as a manifest writes them.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>Reads the kind off the <see cref="KubernetesEntityAttribute"/> of an entity type.</summary>
    /// <exception cref="InvalidOperationException">The type does not carry the attribute.</exception>
    public static ResourceType Of<T>()
        where T : class, IKubernetesObject<V1ObjectMeta> => Cache<T>.Value;

    private static class Cache<T>
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        // Not a field initializer: that would wrap the explanation in a TypeInitializationException.
        private static ResourceType? s_value;

        public static ResourceType Value => s_value ??= Read();

        private static ResourceType Read()
        {
            var attribute =
                typeof(T).GetCustomAttribute<KubernetesEntityAttribute>()
                ?? throw new InvalidOperationException(
                    $"{typeof(T).FullName} has no [KubernetesEntity] attribute, so its kind and plural are unknown. Add one."
                );
            return new ResourceType(attribute.Group ?? "", attribute.ApiVersion, attribute.Kind, attribute.PluralName);
        }
    }
}

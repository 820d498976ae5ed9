using System.Text.Json;
using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Directories;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Cli.Planning;

/// <summary>Joins what manifests declare with what an operator remembers of it.</summary>
internal static class PlannedEntities
{
    /// <summary>Takes each object's spec from its manifest, and status and identity from the state, where there is one.</summary>
    public static IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Merge(ManifestSet manifests, DirectoryReader? state) =>
        [
            .. Merge<HyperVHost>(
                manifests,
                state,
                static (entity, known) => entity.Status = known.Status,
                static entity => entity.Spec
            ),
            .. Merge<DatabaseAvailabilityGroup>(
                manifests,
                state,
                static (entity, known) => entity.Status = known.Status,
                static entity => entity.Spec
            ),
            .. Merge<VirtualizationPolicy>(
                manifests,
                state,
                static (entity, known) => entity.Status = known.Status,
                static entity => entity.Spec
            ),
            .. Merge<ExchangeVirtualMachine>(
                manifests,
                state,
                static (entity, known) => entity.Status = known.Status,
                static entity => entity.Spec
            ),
        ];

    private static IEnumerable<IKubernetesObject<V1ObjectMeta>> Merge<T>(
        ManifestSet manifests,
        DirectoryReader? state,
        Action<T, T> takeStatus,
        Func<T, object> specOf
    )
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var known = (state?.List<T>() ?? []).ToDictionary(KeyOf);
        foreach (var entity in manifests.Entities.Select(static each => each.Entity).OfType<T>())
        {
            var metadata = entity.Metadata;
            metadata.Generation = 1;
            metadata.ResourceVersion = "1";
            if (known.TryGetValue(KeyOf(entity), out var before))
            {
                // A spec that changed since the operator looked is a change, and not drift: its generation is the next one.
                var isSame = Text(specOf(entity)) == Text(specOf(before));
                metadata.Uid = before.Metadata.Uid;
                metadata.Finalizers = before.Metadata.Finalizers;
                metadata.Generation = before.Metadata.Generation + (isSame ? 0 : 1);
                takeStatus(entity, before);
            }

            yield return entity;
        }
    }

    private static (string?, string) KeyOf(IKubernetesObject<V1ObjectMeta> entity) =>
        (entity.Metadata.NamespaceProperty, entity.Metadata.Name);

    private static string Text(object spec) => JsonSerializer.Serialize(spec, spec.GetType(), ResourceJson.Options);
}

using System.Text.Json;
using ExchangeVirt.Cli.Estates;
using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Resources.V1Alpha1;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Cli.Planning;

/// <summary>Joins what manifests declare with what an operator remembers of it.</summary>
internal static class PlannedEntities
{
    /// <summary>
    /// Takes manifests for the whole estate: each object's spec from its manifest, and status and identity from what is known,
    /// where there is any.
    /// </summary>
    public static IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Merge(ManifestSet manifests, EstateObjects? known) =>
        [.. manifests.Entities.Select(each => Joined(each.Entity, known, keepsLabels: false))];

    /// <summary>
    /// Supposes that manifests were applied to what is there: their objects' specs from them, everything else, and every other
    /// object, as it is.
    /// </summary>
    public static IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Apply(ManifestSet manifests, EstateObjects live)
    {
        var applied = manifests.Entities.Select(each => Joined(each.Entity, live, keepsLabels: true)).ToList();
        return
        [
            .. applied,
            .. live.All.Where(each =>
                !applied.Exists(other =>
                    other.Kind == each.Kind
                    && other.Metadata.Name == each.Metadata.Name
                    && other.Metadata.NamespaceProperty == each.Metadata.NamespaceProperty
                )
            ),
        ];
    }

    /// <summary>Gives the spec of an object of any kind as JSON.</summary>
    public static string SpecOf(IKubernetesObject<V1ObjectMeta> entity) =>
        JsonSerializer.SerializeToNode(entity, entity.GetType(), ResourceJson.Options)!["spec"]?.ToJsonString() ?? "{}";

    private static IKubernetesObject<V1ObjectMeta> Joined(
        IKubernetesObject<V1ObjectMeta> entity,
        EstateObjects? known,
        bool keepsLabels
    )
    {
        var metadata = entity.Metadata;
        metadata.Generation = 1;
        metadata.ResourceVersion = "1";
        if (known?.Find(entity.Kind, metadata.NamespaceProperty, metadata.Name) is not { } before)
        {
            return entity;
        }

        // A spec that changed since the operator looked is a change, and not drift: its generation is the next one.
        metadata.Uid = before.Metadata.Uid;
        metadata.Finalizers = before.Metadata.Finalizers;
        metadata.Generation = before.Metadata.Generation + (SpecOf(entity) == SpecOf(before) ? 0 : 1);
        if (keepsLabels)
        {
            metadata.Labels = Over(before.Metadata.Labels, metadata.Labels);
            metadata.Annotations = Over(before.Metadata.Annotations, metadata.Annotations);
            metadata.DeletionTimestamp = before.Metadata.DeletionTimestamp;
        }

        TakeStatus(entity, before);
        return entity;
    }

    // What others have put there stays when a manifest is applied that does not speak of it.
    private static IDictionary<string, string>? Over(
        IDictionary<string, string>? before,
        IDictionary<string, string>? declared
    )
    {
        if (before is null)
        {
            return declared;
        }

        var all = new Dictionary<string, string>(before);
        foreach (var (name, value) in declared ?? new Dictionary<string, string>())
        {
            all[name] = value;
        }

        return all;
    }

    private static void TakeStatus(IKubernetesObject<V1ObjectMeta> entity, IKubernetesObject<V1ObjectMeta> before)
    {
        switch (entity, before)
        {
            case (HyperVHost host, HyperVHost known):
                host.Status = known.Status;
                break;
            case (DatabaseAvailabilityGroup group, DatabaseAvailabilityGroup known):
                group.Status = known.Status;
                break;
            case (VirtualizationPolicy policy, VirtualizationPolicy known):
                policy.Status = known.Status;
                break;
            case (ExchangeVirtualMachine machine, ExchangeVirtualMachine known):
                machine.Status = known.Status;
                break;
            case (VirtualMachineMigration migration, VirtualMachineMigration known):
                migration.Status = known.Status;
                break;
        }
    }
}

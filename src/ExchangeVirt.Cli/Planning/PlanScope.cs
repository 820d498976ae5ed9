using ExchangeVirt.Operator.Previewing;
using ExchangeVirt.Resources.Mapping;
using ExchangeVirt.Resources.V1Alpha1;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Cli.Planning;

/// <summary>Says of which machines a plan on hosts is told. Everything is reckoned with, whatever is told.</summary>
/// <param name="Everywhere">Whether all machines were asked for.</param>
/// <param name="Namespace">The namespace whose machines were asked for; null where none was named.</param>
/// <param name="Applied">What is about to be applied.</param>
internal sealed record PlanScope(
    bool Everywhere,
    string? Namespace,
    IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Applied
)
{
    /// <summary>Whether a machine is told of: one of the namespace, or, where none was named, one that the manifests concern.</summary>
    public bool Holds(VirtualMachinePreview preview) =>
        Everywhere
        || (Namespace is not null && preview.Entity.Metadata.NamespaceProperty == Namespace)
        || Applied.Any(each => Namespace is null ? Concerns(each, preview) : Is(each, preview.Entity));

    private static bool Concerns(IKubernetesObject<V1ObjectMeta> applied, VirtualMachinePreview preview) =>
        applied switch
        {
            VirtualizationPolicy policy => Desired.PolicyNameOf(preview.Entity) == policy.Metadata.Name,
            HyperVHost host => preview.Host == host.Metadata.Name,
            DatabaseAvailabilityGroup group => Desired.GroupNameOf(preview.Entity) == group.Metadata.Name
                && preview.Entity.Metadata.NamespaceProperty == group.Metadata.NamespaceProperty,
            VirtualMachineMigration migration => migration.Spec?.VirtualMachineRef?.Name == preview.Entity.Metadata.Name
                && preview.Entity.Metadata.NamespaceProperty == migration.Metadata.NamespaceProperty,
            _ => Is(applied, preview.Entity),
        };

    private static bool Is(IKubernetesObject<V1ObjectMeta> applied, ExchangeVirtualMachine machine) =>
        applied is ExchangeVirtualMachine && Desired.KeyOf(applied) == Desired.KeyOf(machine);
}

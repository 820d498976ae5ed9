using ExchangeVirt.Resources.Mapping;
using ExchangeVirt.Resources.V1Alpha1;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Resources.Rules;

/// <summary>Answers look-ups from a set of objects at hand, such as all manifests of a directory.</summary>
public sealed class DeclaredSet : IDeclaredObjects
{
    private readonly HashSet<(string?, string)> _groups = [];
    private readonly HashSet<string> _policies = [];
    private readonly ILookup<string, ExchangeVirtualMachine> _byName;
    private readonly ILookup<(string?, string), ExchangeVirtualMachine> _byGroup;
    private readonly ILookup<string, IKubernetesObject<V1ObjectMeta>> _byPolicy;

    /// <summary>Takes the objects, of whatever kinds; what is unsound may be missing from their specs.</summary>
    public DeclaredSet(IEnumerable<IKubernetesObject<V1ObjectMeta>> objects)
    {
        List<ExchangeVirtualMachine> machines = [];
        List<HyperVHost> hosts = [];
        foreach (var each in objects)
        {
            switch (each)
            {
                case ExchangeVirtualMachine { Spec: not null } machine:
                    machines.Add(machine);
                    break;
                case HyperVHost { Spec: not null } host:
                    hosts.Add(host);
                    break;
                case DatabaseAvailabilityGroup group:
                    _groups.Add((group.Metadata.NamespaceProperty, group.Metadata.Name));
                    break;
                case VirtualizationPolicy policy:
                    _policies.Add(policy.Metadata.Name);
                    break;
            }
        }

        Hosts = hosts;
        _byName = machines.ToLookup(Desired.VirtualMachineNameOf, StringComparer.OrdinalIgnoreCase);
        _byGroup = machines
            .Where(static machine => machine.Spec.Exchange?.DatabaseAvailabilityGroup is not null)
            .ToLookup(static machine =>
                ((string?)machine.Metadata.NamespaceProperty, machine.Spec.Exchange.DatabaseAvailabilityGroup!)
            );
        _byPolicy = machines
            .Select(static machine => (machine.Spec.PolicyName, (IKubernetesObject<V1ObjectMeta>)machine))
            .Concat(hosts.Select(static host => (host.Spec.PolicyName, (IKubernetesObject<V1ObjectMeta>)host)))
            .ToLookup(static each => each.PolicyName, static each => each.Item2);
    }

    /// <inheritdoc />
    public IReadOnlyList<HyperVHost> Hosts { get; }

    /// <inheritdoc />
    public bool HasGroup(string? inNamespace, string name) => _groups.Contains((inNamespace, name));

    /// <inheritdoc />
    public bool HasPolicy(string name) => _policies.Contains(name);

    /// <inheritdoc />
    public IReadOnlyList<ExchangeVirtualMachine> NamedInHyperV(string name) => [.. _byName[name]];

    /// <inheritdoc />
    public IReadOnlyList<ExchangeVirtualMachine> MembersOf(string? inNamespace, string group) =>
        [.. _byGroup[(inNamespace, group)]];

    /// <inheritdoc />
    public IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Under(string policy) => [.. _byPolicy[policy]];
}

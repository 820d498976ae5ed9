using ExchangeVirt.Resources.V1Alpha1;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Resources.Rules;

/// <summary>Answers what look-up rules ask about the other declared objects; those that are being deleted still count.</summary>
public interface IDeclaredObjects
{
    /// <summary>Gets all hosts.</summary>
    IReadOnlyList<HyperVHost> Hosts { get; }

    /// <summary>Tells whether a DAG is declared.</summary>
    bool HasGroup(string? inNamespace, string name);

    /// <summary>Tells whether a policy is declared.</summary>
    bool HasPolicy(string name);

    /// <summary>Lists the VMs of all namespaces that bear a name in Hyper-V, in whatever case of letters.</summary>
    IReadOnlyList<ExchangeVirtualMachine> NamedInHyperV(string name);

    /// <summary>Lists the VMs that name a DAG of their namespace.</summary>
    IReadOnlyList<ExchangeVirtualMachine> MembersOf(string? inNamespace, string group);

    /// <summary>Lists the VMs and hosts that name a policy.</summary>
    IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Under(string policy);
}

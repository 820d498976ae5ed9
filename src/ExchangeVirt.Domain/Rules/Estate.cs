using System.Collections.Frozen;
using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Rules;

/// <summary>The facts that the rules judge, with the indexes that let one subject be judged without walking the others. Null is «unknown».</summary>
/// <remarks>A snapshot file maps onto it one to one. Host names are compared without regard to case, as Windows does.</remarks>
public sealed class Estate
{
    private readonly FrozenDictionary<string, EstateHost> _hosts;
    private readonly FrozenDictionary<string, IReadOnlyList<EstateVirtualMachine>> _guests;
    private readonly FrozenDictionary<string, IReadOnlyList<EstateVirtualMachine>> _machines;
    private readonly FrozenDictionary<string, EstateCluster> _clusters;
    private readonly FrozenDictionary<string, IReadOnlyList<EstateHost>> _nodes;

    /// <summary>Indexes a set of facts. Costs one pass over it; judging a subject afterwards costs that subject alone.</summary>
    public Estate(EstateFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        Facts = facts;
        _hosts = Index(facts.Hosts, host => host.Name);
        _clusters = Index(facts.Clusters ?? [], cluster => cluster.Name);
        _guests = Group(facts.VirtualMachines, machine => machine.Host);
        _machines = Group(
            facts.VirtualMachines.Where(machine => machine.Exchange is not null),
            machine => machine.Name
        );
        _nodes = Group(facts.Hosts, host => host.Cluster);
        UnplacedGuests = facts.VirtualMachines.Count(machine => machine.Host is null);
    }

    /// <summary>Gets the facts as they were given.</summary>
    public EstateFacts Facts { get; }

    /// <summary>Gets the number of VMs whose host is unknown: each may sit on any host, so no host's sums are complete while there is one.</summary>
    public int UnplacedGuests { get; }

    /// <summary>Gets the names of all hosts that are described or that a VM names.</summary>
    public IReadOnlyList<string> HostNames =>
        [.. _hosts.Keys.Union(_guests.Keys, StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)];

    /// <summary>Gets the names of all clusters that are described or that a host names.</summary>
    public IReadOnlyList<string> ClusterNames =>
        [.. _clusters.Keys.Union(_nodes.Keys, StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)];

    /// <summary>Gets the names of the VMs declared to hold Exchange.</summary>
    public IReadOnlyList<string> ExchangeMachineNames => [.. _machines.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Finds a host; null where it is not described.</summary>
    public EstateHost? FindHost(string? name) => name is null ? null : _hosts.GetValueOrDefault(name);

    /// <summary>Finds a cluster; null where it is not described.</summary>
    public EstateCluster? FindCluster(string name) => _clusters.GetValueOrDefault(name);

    /// <summary>Gets all guests that a host is known to hold, Exchange or not.</summary>
    public IReadOnlyList<EstateVirtualMachine> GuestsOf(string host) => _guests.GetValueOrDefault(host) ?? [];

    /// <summary>Gets the hosts that name a cluster as theirs.</summary>
    public IReadOnlyList<EstateHost> NodesOf(string cluster) => _nodes.GetValueOrDefault(cluster) ?? [];

    /// <summary>Gets the Exchange VMs of a name: one, or several where a name is not unique, or none.</summary>
    public IReadOnlyList<EstateVirtualMachine> ExchangeMachines(string name) => _machines.GetValueOrDefault(name) ?? [];

    /// <summary>Gets the policy that judges a host.</summary>
    public Policy PolicyOf(EstateHost? host) => host?.Policy ?? Facts.Policy;

    /// <summary>Gets the policy that judges a VM.</summary>
    public Policy PolicyOf(EstateVirtualMachine machine)
    {
        ArgumentNullException.ThrowIfNull(machine);
        return machine.Policy ?? Facts.Policy;
    }

    private static FrozenDictionary<string, T> Index<T>(IEnumerable<T> items, Func<T, string> key)
    {
        var index = new Dictionary<string, T>(StringComparer.OrdinalIgnoreCase);
        foreach (var item in items)
        {
            index.TryAdd(key(item), item);
        }

        return index.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    private static FrozenDictionary<string, IReadOnlyList<T>> Group<T>(IEnumerable<T> items, Func<T, string?> key) =>
        items
            .Where(item => key(item) is not null)
            .GroupBy(item => key(item)!, StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(
                group => group.Key,
                IReadOnlyList<T> (group) => [.. group],
                StringComparer.OrdinalIgnoreCase
            );
}

using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Rules;

/// <summary>One subject with what its rules share, worked out once.</summary>
internal abstract class RuleSubject(Estate estate, string name, DateTimeOffset now)
{
    public Estate Estate { get; } = estate;

    public string Name { get; } = name;

    public DateTimeOffset Now { get; } = now;
}

/// <summary>A host, described or only named by a VM, with the sums over its guests.</summary>
internal sealed class HostSubject : RuleSubject
{
    public HostSubject(Estate estate, string name, DateTimeOffset now)
        : base(estate, name, now)
    {
        Host = estate.FindHost(name);
        Policy = estate.PolicyOf(Host);
        Processors = GuestSum.OfProcessors(estate, name, Policy);
        Budget = Host is null ? null : RatioBudget.Supported(Host.Processor, Policy);
    }

    public EstateHost? Host { get; }

    public Policy Policy { get; }

    /// <summary>Gets V, the virtual processors of all guests.</summary>
    public GuestSum Processors { get; }

    public RatioBudget? Budget { get; }
}

/// <summary>An Exchange VM and its host.</summary>
internal sealed class MachineSubject(
    Estate estate,
    EstateVirtualMachine machine,
    EstateExchange exchange,
    DateTimeOffset now
) : RuleSubject(estate, machine.Name, now)
{
    public EstateVirtualMachine Machine { get; } = machine;

    public EstateExchange Exchange { get; } = exchange;

    public EstateHost? Host { get; } = estate.FindHost(machine.Host);

    public Policy Policy { get; } = estate.PolicyOf(machine);
}

/// <summary>A cluster and its nodes; the name is empty where there is no cluster.</summary>
internal sealed class ClusterSubject(Estate estate, string name, DateTimeOffset now) : RuleSubject(estate, name, now)
{
    public IReadOnlyList<EstateHost> Nodes { get; } = name.Length == 0 ? [] : estate.NodesOf(name);
}

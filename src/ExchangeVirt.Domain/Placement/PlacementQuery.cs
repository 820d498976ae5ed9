using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Placement;

/// <summary>A request with what all hosts' checks share, worked out once for a decision.</summary>
internal sealed class PlacementQuery
{
    private readonly Dictionary<string, int> _membersByDomain = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ObjectKey> _memberByHost = new(StringComparer.OrdinalIgnoreCase);

    private HostCandidate? _lookedAt;
    private Occupancy _own;
    private bool _isOn;

    public PlacementQuery(PlacementRequest request)
    {
        Request = request;
        Machine = request.VirtualMachine;
        NewDisks = request.CreatesDisks ? DiskDemand.Of(Machine) : [];
        if (Machine.Exchange.AvailabilityGroup is { } name)
        {
            var group =
                request.AvailabilityGroup ?? new AvailabilityGroup { Key = new ObjectKey(Machine.Key.Namespace, name) };
            AntiAffinity = group.AntiAffinity;
            FaultDomainSpread = group.FaultDomainSpread;
            foreach (var member in request.OtherMembers)
            {
                if (member.VirtualMachine != Machine.Key)
                {
                    _memberByHost.TryAdd(member.Host, member.VirtualMachine);
                }
            }
        }
    }

    public PlacementRequest Request { get; }

    public DesiredVirtualMachine Machine { get; }

    public IReadOnlyList<DiskDemand> NewDisks { get; }

    public Strictness AntiAffinity { get; } = Strictness.Ignore;

    public Strictness FaultDomainSpread { get; } = Strictness.Ignore;

    /// <summary>Gets the number of hosts that hold other members.</summary>
    public int MemberHosts => _memberByHost.Count;

    /// <summary>Gets the fewest members that a domain has, of those that could hold the VM.</summary>
    public int FewestMembers { get; private set; }

    public bool TryGetMemberOn(string host, out ObjectKey member) => _memberByHost.TryGetValue(host, out member);

    /// <summary>Gets what the VM already takes of a host, so that it never counts twice; nothing where it is not there.</summary>
    public Occupancy OwnOn(HostCandidate host)
    {
        LookAt(host);
        return _own;
    }

    public bool IsOn(HostCandidate host)
    {
        LookAt(host);
        return _isOn;
    }

    public int MembersIn(string? domain) =>
        _membersByDomain.Count == 0 ? 0 : _membersByDomain.GetValueOrDefault(domain ?? "");

    /// <summary>Counts the members in each fault domain, and the fewest over the domains that could hold the VM.</summary>
    public void CountDomains(IReadOnlyList<HostCandidate> hosts, ReadOnlySpan<bool> couldHold)
    {
        if (FaultDomainSpread == Strictness.Ignore)
        {
            return;
        }

        foreach (var host in _memberByHost.Count == 0 ? [] : hosts)
        {
            if (_memberByHost.ContainsKey(host.Name))
            {
                var domain = host.Definition.FaultDomain ?? "";
                _membersByDomain[domain] = _membersByDomain.GetValueOrDefault(domain) + 1;
            }
        }

        int? fewest = null;
        for (var index = 0; index < hosts.Count; index++)
        {
            if (couldHold[index] && hosts[index].Definition.FaultDomain is { } domain)
            {
                var members = MembersIn(domain);
                fewest = fewest is { } least && least <= members ? least : members;
            }
        }

        FewestMembers = fewest ?? 0;
    }

    // Several filters and scores ask the same of one host after another; hashing the key each time would cost most of a decision.
    private void LookAt(HostCandidate host)
    {
        if (!ReferenceEquals(_lookedAt, host))
        {
            _lookedAt = host;
            _own = default;
            _isOn = host.Load.Reserved.Count > 0 && host.Load.Reserved.TryGetValue(Machine.Key, out _own);
        }
    }
}

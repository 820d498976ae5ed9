using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Placement;

/// <summary>All reservations and where their VMs are seen, indexed so that nothing walks the fleet.</summary>
internal sealed class ReservationBook
{
    private static readonly Dictionary<ObjectKey, Reservation> s_none = [];

    private readonly Dictionary<ObjectKey, Reservation> _all = [];
    private readonly Dictionary<string, Dictionary<ObjectKey, Reservation>> _byHost = new(StringComparer.Ordinal);
    private readonly Dictionary<ObjectKey, HashSet<ObjectKey>> _byGroup = [];
    private readonly Dictionary<Guid, ObjectKey> _byId = [];
    private readonly Dictionary<Guid, SortedSet<string>> _seenById = [];
    private readonly Dictionary<ObjectKey, SortedSet<string>> _seenByOwner = [];

    public Reservation? Find(ObjectKey key) => _all.GetValueOrDefault(key);

    public IReadOnlyCollection<Reservation> On(string host) => _byHost.GetValueOrDefault(host, s_none).Values;

    public void Put(Reservation reservation)
    {
        Remove(reservation.Key);
        _all.Add(reservation.Key, reservation);
        if (!_byHost.TryGetValue(reservation.Host, out var there))
        {
            _byHost.Add(reservation.Host, there = []);
        }

        there.Add(reservation.Key, reservation);
        if (reservation.VirtualMachineId is { } id)
        {
            _byId[id] = reservation.Key;
        }

        if (reservation.AvailabilityGroup is { } group)
        {
            if (!_byGroup.TryGetValue(group, out var members))
            {
                _byGroup.Add(group, members = []);
            }

            members.Add(reservation.Key);
        }
    }

    public void Remove(ObjectKey key)
    {
        if (!_all.Remove(key, out var reservation))
        {
            return;
        }

        _byHost[reservation.Host].Remove(key);
        if (reservation.VirtualMachineId is { } id && _byId.GetValueOrDefault(id) == key)
        {
            _byId.Remove(id);
        }

        if (reservation.AvailabilityGroup is { } group && _byGroup.TryGetValue(group, out var members))
        {
            members.Remove(key);
        }
    }

    /// <summary>Takes what a host was seen to hold out of the indexes, or puts it in.</summary>
    /// <returns>The VMs with reservations that this concerns.</returns>
    public List<ObjectKey> Note(LedgerHost host, bool present)
    {
        var concerned = new List<ObjectKey>();
        foreach (var id in host.Ids)
        {
            Note(_seenById, id, host.Name, present);
            if (_byId.TryGetValue(id, out var key))
            {
                concerned.Add(key);
            }
        }

        foreach (var owner in host.Owners)
        {
            Note(_seenByOwner, owner, host.Name, present);
            if (_all.ContainsKey(owner))
            {
                concerned.Add(owner);
            }
        }

        return concerned;
    }

    /// <summary>Gets the one other host on which a VM is seen, where its own does not show it; null where its own does, or none, or several.</summary>
    public string? SeenOnlyElsewhere(Reservation reservation) =>
        Seen(reservation) is { Count: 1 } hosts && !hosts.Contains(reservation.Host) ? hosts.Min : null;

    /// <summary>Lists where the members of a DAG are bound or seen.</summary>
    public List<MemberPlacement> MembersOf(ObjectKey group, ObjectKey except)
    {
        var members = new List<MemberPlacement>();
        foreach (var key in _byGroup.GetValueOrDefault(group) ?? [])
        {
            if (key == except)
            {
                continue;
            }

            var reservation = _all[key];
            members.Add(new MemberPlacement(key, reservation.Host));
            foreach (var host in Seen(reservation) ?? [])
            {
                if (!string.Equals(host, reservation.Host, StringComparison.Ordinal))
                {
                    members.Add(new MemberPlacement(key, host));
                }
            }
        }

        return members;
    }

    // A copy of a VM (a replica, a restore) carries its owner mark and another GUID: once the GUID is known, it alone counts.
    private SortedSet<string>? Seen(Reservation reservation) =>
        reservation.VirtualMachineId is { } id
            ? _seenById.GetValueOrDefault(id)
            : _seenByOwner.GetValueOrDefault(reservation.Key);

    private static void Note<TKey>(Dictionary<TKey, SortedSet<string>> index, TKey key, string host, bool present)
        where TKey : notnull
    {
        if (!index.TryGetValue(key, out var hosts))
        {
            if (!present)
            {
                return;
            }

            index.Add(key, hosts = new SortedSet<string>(StringComparer.Ordinal));
        }

        if (present)
        {
            hosts.Add(host);
        }
        else if (hosts.Remove(host) && hosts.Count == 0)
        {
            index.Remove(key);
        }
    }
}

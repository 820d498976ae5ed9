using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Placement;

/// <summary>The one ledger of capacity: every bound VM holds its share of its host from the decision on, seen or not, until it is released.</summary>
/// <remarks>
/// Safe to use from any thread: one lock guards it, so that decisions are made one at a time. What a decision spends, the next one
/// sees. A VM that its host reports is matched with its reservation by GUID, else by owner mark, else by name, and counts once.
/// A VM found on another host than its own (a cluster moved it) counts there, and here no more once this host reports without it.
/// </remarks>
public sealed class PlacementLedger
{
    private readonly Lock _lock = new();
    private readonly string _installation;
    private readonly PlacementWeights _weights;
    private readonly SortedDictionary<string, LedgerHost> _hosts = new(StringComparer.Ordinal);
    private readonly ReservationBook _book = new();
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);
    private HostCandidate[] _candidates = [];
    private Dictionary<string, int> _positions = [];
    private bool _hostsChanged;
    private bool _restored;

    /// <summary>Makes an empty ledger, which decides nothing before <see cref="Restore"/>.</summary>
    /// <param name="installation">The operator installation's UID, whose owner marks count.</param>
    /// <param name="weights">The weights of the scores; null: the defaults.</param>
    public PlacementLedger(string installation, PlacementWeights? weights = null)
    {
        _installation = installation;
        _weights = weights ?? new PlacementWeights();
    }

    /// <summary>Gets whether the stored bindings were restored, before which there are no decisions.</summary>
    public bool IsRestored
    {
        get
        {
            lock (_lock)
            {
                return _restored;
            }
        }
    }

    /// <summary>Takes the stored bindings of all VMs, once, before the first decision.</summary>
    public void Restore(IEnumerable<Reservation> bindings)
    {
        ArgumentNullException.ThrowIfNull(bindings);
        lock (_lock)
        {
            foreach (var binding in bindings)
            {
                Keep(binding);
            }

            _restored = true;
        }
    }

    /// <summary>Declares a host or changes its declaration.</summary>
    public void SetHost(HostDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        lock (_lock)
        {
            var state = Host(definition.Name);
            _hostsChanged |= state.Definition is null;
            state.Definition = definition;
            Touch(definition.Name);
        }
    }

    /// <summary>Forgets a host's declaration: nothing is placed there any more; reservations stay.</summary>
    public void RemoveHost(string host)
    {
        lock (_lock)
        {
            if (_hosts.TryGetValue(host, out var state))
            {
                state.Definition = null;
                _hostsChanged = true;
                Touch(host);
            }
        }
    }

    /// <summary>Takes what a host's agent reports, wholly: what it does not name is not there.</summary>
    /// <param name="host">The declared name.</param>
    /// <param name="facts">The full inventory.</param>
    /// <param name="receivedAt">When it arrived, by the operator's clock.</param>
    public void Observe(string host, ObservedHost facts, DateTimeOffset receivedAt)
    {
        ArgumentNullException.ThrowIfNull(facts);
        lock (_lock)
        {
            var state = Host(host);
            HashSet<ObjectKey> concerned = [.. _book.Note(state, present: false)];
            state.Observe(facts, receivedAt, _installation);
            concerned.UnionWith(_book.Note(state, present: true));
            foreach (var key in concerned)
            {
                Follow(key);
            }

            Touch(host);
        }
    }

    /// <summary>Notes that a host's agent does not answer. What was seen last goes on to count.</summary>
    public void MarkUnreachable(string host, string reason)
    {
        lock (_lock)
        {
            Host(host).UnreachableReason = reason;
            Touch(host);
        }
    }

    /// <summary>Reserves for a VM whose binding is stored already, whatever is left; replaces an earlier reservation of the VM.</summary>
    public void Reserve(Reservation reservation)
    {
        ArgumentNullException.ThrowIfNull(reservation);
        lock (_lock)
        {
            Keep(reservation);
        }
    }

    /// <summary>Gives up a VM's reservation. A VM that is still seen goes on to count, as any guest does.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Release(ObjectKey virtualMachine)
    {
        lock (_lock)
        {
            if (_book.Find(virtualMachine) is not { } reservation)
            {
                return false;
            }

            _book.Remove(virtualMachine);
            Touch(reservation.Host);
            return true;
        }
    }

    /// <summary>Finds a VM's reservation, at the host where it counts; null where there is none.</summary>
    public Reservation? Find(ObjectKey virtualMachine)
    {
        lock (_lock)
        {
            return _book.Find(virtualMachine);
        }
    }

    /// <summary>Gets all hosts that are declared, as placement sees them, in the order of names.</summary>
    public IReadOnlyList<HostCandidate> Candidates()
    {
        lock (_lock)
        {
            return Current();
        }
    }

    /// <summary>Decides, and reserves where a host is found, in one step. A VM that has a reservation keeps its host; the verdicts say how it stands there.</summary>
    /// <exception cref="InvalidOperationException">The stored bindings were not restored yet: a decision could spend what is spent.</exception>
    public PlacementDecision Place(PlacementRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        lock (_lock)
        {
            var decision = Decide(request);
            var key = request.VirtualMachine.Key;
            if (_book.Find(key) is { } bound)
            {
                return decision with
                {
                    Host = bound.Host,
                    Message = $"{key} is bound to {bound.Host} and stays there.",
                };
            }

            if (decision.Host is { } host)
            {
                Keep(Reservation.For(request.VirtualMachine, host, id: null, request.CreatesDisks));
            }

            return decision;
        }
    }

    /// <summary>Decides without reserving: a what-if, or how a bound VM stands on its host, on which it does not count twice.</summary>
    /// <exception cref="InvalidOperationException">The stored bindings were not restored yet.</exception>
    public PlacementDecision Preview(PlacementRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        lock (_lock)
        {
            return Decide(request);
        }
    }

    private PlacementDecision Decide(PlacementRequest request)
    {
        if (!_restored)
        {
            throw new InvalidOperationException(
                "The ledger was asked for a decision before the stored bindings were restored."
            );
        }

        var machine = request.VirtualMachine;
        var group = machine.Exchange.AvailabilityGroup is { } name
            ? new ObjectKey(machine.Key.Namespace, name)
            : default(ObjectKey?);
        var complete = request with
        {
            OtherMembers = group is { } key ? _book.MembersOf(key, except: machine.Key) : [],
            PendingOnSharedVolumes = request.CreatesDisks
                ? PendingOnShared(machine.Key)
                : request.PendingOnSharedVolumes,
        };
        return Placer.Place(complete, Current(), _weights);
    }

    private void Keep(Reservation reservation)
    {
        if (_book.Find(reservation.Key) is { } earlier)
        {
            Touch(earlier.Host);
        }

        _book.Put(reservation);
        Touch(reservation.Host);
        Follow(reservation.Key);
    }

    /// <summary>Lets a reservation follow its VM to the host that reports it, once its own host reports without it.</summary>
    private void Follow(ObjectKey key)
    {
        if (
            _book.Find(key) is { } reservation
            && _book.SeenOnlyElsewhere(reservation) is { } elsewhere
            && _hosts.TryGetValue(reservation.Host, out var own)
            && own.Observed is not null
        )
        {
            Touch(reservation.Host);
            _book.Put(reservation with { Host = elsewhere });
            Touch(elsewhere);
        }
    }

    private Dictionary<SharedVolume, ByteSize> PendingOnShared(ObjectKey except)
    {
        var pending = new Dictionary<SharedVolume, ByteSize>();
        foreach (var host in Current())
        {
            foreach (var disk in host.Load.PendingDisks)
            {
                if (
                    disk.VirtualMachine != except
                    && host.Observed?.Volumes is { } volumes
                    && WindowsPath.VolumeOf(disk.Disk.Path, volumes) is { } volume
                    && SharedVolumes.Identify(volume) is { } shared
                )
                {
                    pending[shared] = pending.GetValueOrDefault(shared) + disk.Disk.Size;
                }
            }
        }

        return pending;
    }

    /// <summary>Brings the candidates up to date: after a change of some hosts, those alone are added up anew.</summary>
    private HostCandidate[] Current()
    {
        if (_hostsChanged)
        {
            _candidates = [.. _hosts.Values.Select(state => state.Candidate(_book)).OfType<HostCandidate>()];
            _positions = _candidates.Index().ToDictionary(each => each.Item.Name, each => each.Index);
            _hostsChanged = false;
        }
        else if (_changed.Count > 0)
        {
            // A caller may still hold the array of the last decision.
            _candidates = [.. _candidates];
            foreach (var name in _changed)
            {
                if (_positions.TryGetValue(name, out var position) && _hosts[name].Candidate(_book) is { } candidate)
                {
                    _candidates[position] = candidate;
                }
            }
        }

        _changed.Clear();
        return _candidates;
    }

    private LedgerHost Host(string name)
    {
        if (!_hosts.TryGetValue(name, out var state))
        {
            state = new LedgerHost(name);
            _hosts.Add(name, state);
        }

        return state;
    }

    private void Touch(string host)
    {
        if (_hosts.TryGetValue(host, out var state))
        {
            state.Invalidate();
            _changed.Add(host);
        }
    }
}

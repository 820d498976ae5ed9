using System.Collections.Immutable;
using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Operator.Observing;

/// <summary>
/// All hosts as their agents feed them, with indexes by GUID, owner and name, so that no reader walks the fleet. It is a
/// cache: whatever must outlive the operator is in an object's status or in an agent's journal.
/// </summary>
public sealed class FleetView(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _hosts = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, ImmutableHashSet<string>> _byId = [];
    private readonly Dictionary<ObjectKey, ImmutableHashSet<(string Host, Guid Id)>> _byOwner = [];
    private readonly Dictionary<string, ImmutableHashSet<(string Host, Guid Id)>> _byName = new(
        StringComparer.OrdinalIgnoreCase
    );
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>Gets a task that ends at the next change of anything.</summary>
    public Task NextChange
    {
        get
        {
            lock (_lock)
            {
                return _changed.Task;
            }
        }
    }

    /// <summary>Begins to know a declared host; one already known stays as it is.</summary>
    public void Declare(string host)
    {
        lock (_lock)
        {
            _hosts.TryAdd(host, new Entry(HostView.Unknown(host, time.GetUtcNow())));
        }
    }

    /// <summary>Forgets a host whose declaration ended.</summary>
    public void Forget(string host)
    {
        lock (_lock)
        {
            if (_hosts.Remove(host, out var entry))
            {
                foreach (var seen in entry.Machines.Values)
                {
                    Unindex(host, seen.Machine);
                }

                Signal();
            }
        }
    }

    /// <summary>Replaces everything known of a host by a complete snapshot.</summary>
    public void Replace(string host, ObservedHost facts)
    {
        lock (_lock)
        {
            var entry = EntryOf(host);
            var before = entry.Machines;
            entry.Machines = [];
            foreach (var seen in before.Values)
            {
                Unindex(host, seen.Machine);
            }

            foreach (var machine in facts.VirtualMachines)
            {
                before.TryGetValue(machine.Id, out var old);
                entry.Machines[machine.Id] = Look(old, machine);
                Index(host, machine);
            }

            SetFacts(entry, facts);
            entry.MachinesChanged = false;
            Signal();
        }
    }

    /// <summary>Takes in new facts of a host, but not of its VMs.</summary>
    public void UpdateHost(string host, ObservedHost facts)
    {
        lock (_lock)
        {
            var entry = EntryOf(host);
            SetFacts(entry, facts with { VirtualMachines = Machines(entry) });
            entry.MachinesChanged = false;
            Signal();
        }
    }

    /// <summary>Takes in that the agent began or ended an operation.</summary>
    public void UpdateOperations(
        string host,
        Func<IReadOnlyList<OperationInFlight>, IReadOnlyList<OperationInFlight>> change
    )
    {
        lock (_lock)
        {
            var entry = EntryOf(host);
            if (entry.View.Facts is { } facts)
            {
                entry.View = entry.View with { Facts = facts with { Operations = change(facts.Operations) } };
                Signal();
            }
        }
    }

    /// <summary>Takes in that a stream goes on where it was: what is known still holds.</summary>
    public void Revive(string host)
    {
        lock (_lock)
        {
            var entry = EntryOf(host);
            if (entry.View.Facts is { } facts)
            {
                SetFacts(entry, facts);
                Signal();
            }
        }
    }

    /// <summary>Takes in one VM as it is now.</summary>
    /// <returns>The VM as it was; null where it is new.</returns>
    public ObservedVirtualMachine? Upsert(string host, ObservedVirtualMachine machine)
    {
        lock (_lock)
        {
            var entry = EntryOf(host);
            if (entry.Machines.TryGetValue(machine.Id, out var old))
            {
                Unindex(host, old.Machine);
            }

            entry.Machines[machine.Id] = Look(old, machine);
            Index(host, machine);
            entry.MachinesChanged = true;
            Signal();
            return old?.Machine;
        }
    }

    /// <summary>Takes in that a VM is gone from a host.</summary>
    /// <returns>The VM as it was; null where it was not known.</returns>
    public ObservedVirtualMachine? Remove(string host, Guid id)
    {
        lock (_lock)
        {
            var entry = EntryOf(host);
            if (!entry.Machines.Remove(id, out var old))
            {
                return null;
            }

            Unindex(host, old.Machine);
            entry.MachinesChanged = true;
            Signal();
            return old.Machine;
        }
    }

    /// <summary>Notes that a host's agent is out of reach; what was known stays, marked so.</summary>
    public void MarkUnreachable(string host, string reason, string message)
    {
        lock (_lock)
        {
            var entry = EntryOf(host);
            if (entry.View.Reachable || entry.View.Reason != reason || entry.View.Message != message)
            {
                var since = entry.View.Reachable ? time.GetUtcNow() : entry.View.Since;
                entry.View = entry.View with { Reachable = false, Reason = reason, Message = message, Since = since };
                Signal();
            }
        }
    }

    /// <summary>Gets one host, or null where it is not declared.</summary>
    public HostView? Host(string name)
    {
        lock (_lock)
        {
            return _hosts.TryGetValue(name, out var entry) ? ViewOf(entry) : null;
        }
    }

    /// <summary>Gets all declared hosts in the order of their names.</summary>
    public IReadOnlyList<HostView> Hosts()
    {
        lock (_lock)
        {
            return [.. _hosts.Values.Select(ViewOf).OrderBy(static view => view.Name, StringComparer.Ordinal)];
        }
    }

    /// <summary>Finds a VM by its GUID; more than one where a GUID runs on two hosts.</summary>
    public IReadOnlyList<SeenVirtualMachine> ById(Guid id)
    {
        lock (_lock)
        {
            return _byId.TryGetValue(id, out var hosts) ? [.. hosts.Select(host => See(host, id))] : [];
        }
    }

    /// <summary>Finds VMs that bear the mark of a declared object, of whatever installation.</summary>
    public IReadOnlyList<SeenVirtualMachine> ByOwner(ObjectKey owner)
    {
        lock (_lock)
        {
            return _byOwner.TryGetValue(owner, out var places)
                ? [.. places.Select(place => See(place.Host, place.Id))]
                : [];
        }
    }

    /// <summary>Finds VMs by display name, without case.</summary>
    public IReadOnlyList<SeenVirtualMachine> ByName(string name)
    {
        lock (_lock)
        {
            return _byName.TryGetValue(name, out var places)
                ? [.. places.Select(place => See(place.Host, place.Id))]
                : [];
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static List<ObservedVirtualMachine> Machines(Entry entry) =>
        [.. entry.Machines.Values.Select(static seen => seen.Machine)];

    private static HostView ViewOf(Entry entry)
    {
        // The list is made when somebody looks, not at each of many changes.
        if (entry.MachinesChanged && entry.View.Facts is { } facts)
        {
            entry.View = entry.View with { Facts = facts with { VirtualMachines = Machines(entry) } };
            entry.MachinesChanged = false;
        }

        return entry.View;
    }

    private void SetFacts(Entry entry, ObservedHost facts)
    {
        var since = entry.View.Reachable ? entry.View.Since : time.GetUtcNow();
        entry.View = entry.View with { Reachable = true, Facts = facts, Reason = null, Message = null, Since = since };
    }

    private Entry EntryOf(string host)
    {
        if (!_hosts.TryGetValue(host, out var entry))
        {
            entry = new Entry(HostView.Unknown(host, time.GetUtcNow()));
            _hosts.Add(host, entry);
        }

        return entry;
    }

    private Seen Look(Seen? old, ObservedVirtualMachine machine) =>
        new(machine, HeartbeatOkSince(old, machine), LastBackupAt(old, machine), time.GetUtcNow());

    // A recovery checkpoint goes when its backup has ended, so that it was there has to be remembered.
    private static DateTimeOffset? LastBackupAt(Seen? old, ObservedVirtualMachine machine) =>
        (machine.Checkpoints ?? [])
            .Where(static checkpoint => checkpoint.Kind is CheckpointKind.Recovery)
            .Select(static checkpoint => checkpoint.TakenAt)
            .Append(machine.LastSuccessfulBackupAt)
            .Append(old?.LastBackupAt)
            .Max();

    private DateTimeOffset? HeartbeatOkSince(Seen? old, ObservedVirtualMachine machine)
    {
        if (machine.PowerState is not PowerState.Running || machine.Heartbeat is not Heartbeat.Ok)
        {
            return null;
        }

        // It was started again, and nobody looked while it was down.
        var rebooted = machine.Uptime < old?.Machine.Uptime;

        // A VM that is met running with a good heartbeat has had it for as long as it has been up: nothing tells better.
        return old is null || rebooted
            ? time.GetUtcNow() - (machine.Uptime ?? TimeSpan.Zero)
            : old.HeartbeatOkSince ?? time.GetUtcNow();
    }

    private SeenVirtualMachine See(string host, Guid id)
    {
        var entry = _hosts[host];
        var seen = entry.Machines[id];
        var uptime =
            seen.Machine.PowerState is PowerState.Running
                ? seen.Machine.Uptime + (time.GetUtcNow() - seen.At)
                : seen.Machine.Uptime;
        return new SeenVirtualMachine(ViewOf(entry), seen.Machine, seen.HeartbeatOkSince, uptime)
        {
            LastBackupAt = seen.LastBackupAt,
        };
    }

    private void Index(string host, ObservedVirtualMachine machine)
    {
        _byId[machine.Id] = _byId.GetValueOrDefault(machine.Id, []).Add(host);
        _byName[machine.Name] = _byName.GetValueOrDefault(machine.Name, []).Add((host, machine.Id));
        if (machine.Owner is { } owner)
        {
            _byOwner[owner.Object] = _byOwner.GetValueOrDefault(owner.Object, []).Add((host, machine.Id));
        }
    }

    private void Unindex(string host, ObservedVirtualMachine machine)
    {
        Drop(_byId, machine.Id, host);
        Drop(_byName, machine.Name, (host, machine.Id));
        if (machine.Owner is { } owner)
        {
            Drop(_byOwner, owner.Object, (host, machine.Id));
        }
    }

    private static void Drop<TKey, TPlace>(Dictionary<TKey, ImmutableHashSet<TPlace>> index, TKey key, TPlace place)
        where TKey : notnull
    {
        if (index.TryGetValue(key, out var places))
        {
            var left = places.Remove(place);
            if (left.IsEmpty)
            {
                index.Remove(key);
            }
            else
            {
                index[key] = left;
            }
        }
    }

    private void Signal()
    {
        var signal = _changed;
        _changed = NewSignal();
        signal.SetResult();
    }

    private sealed record Seen(
        ObservedVirtualMachine Machine,
        DateTimeOffset? HeartbeatOkSince,
        DateTimeOffset? LastBackupAt,
        DateTimeOffset At
    );

    private sealed class Entry(HostView view)
    {
        public HostView View { get; set; } = view;

        public Dictionary<Guid, Seen> Machines { get; set; } = [];

        public bool MachinesChanged { get; set; }
    }
}

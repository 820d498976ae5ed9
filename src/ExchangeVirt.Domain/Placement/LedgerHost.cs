using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Placement;

/// <summary>What the ledger knows of one host.</summary>
internal sealed class LedgerHost(string name)
{
    private Dictionary<Guid, ObservedVirtualMachine> _byId = [];
    private Dictionary<ObjectKey, ObservedVirtualMachine> _byOwner = [];
    private HostCandidate? _candidate;

    public string Name { get; } = name;

    public HostDefinition? Definition { get; set; }

    public ObservedHost? Observed { get; private set; }

    public DateTimeOffset? ReceivedAt { get; private set; }

    public string? UnreachableReason { get; set; }

    /// <summary>Gets the GUIDs that were seen.</summary>
    public IEnumerable<Guid> Ids => _byId.Keys;

    /// <summary>Gets the declared objects whose owner marks were seen.</summary>
    public IEnumerable<ObjectKey> Owners => _byOwner.Keys;

    public void Observe(ObservedHost facts, DateTimeOffset receivedAt, string installation)
    {
        Observed = facts;
        ReceivedAt = receivedAt;
        UnreachableReason = null;
        _byId = new Dictionary<Guid, ObservedVirtualMachine>(facts.VirtualMachines.Count);
        _byOwner = [];
        foreach (var machine in facts.VirtualMachines)
        {
            _byId.TryAdd(machine.Id, machine);
            if (machine.Owner is { } owner && string.Equals(owner.Installation, installation, StringComparison.Ordinal))
            {
                _byOwner.TryAdd(owner.Object, machine);
            }
        }

        Invalidate();
    }

    public void Invalidate() => _candidate = null;

    /// <summary>Gets the host as placement sees it, added up anew only after a change; null where it is not declared.</summary>
    public HostCandidate? Candidate(ReservationBook book) =>
        Definition is null
            ? null
            : _candidate ??= new HostCandidate(
                Definition,
                Observed,
                HostLoad.Of(Observed, Definition.Policy, Match(book.On(Name))),
                ReceivedAt,
                UnreachableReason
            );

    /// <summary>Finds the guest of each reservation: by GUID, or where none is known by owner mark, or else by name. A guest is found once.</summary>
    private List<(Reservation, ObservedVirtualMachine?)> Match(IReadOnlyCollection<Reservation> reservations)
    {
        var matched = new List<(Reservation, ObservedVirtualMachine?)>(reservations.Count);
        HashSet<Guid>? taken = null;
        List<Reservation>? rest = null;
        foreach (var reservation in reservations)
        {
            var seen = reservation.VirtualMachineId is { } id
                ? _byId.GetValueOrDefault(id)
                : _byOwner.GetValueOrDefault(reservation.Key);
            if (seen is not null && (taken ??= []).Add(seen.Id))
            {
                matched.Add((reservation, seen));
            }
            else
            {
                (rest ??= []).Add(reservation);
            }
        }

        foreach (var reservation in (rest ?? []).OrderBy(each => each.Key.ToString(), StringComparer.Ordinal))
        {
            var seen = reservation.VirtualMachineId is null ? ByName(reservation, taken) : null;
            if (seen is not null)
            {
                (taken ??= []).Add(seen.Id);
            }

            matched.Add((reservation, seen));
        }

        return matched;
    }

    private ObservedVirtualMachine? ByName(Reservation reservation, HashSet<Guid>? taken) =>
        Observed?.VirtualMachines.FirstOrDefault(machine =>
            machine.Owner is null
            && string.Equals(machine.Name, reservation.VirtualMachineName, StringComparison.OrdinalIgnoreCase)
            && taken?.Contains(machine.Id) != true
        );
}

using System.Collections.Concurrent;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Placement;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Resources.Mapping;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Operator.Acting;

/// <summary>
/// Binds VMs to hosts over the one ledger of capacity. A binding is stored in the VM's status before anything is asked of a
/// host, and follows the VM where somebody else moved it.
/// </summary>
public sealed class PlacementService(
    IResourceStore store,
    Caches caches,
    FleetView fleet,
    PlacementLedger ledger,
    TimeProvider time
)
{
    /// <summary>A stream that lives says by its heartbeats that what it said still holds, so facts of reachable hosts do not age.</summary>
    private static readonly TimeSpan s_neverTooOld = TimeSpan.FromDays(3650);

    /// <summary>What a host may refuse a VM that is already there for: wishes, not capacity.</summary>
    private static readonly HashSet<string> s_wishes = new(StringComparer.Ordinal)
    {
        "AllowedNamespaces",
        "HostSelector",
        "HostName",
    };

    private readonly Lock _restoring = new();
    private readonly ConcurrentDictionary<string, bool> _changedHosts = new(StringComparer.Ordinal);
    private volatile bool _declarationsChanged = true;

    /// <summary>Notes that what is known of a host changed.</summary>
    public void HostChanged(string host) => _changedHosts[host] = true;

    /// <summary>Notes that a host or a policy was declared, changed or removed.</summary>
    public void DeclarationsChanged() => _declarationsChanged = true;

    /// <summary>Gives a VM's share of its host back, when its declared object is gone.</summary>
    public void Release(ObjectKey key) => ledger.Release(key);

    /// <summary>Binds a VM that has no host, and keeps the binding of one that has.</summary>
    /// <returns>The object, with its binding stored where that was new; and the decision, where one was made.</returns>
    /// <exception cref="ResourceConflictException">The object changed meanwhile; nothing is reserved.</exception>
    public async Task<(ExchangeVirtualMachine Entity, PlacementDecision? Decision)> BindAsync(
        Situation situation,
        CancellationToken cancellationToken
    )
    {
        Synchronize();
        var entity = situation.Entity;
        if (situation.Sighting.Seen is { } seen)
        {
            return (await FollowAsync(situation, seen, cancellationToken), Stands(situation, seen));
        }

        if (situation.Sighting.BoundHostName is { } bound)
        {
            Keep(situation, bound, id: null);
            return (entity, null);
        }

        if (!MayBePlaced(situation) || HasUnboundSibling(situation))
        {
            return (entity, null);
        }

        // Who only observes, or is stopped, spends nothing: it is told where the VM would go.
        if (situation.Rules.Enforcement is Domain.Model.Enforcement.Observe || situation.Pauses.Count > 0)
        {
            return (entity, ledger.Preview(RequestOf(situation)));
        }

        return await PlaceAsync(situation, cancellationToken);
    }

    /// <summary>Decides where a VM would go, and spends nothing.</summary>
    public PlacementDecision Preview(Situation situation)
    {
        Synchronize();
        return ledger.Preview(RequestOf(situation));
    }

    private async Task<(ExchangeVirtualMachine Entity, PlacementDecision? Decision)> PlaceAsync(
        Situation situation,
        CancellationToken cancellationToken
    )
    {
        var decision = ledger.Place(RequestOf(situation));
        if (decision.Host is not { } host)
        {
            return (situation.Entity, decision);
        }

        try
        {
            return (await StoreAsync(situation, host, decision.Message, cancellationToken), decision);
        }
        catch
        {
            ledger.Release(situation.Key);
            throw;
        }
    }

    private async Task<ExchangeVirtualMachine> FollowAsync(
        Situation situation,
        SeenVirtualMachine seen,
        CancellationToken cancellationToken
    )
    {
        var entity = situation.Entity;
        var adopting = seen.Machine.Owner is null && situation.Desired.AdoptIfExists;
        if ((!situation.IsOurs && !adopting) || situation.Sighting.Namesakes.Count > 0)
        {
            return entity;
        }

        var host = seen.Host.Name;
        Keep(situation, host, seen.Machine.Id);
        if (entity.Status?.Placement?.Host == host)
        {
            return entity;
        }

        var reason = entity.Status?.Placement is { } before
            ? $"Found on {host}, after {before.Host}."
            : $"Found on {host}.";
        return await StoreAsync(situation, host, reason, cancellationToken);
    }

    private async Task<ExchangeVirtualMachine> StoreAsync(
        Situation situation,
        string host,
        string reason,
        CancellationToken cancellationToken
    )
    {
        var entity = situation.Entity;
        entity.Status = (entity.Status ?? new ExchangeVirtualMachineStatus()) with
        {
            Placement = new PlacementStatus
            {
                Host = host,
                DecidedAt = situation.Now,
                Reason = reason.Length <= 1024 ? reason : reason[..1024],
            },
        };
        return await store.UpdateStatusAsync(entity, cancellationToken);
    }

    private PlacementDecision? Stands(Situation situation, SeenVirtualMachine seen)
    {
        var desired = situation.Desired;
        var verdict = ledger
            .Preview(RequestOf(situation))
            .Verdicts.FirstOrDefault(verdict => verdict.Host == seen.Host.Name);
        var refused = verdict?.Failures.Where(static failure => s_wishes.Contains(failure.Filter)).ToList() ?? [];
        return refused.Count == 0
            ? null
            : new PlacementDecision(
                Host: null,
                [verdict! with { Failures = refused }],
                $"{desired.VirtualMachineName} on {seen.Host.Name}: {string.Join("; ", refused.Select(static failure => failure.Message))}."
            );
    }

    // A VM that ever was is never placed anew; and while a host is out of sight, what is not seen may be there.
    private static bool MayBePlaced(Situation situation) =>
        situation.Entity.Status?.VirtualMachineId is null
        && situation
            is { Invalid: null, MissingPolicy: null, InvalidPolicy: null, MissingGroup: null, InvalidGroup: null }
        && situation.Sighting.OutOfSight.Count == 0;

    // A member that is there and not yet bound would not be seen by the anti-affinity of its group; binding it comes first,
    // and rings here again.
    private bool HasUnboundSibling(Situation situation) =>
        situation.Desired.Exchange.AvailabilityGroup is { } group
        && caches
            .MembersOf(situation.Entity.Metadata.NamespaceProperty, group)
            .Any(member =>
                member.Metadata.Name != situation.Entity.Metadata.Name
                && member.Spec is { Adoption: Adoption.IfExists }
                && ledger.Find(Desired.KeyOf(member)) is null
                && fleet.ByName(Desired.VirtualMachineNameOf(member)).Any(static seen => seen.Machine.Owner is null)
            );

    private static PlacementRequest RequestOf(Situation situation) =>
        new()
        {
            VirtualMachine = situation.Desired,
            AvailabilityGroup = situation.Group?.Group,
            Now = situation.Now,
            MaximumFactsAge = s_neverTooOld,
            CreatesDisks = situation.Sighting.Seen is null,
        };

    private void Keep(Situation situation, string host, Guid? id)
    {
        var wanted = Reservation.For(situation.Desired, host, id, createsDisks: id is null);
        var kept = ledger.Find(situation.Key);
        if (kept is not null && kept.Host == host && situation.Invalid is not null)
        {
            // What it takes cannot be read off its manifest any more, so it goes on to take what it took.
            return;
        }

        if (
            kept is null
            || kept.Host != host
            || kept.VirtualMachineId != id
            || kept.ProcessorCount != wanted.ProcessorCount
            || kept.Memory != wanted.Memory
        )
        {
            ledger.Reserve(wanted);
        }
    }

    private void Synchronize()
    {
        lock (_restoring)
        {
            if (_declarationsChanged)
            {
                _declarationsChanged = false;
                Declare();
            }

            foreach (var host in _changedHosts.Keys)
            {
                _changedHosts.TryRemove(host, out _);
                if (fleet.Host(host) is { } view)
                {
                    Observe(view);
                }
            }

            if (!ledger.IsRestored)
            {
                ledger.Restore(caches.VirtualMachines.List().Where(IsBound).Select(Binding));
            }
        }
    }

    private void Declare()
    {
        var declared = caches.Hosts.List();
        foreach (
            var gone in ledger
                .Candidates()
                .Select(static host => host.Name)
                .Except(declared.Select(static host => host.Metadata.Name))
                .ToList()
        )
        {
            ledger.RemoveHost(gone);
        }

        foreach (var host in declared)
        {
            ledger.SetHost(caches.DefinitionOf(host));
        }
    }

    private void Observe(HostView view)
    {
        if (view.Facts is { } facts)
        {
            ledger.Observe(view.Name, facts, time.GetUtcNow());
        }

        if (!view.Reachable)
        {
            ledger.MarkUnreachable(view.Name, view.Message ?? view.Reason ?? "its agent does not answer");
        }
    }

    private static bool IsBound(ExchangeVirtualMachine entity) => entity.Status?.Placement is not null;

    private static Reservation Binding(ExchangeVirtualMachine entity)
    {
        Guid? id = Guid.TryParse(entity.Status!.VirtualMachineId, out var known) ? known : null;
        return Reservation.For(Desired.From(entity), entity.Status.Placement!.Host, id, createsDisks: id is null);
    }
}

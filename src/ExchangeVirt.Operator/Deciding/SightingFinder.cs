using ExchangeVirt.Domain.Model;
using ExchangeVirt.Operator.Observing;

namespace ExchangeVirt.Operator.Deciding;

/// <summary>What is looked for.</summary>
/// <param name="Owner">The mark that the VM carries.</param>
/// <param name="Name">Its display name.</param>
/// <param name="Id">Its GUID, if the object ever had one.</param>
/// <param name="BoundHost">The host that the object is bound to.</param>
/// <param name="MayHold">Whether a host is declared and may hold VMs of the object's namespace.</param>
/// <param name="Hosts">Lists all declared hosts, also those that were never read.</param>
public sealed record Wanted(
    OwnerMark Owner,
    string Name,
    Guid? Id,
    string? BoundHost,
    Func<string, bool> MayHold,
    Func<IEnumerable<HostView>> Hosts
)
{
    /// <summary>Gets what tells whether a host's object cannot be read: it may hold any VM, and nothing is adopted from it.</summary>
    public Func<string, bool> IsUnread { get; init; } = static _ => false;
}

/// <summary>
/// Finds a declared VM in the fleet: by GUID, else by its mark, else by name. The GUID is the identity, over moves and
/// renames; the mark finds it again when status was lost; the name alone is no more than a candidate for adoption.
/// </summary>
public static class SightingFinder
{
    /// <summary>Looks for a VM.</summary>
    public static Sighting Find(FleetView fleet, Wanted wanted)
    {
        var byName = fleet.ByName(wanted.Name).Where(seen => wanted.MayHold(seen.Host.Name)).ToList();
        IReadOnlyList<SeenVirtualMachine> candidates = wanted.Id is { } id
            ? fleet.ById(id)
            : Unbound(fleet, wanted, byName);
        // A VM that ever was may be wherever somebody moved it; one that was not yet is only where it may be.
        HostView[] outOfSight =
            candidates.Count > 0
                ? []
                :
                [
                    .. wanted
                        .Hosts()
                        .Where(host =>
                            !host.Reachable
                            && (
                                wanted.Id is not null
                                || host.Name == wanted.BoundHost
                                || wanted.MayHold(host.Name)
                                || wanted.IsUnread(host.Name)
                            )
                        ),
                ];
        if (candidates.Count == 0 && outOfSight.Length == 0)
        {
            // The last host may have been read between the look at the VMs and the look at the hosts.
            byName = [.. fleet.ByName(wanted.Name).Where(seen => wanted.MayHold(seen.Host.Name))];
            candidates = wanted.Id is { } again ? fleet.ById(again) : [];
            // Else the VM is nowhere: what bears its mark or name is a copy, or the one that was made in its place as asked.
            candidates = candidates.Count > 0 ? candidates : Unbound(fleet, wanted, byName);
        }

        // A VM on the host that the object is bound to comes first, so that a second one elsewhere is the odd one out.
        var seen = candidates
            .OrderByDescending(candidate => candidate.Host.Name == wanted.BoundHost)
            .ThenBy(static candidate => candidate.Host.Name, StringComparer.Ordinal)
            .FirstOrDefault();
        return new Sighting
        {
            Seen = seen,
            Namesakes =
            [
                .. byName
                    .Concat(candidates)
                    .Where(other => seen is not null && !Same(other, seen))
                    .DistinctBy(static other => (other.Host.Name, other.Machine.Id))
                    .OrderBy(static other => other.Host.Name, StringComparer.Ordinal)
                    .Select(Words),
            ],
            BoundHostName = wanted.BoundHost,
            BoundHost = wanted.BoundHost is null ? null : fleet.Host(wanted.BoundHost),
            OutOfSight = outOfSight,
        };
    }

    private static List<SeenVirtualMachine> Unbound(FleetView fleet, Wanted wanted, List<SeenVirtualMachine> byName)
    {
        var marked = fleet
            .ByOwner(wanted.Owner.Object)
            .Where(seen => seen.Machine.Owner?.Installation == wanted.Owner.Installation)
            .ToList();
        return marked.Count > 0 ? marked : byName;
    }

    private static bool Same(SeenVirtualMachine left, SeenVirtualMachine right) =>
        left.Machine.Id == right.Machine.Id && left.Host.Name == right.Host.Name;

    private static string Words(SeenVirtualMachine seen) =>
        $"{seen.Host.Name} ({seen.Machine.Id.ToString("D").ToUpperInvariant()})";
}

using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Resources.Mapping;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime;
using ExchangeVirt.Runtime.Stores;
using DisruptionGrant = ExchangeVirt.Domain.Gating.DisruptionGrant;

namespace ExchangeVirt.Operator.Deciding;

/// <summary>Reads what is known of a DAG's members now.</summary>
public static class GroupFactsReader
{
    /// <summary>The annotation by which a person holds a VM, a DAG member in maintenance among them.</summary>
    public const string HoldAnnotation = "exchangevirt.io/hold";

    /// <summary>Reads a DAG.</summary>
    public static AvailabilityGroupFacts Read(
        DatabaseAvailabilityGroup entity,
        Caches caches,
        FleetView fleet,
        string installation
    )
    {
        var group = Desired.From(entity);
        return new AvailabilityGroupFacts
        {
            Group = group,
            Members =
            [
                .. caches
                    .MembersOf(entity.Metadata.NamespaceProperty, entity.Metadata.Name)
                    .Select(member => MemberOf(member, caches, fleet, installation))
                    .Concat(
                        UnreadableMembers
                            .Of(caches.UnreadableVirtualMachines(), entity.Key(), caches.VirtualMachines.Get)
                            .Select(static name => new MemberFacts { Name = name, Known = false })
                    )
                    .OrderBy(static member => member.Name, StringComparer.Ordinal),
            ],
            WitnessUp = WitnessUp(group, caches, fleet, installation),
            Grants =
            [
                .. (entity.Status?.Disruptions ?? []).Select(static grant => new DisruptionGrant(
                    grant.Member,
                    grant.Operation ?? "",
                    grant.Reason ?? "",
                    grant.GrantedAt ?? DateTimeOffset.MinValue
                )),
            ],
        };
    }

    private static MemberFacts MemberOf(
        ExchangeVirtualMachine member,
        Caches caches,
        FleetView fleet,
        string installation
    )
    {
        var seen = SeenOf(member, caches, fleet, installation);
        return new MemberFacts
        {
            Name = member.Metadata.Name,
            Known = seen is { Host.Reachable: true },
            PowerState = seen?.Machine.PowerState ?? PowerState.Unknown,
            Heartbeat = seen?.Machine.Heartbeat,
            HealthySince = seen?.HeartbeatOkSince,
            InMaintenance =
                member.Metadata.Annotations?.TryGetValue(HoldAnnotation, out var reason) == true ? reason : null,
        };
    }

    private static SeenVirtualMachine? SeenOf(
        ExchangeVirtualMachine entity,
        Caches caches,
        FleetView fleet,
        string installation
    )
    {
        var seen = Guid.TryParse(entity.Status?.VirtualMachineId, out var id)
            ? fleet.ById(id)
            :
            [
                .. fleet
                    .ByOwner(Desired.KeyOf(entity))
                    .Where(marked => marked.Machine.Owner?.Installation == installation),
            ];

        // One GUID on two hosts is one too many to say anything of it.
        return seen is [var only] ? only with { Host = caches.InSight(only.Host) } : null;
    }

    private static bool? WitnessUp(AvailabilityGroup group, Caches caches, FleetView fleet, string installation)
    {
        switch (group.Witness)
        {
            case WitnessKind.Host:
                return fleet.Host(group.WitnessName ?? "") is { } host && caches.InSight(host).Reachable;
            case WitnessKind.VirtualMachine:
                var name = group.WitnessName ?? "";
                var declared = caches.VirtualMachines.Get(new ResourceKey(group.Key.Namespace, name));
                var seen = declared is null
                    ? fleet.ByName(name) is [var only]
                        ? only
                        : null
                    : SeenOf(declared, caches, fleet, installation);
                return seen is { Machine.PowerState: PowerState.Running } && caches.InSight(seen.Host).Reachable;
            default:
                return null;
        }
    }
}

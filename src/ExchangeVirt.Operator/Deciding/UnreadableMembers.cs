using System.Text.Json.Nodes;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Resources.Schema;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Operator.Deciding;

/// <summary>
/// Finds the members of a DAG among the VMs whose objects cannot be read. They are unknown, which counts as down, and they
/// vote: quorum is never reckoned over fewer members than there are. Pure.
/// </summary>
public static class UnreadableMembers
{
    private static readonly HashSet<string> s_known =
    [
        .. SchemaReader.ReadObject(typeof(ExchangeServerSpec)).Fields.Select(static field => field.Name),
    ];

    private enum Membership
    {
        /// <summary>It names the DAG.</summary>
        Named,

        /// <summary>It names another one, or certainly none.</summary>
        Other,

        /// <summary>What can be read of it does not tell.</summary>
        Untold,
    }

    /// <summary>Lists the names of the VMs that are members, or may be, in their order.</summary>
    /// <param name="unreadable">All VMs whose objects cannot be read.</param>
    /// <param name="group">The DAG.</param>
    /// <param name="cached">The VMs whose last good state is known: each is a member or not by that, unless its new state names the DAG.</param>
    public static IReadOnlyList<string> Of(
        IReadOnlyList<UnreadableVirtualMachine> unreadable,
        ResourceKey group,
        Func<ResourceKey, ExchangeVirtualMachine?> cached
    ) =>
        [
            .. unreadable
                .Where(machine => machine.Key.Namespace == group.Namespace)
                .Where(machine =>
                    MembershipOf(machine.Json, group.Name) switch
                    {
                        Membership.Named => !IsMember(cached(machine.Key), group.Name),
                        Membership.Untold => cached(machine.Key) is null,
                        _ => false,
                    }
                )
                .Select(static machine => machine.Key.Name)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];

    private static bool IsMember(ExchangeVirtualMachine? machine, string group) =>
        machine is not null && Resources.Mapping.Desired.GroupNameOf(machine) == group;

    private static Membership MembershipOf(JsonObject? json, string group)
    {
        if (json?["spec"] is not JsonObject spec || spec["exchange"] is not JsonObject exchange)
        {
            return Membership.Untold;
        }

        if (exchange.TryGetPropertyValue("databaseAvailabilityGroup", out var named) && named is not null)
        {
            return named is not JsonValue value || !value.TryGetValue<string>(out var name) ? Membership.Untold
                : name == group ? Membership.Named
                : Membership.Other;
        }

        // A field from a newer version may be the one that names it.
        return exchange.All(static field => s_known.Contains(field.Key)) ? Membership.Other : Membership.Untold;
    }
}

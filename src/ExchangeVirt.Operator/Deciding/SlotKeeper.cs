using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Resources.V1Alpha1;
using DisruptionGrant = ExchangeVirt.Domain.Gating.DisruptionGrant;

namespace ExchangeVirt.Operator.Deciding;

/// <summary>What a member of a DAG says of its operation in its own status.</summary>
/// <param name="Member">The member.</param>
/// <param name="OperationId">The operation that it wishes for or carries out; null where it has none.</param>
/// <param name="Wishes">Whether it waits for the slot.</param>
/// <param name="Since">Since when.</param>
/// <param name="Reason">What for.</param>
public sealed record SlotWish(string Member, string? OperationId, bool Wishes, DateTimeOffset? Since, string? Reason)
{
    /// <summary>Gets whether it has taken the member down, or is about to.</summary>
    public bool TookDown { get; init; }

    /// <summary>Reads it from a VM.</summary>
    public static SlotWish Of(ExchangeVirtualMachine member) =>
        new(
            member.Metadata.Name,
            member.Status?.Operation?.Id,
            member.Status?.Operation?.Name == OperationStep.RequestName,
            member.Status?.Operation?.StartedAt,
            member.Status?.Operation?.Reason
        )
        {
            TookDown = RestartOperations.From(member.Status?.Operation) is { TookDown: true },
        };
}

/// <summary>Decides who holds a DAG's slot. Pure.</summary>
public static class SlotKeeper
{
    /// <summary>
    /// Keeps the grants whose operation goes on or whose member is not back yet, releases the others, and grants what is left
    /// to who has waited longest.
    /// </summary>
    public static IReadOnlyList<DisruptionGrant> Decide(
        AvailabilityGroupFacts facts,
        IReadOnlyList<SlotWish> wishes,
        DateTimeOffset now
    )
    {
        List<DisruptionGrant> grants = [.. facts.Grants.Where(grant => IsKept(grant, facts, wishes, now))];
        // The DAG's status may be lost or the DAG made anew: who goes down still looks available, and holds the slot.
        grants.AddRange(
            wishes
                .Where(wish =>
                    wish is { TookDown: true, OperationId: not null }
                    && !grants.Exists(grant => grant.Member == wish.Member)
                )
                .Select(wish => new DisruptionGrant(
                    wish.Member,
                    wish.OperationId!,
                    wish.Reason ?? "Restart",
                    wish.Since ?? now
                ))
        );
        foreach (
            var wish in wishes
                .Where(static wish => wish.Wishes && wish.OperationId is not null)
                .OrderBy(static wish => wish.Since)
                .ThenBy(static wish => wish.Member, StringComparer.Ordinal)
        )
        {
            if (grants.Exists(grant => grant.Member == wish.Member))
            {
                continue;
            }

            // Whether the member is attested is its own gate's question, which it has passed and passes again before it acts.
            var budget = AvailabilityGroupBudget.Check(
                facts with
                {
                    Grants = grants,
                },
                wish.Member,
                wish.OperationId,
                maintenanceAttested: true,
                now
            );
            if (budget is GateDecision.Open)
            {
                grants.Add(new DisruptionGrant(wish.Member, wish.OperationId!, wish.Reason ?? "Restart", now));
            }
        }

        return grants;
    }

    /// <summary>Tells when time alone changes who is available.</summary>
    /// <returns>Null where it does not.</returns>
    public static TimeSpan? LookAgainAfter(AvailabilityGroupFacts facts, DateTimeOffset now)
    {
        var ready = facts
            .Members.Where(static member => member.HealthySince is not null)
            .Select(member => member.HealthySince!.Value + facts.Group.MinReady);
        var expiring = facts.Group.IgnoredMembers.Select(static member => member.Expires);
        var next = ready.Concat(expiring).Where(time => time > now).Order().Take(1).ToList();
        return next.Count == 0 ? null : next[0] - now;
    }

    private static bool IsKept(
        DisruptionGrant grant,
        AvailabilityGroupFacts facts,
        IReadOnlyList<SlotWish> wishes,
        DateTimeOffset now
    )
    {
        var wish = wishes.FirstOrDefault(wish => wish.Member == grant.Member);
        if (wish is null)
        {
            // Where the member's declaration is gone, nobody carries the operation out any more; one that only cannot be read
            // may be down by our hand.
            return facts.Members.Any(member => member.Name == grant.Member);
        }

        return wish.OperationId == grant.OperationId
            || facts.Members.FirstOrDefault(member => member.Name == grant.Member) is not { } member
            || !AvailabilityGroupBudget.IsAvailable(facts.Group, member, now);
    }
}

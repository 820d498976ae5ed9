using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Resources.Schema;
using ExchangeVirt.Resources.V1Alpha1;
using GrantStatus = ExchangeVirt.Resources.V1Alpha1.DisruptionGrant;

namespace ExchangeVirt.Operator.Reporting;

/// <summary>Turns what is known of a DAG into its status. Pure.</summary>
public static class AvailabilityGroupReport
{
    /// <summary>Gives the status.</summary>
    /// <param name="entity">The DAG.</param>
    /// <param name="facts">What is known, with the grants as decided now.</param>
    /// <param name="members">The declared members.</param>
    /// <param name="epoch">Who grants.</param>
    /// <param name="now">The time.</param>
    public static DatabaseAvailabilityGroupStatus For(
        DatabaseAvailabilityGroup entity,
        AvailabilityGroupFacts facts,
        IReadOnlyList<ExchangeVirtualMachine> members,
        InstallationEpoch epoch,
        DateTimeOffset now
    )
    {
        var before = entity.Status;
        var generation = entity.Metadata.Generation ?? 0;
        var figures = AvailabilityGroupBudget.Status(facts, now);
        var status = new DatabaseAvailabilityGroupStatus
        {
            ObservedGeneration = generation,
            Members = figures.Members,
            Available = figures.Available,
            Votes = figures.Votes,
            Quorum = figures.Quorum,
            DisruptionsAllowed = figures.DisruptionsAllowed,
            Disruptions =
                facts.Grants.Count == 0 ? null : [.. facts.Grants.Select(grant => Grant(grant, before, epoch))],
            MemberStates =
                facts.Members.Count == 0
                    ? null
                    : [.. facts.Members.Select(member => Member(member, facts, members, before, now))],
            Conditions = Conditions.After(before?.Conditions, Findings(facts, figures), generation, now),
        };
        return StatusFit.Of(status);
    }

    /// <summary>Gives the status of a DAG that is not sound: what was known stands, and no disruption is allowed.</summary>
    /// <param name="entity">The DAG.</param>
    /// <param name="unsound">What is wrong with it.</param>
    /// <param name="now">The time.</param>
    public static DatabaseAvailabilityGroupStatus Refused(
        DatabaseAvailabilityGroup entity,
        string unsound,
        DateTimeOffset now
    )
    {
        var generation = entity.Metadata.Generation ?? 0;
        var message = $"{unsound} Until it is corrected, no member is disrupted.";
        return (entity.Status ?? new DatabaseAvailabilityGroupStatus()) with
        {
            ObservedGeneration = generation,
            DisruptionsAllowed = 0,
            Conditions = Conditions.After(
                entity.Status?.Conditions,
                [
                    new Finding(ConditionTypes.Ready, false, Reasons.Invalid, message),
                    new Finding(ConditionTypes.Stalled, true, Reasons.Invalid, message),
                ],
                generation,
                now
            ),
        };
    }

    private static GrantStatus Grant(
        Domain.Gating.DisruptionGrant grant,
        DatabaseAvailabilityGroupStatus? before,
        InstallationEpoch epoch
    ) =>
        before?.Disruptions?.FirstOrDefault(old => old.Member == grant.Member && old.Operation == grant.OperationId)
        ?? new GrantStatus
        {
            Member = grant.Member,
            Operation = grant.OperationId,
            Reason = grant.Reason,
            GrantedAt = grant.GrantedAt,
            Epoch = checked((long)epoch.Counter),
        };

    private static MemberStatus Member(
        MemberFacts member,
        AvailabilityGroupFacts facts,
        IReadOnlyList<ExchangeVirtualMachine> members,
        DatabaseAvailabilityGroupStatus? before,
        DateTimeOffset now
    )
    {
        var available =
            !member.Known ? "Unknown"
            : AvailabilityGroupBudget.IsAvailable(facts.Group, member, now) ? "True"
            : "False";
        var old = before?.MemberStates?.FirstOrDefault(state => state.Name == member.Name);
        var entity = members.FirstOrDefault(entity => entity.Metadata.Name == member.Name);
        return new MemberStatus
        {
            Name = member.Name,
            Host = entity is null ? old?.Host : entity.Status?.Host,
            Available = available,
            Since = old?.Available == available ? old.Since : now,
            Reason =
                facts.Grants.FirstOrDefault(grant => grant.Member == member.Name) is { } grant
                    ? $"Holds the slot: {grant.Reason}"
                : entity is null
                    ? "Its object cannot be read by this version of the operator: it counts as down, and votes"
                : available == "True" ? null
                : $"{member.PowerState}, heartbeat {member.Heartbeat?.ToString() ?? "not known"}",
        };
    }

    private static IEnumerable<Finding> Findings(AvailabilityGroupFacts facts, AvailabilityGroupStatusFacts figures)
    {
        if (facts.Members.Count == 0)
        {
            yield return new Finding(
                ConditionTypes.Ready,
                true,
                Reasons.NoMembers,
                "No ExchangeVirtualMachine names this DAG in spec.exchange.databaseAvailabilityGroup yet."
            );
            yield break;
        }

        var votes =
            $"{figures.VotesUp} of {figures.Votes} votes are up and {figures.Quorum} are needed; {figures.DisruptionsAllowed} more may be taken down now.";
        if (figures.VotesUp >= figures.Quorum)
        {
            yield return new Finding(ConditionTypes.Ready, true, Reasons.QuorumHeld, votes);
        }
        else
        {
            yield return new Finding(ConditionTypes.Ready, false, Reasons.QuorumAtRisk, votes);
            yield return new Finding(ConditionTypes.Reconciling, true, Reasons.QuorumAtRisk, votes);
        }
    }
}

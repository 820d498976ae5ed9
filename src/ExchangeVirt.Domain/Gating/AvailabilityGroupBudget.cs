using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Gating;

/// <summary>Says whether one more member of a DAG may be taken down: one slot, and quorum never given up. Pure.</summary>
/// <remarks>
/// Source: safety, «DAG slots and quorum». Unknown counts as down, and so does an external member, which nobody here can see;
/// naming it in <c>ignoredMembers</c> keeps it from holding the slot, never from being missed in the quorum.
/// Dynamic quorum is not relied on.
/// </remarks>
public static class AvailabilityGroupBudget
{
    /// <summary>Tells whether a member serves: it runs, and its heartbeat has been OK for the DAG's <c>minReadySeconds</c>. The slot of a restarted member is released when this is so again.</summary>
    public static bool IsAvailable(AvailabilityGroup group, MemberFacts member, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(member);
        return WhyDown(group, member, now) is null;
    }

    /// <summary>Decides whether a member may be taken down now for an operation; its own grant for that operation does not stand in its way.</summary>
    /// <param name="facts">The DAG and its members.</param>
    /// <param name="member">The member's name.</param>
    /// <param name="operationId">The operation that asks; null where none has begun.</param>
    /// <param name="maintenanceAttested">Whether a person said that it is in maintenance, for this VM and this boot.</param>
    /// <param name="now">The time.</param>
    public static GateDecision Check(
        AvailabilityGroupFacts facts,
        string member,
        string? operationId,
        bool maintenanceAttested,
        DateTimeOffset now
    )
    {
        ArgumentNullException.ThrowIfNull(facts);
        return RefuseHook(facts.Group)
            ?? CheckOwnLock(facts, member, operationId)
            ?? RefuseSlot(facts, member, now)
            ?? RefuseQuorum(facts, member, now)
            ?? RefuseAttestation(facts.Group, member, maintenanceAttested) as GateDecision
            ?? new GateDecision.Open();
    }

    /// <summary>Computes the figures that the DAG's status shows.</summary>
    public static AvailabilityGroupStatusFacts Status(AvailabilityGroupFacts facts, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var group = facts.Group;
        var (votes, quorum) = Votes(facts);
        var downOfMembers = facts.Members.Count(m => WhyUnavailable(facts, m, now) is not null);
        var votesUp = facts.Members.Count - downOfMembers + WitnessVote(facts);
        var holding = HoldingTheSlot(facts, except: null, now).Count();
        var allowed = RefuseHook(group) is not null
            ? 0
            : Math.Max(0, Math.Min(group.MaxUnavailable - holding, votesUp - quorum));
        return new AvailabilityGroupStatusFacts(
            facts.Members.Count + group.ExternalMembers.Count,
            facts.Members.Count(m => WhyDown(group, m, now) is null),
            votes,
            votesUp,
            quorum,
            allowed
        );
    }

    /// <summary>Refuses where another operation holds the member's own lock.</summary>
    internal static GateDecision.Closed? CheckOwnLock(
        AvailabilityGroupFacts facts,
        string member,
        string? operationId
    ) =>
        facts.Grants.FirstOrDefault(g => g.Member == member && g.OperationId != operationId) is { } other
            ? Closed(
                GateReasons.MemberLocked,
                $"Operation {other.OperationId} ({other.Reason}) holds {member} since {other.GrantedAt:u}. It opens when that has ended."
            )
            : null;

    /// <summary>Refuses to discard a member's saved state while no other member is available.</summary>
    internal static GateDecision.Closed? CheckOtherCopy(
        AvailabilityGroupFacts facts,
        string member,
        DateTimeOffset now
    ) =>
        facts.Members.Any(m => m.Name != member && WhyUnavailable(facts, m, now) is null)
            ? null
            : Closed(
                GateReasons.NoOtherMemberAvailable,
                $"The saved state of {member} is not discarded while no other member of {facts.Group.Key} is available: what it holds may "
                    + "be the last copy. Bring another member up, or delete the saved state in Hyper-V yourself."
            );

    private static GateDecision.Closed? RefuseHook(AvailabilityGroup group) =>
        group.Hook switch
        {
            MaintenanceHook.Unset => Closed(
                GateReasons.DagMaintenance,
                $"{group.Key} does not say how a member is brought into maintenance, so that none is restarted. Set spec.maintenance.hook to "
                    + "Attested, or to None if nothing needs to be done first."
            ),
            MaintenanceHook.Command => Closed(
                GateReasons.MaintenanceCommandNotAvailableYet,
                $"{group.Key} asks for a maintenance command, which is not available yet. Set spec.maintenance.hook to Attested or None."
            ),
            _ => null,
        };

    private static GateDecision.Closed? RefuseSlot(AvailabilityGroupFacts facts, string member, DateTimeOffset now)
    {
        var holding = HoldingTheSlot(facts, member, now).ToList();
        if (holding.Count < facts.Group.MaxUnavailable)
        {
            return null;
        }

        return Closed(
            GateReasons.AvailabilityGroupSlot,
            $"{member} waits: {string.Join("; ", holding)}. {facts.Group.Key} allows {facts.Group.MaxUnavailable} member down at once. It "
                + "opens when they are available again; one that is gone for long goes into spec.ignoredMembers."
        );
    }

    private static GateDecision.Closed? RefuseQuorum(AvailabilityGroupFacts facts, string member, DateTimeOffset now)
    {
        var (votes, quorum) = Votes(facts);
        var down = Absentees(facts, member, now).ToList();
        var upWithout = facts.Members.Count(m => m.Name != member) - down.Count + WitnessVote(facts);
        if (upWithout >= quorum)
        {
            return null;
        }

        var missing = down.Concat(facts.Group.ExternalMembers.Select(e => $"{e} is external and not seen")).ToList();
        if (HasWitnessVote(facts) && WitnessVote(facts) == 0)
        {
            missing.Add(
                facts.Group.Witness == WitnessKind.None
                    ? "no witness is declared"
                    : $"the witness {facts.Group.WitnessName} is down or not known"
            );
        }

        var why = missing.Count == 0 ? "" : $": {string.Join("; ", missing)}";
        return Closed(
            GateReasons.AvailabilityGroupQuorum,
            $"Without {member}, {upWithout} of {votes} votes of {facts.Group.Key} would be up and {quorum} are needed{why}. Bring those up; "
                + "quorum is never given up."
        );
    }

    private static GateDecision.Closed? RefuseAttestation(AvailabilityGroup group, string member, bool attested) =>
        group.Hook == MaintenanceHook.Attested && !attested
            ? Closed(
                GateReasons.DagMaintenance,
                $"It is the turn of {member}: put it into maintenance (no mounted database, activation blocked, queues empty), then attest that "
                    + "for this VM and this boot."
            )
            : null;

    /// <summary>Names who holds the slot, and why: everybody who is down or being taken down and not written off.</summary>
    private static IEnumerable<string> HoldingTheSlot(
        AvailabilityGroupFacts facts,
        string? except,
        DateTimeOffset now
    ) =>
        facts
            .Members.Where(m => m.Name != except && !IsIgnored(facts.Group, m.Name, now))
            .Select(m => WhyUnavailable(facts, m, now))
            .OfType<string>()
            .Concat(
                facts
                    .Group.ExternalMembers.Where(e => !IsIgnored(facts.Group, e, now))
                    .Select(e => $"{e} is external and not seen")
            );

    private static IEnumerable<string> Absentees(AvailabilityGroupFacts facts, string except, DateTimeOffset now) =>
        facts.Members.Where(m => m.Name != except).Select(m => WhyUnavailable(facts, m, now)).OfType<string>();

    private static string? WhyUnavailable(AvailabilityGroupFacts facts, MemberFacts member, DateTimeOffset now) =>
        facts.Grants.FirstOrDefault(g => g.Member == member.Name) is { } grant
            ? $"{member.Name} holds the slot since {grant.GrantedAt:u} ({grant.Reason})"
            : WhyDown(facts.Group, member, now);

    private static string? WhyDown(AvailabilityGroup group, MemberFacts member, DateTimeOffset now)
    {
        var name = member.Name;
        if (!member.Known)
        {
            return $"{name} is not known to be up";
        }

        if (member.InMaintenance is { } maintenance)
        {
            return maintenance.Length == 0 ? $"{name} is in maintenance" : $"{name} is in maintenance ({maintenance})";
        }

        if (member.PowerState != PowerState.Running)
        {
            return $"{name} is {member.PowerState}";
        }

        if (member.Heartbeat != Heartbeat.Ok || member.HealthySince is not { } since)
        {
            return $"{name} runs without a good heartbeat ({member.Heartbeat?.ToString() ?? "not known"})";
        }

        return now - since >= group.MinReady
            ? null
            : $"{name} is up since {since:u} only, which counts after {group.MinReady.TotalSeconds:0} s";
    }

    private static bool IsIgnored(AvailabilityGroup group, string name, DateTimeOffset now) =>
        group.IgnoredMembers.Any(i => i.Name == name && now < i.Expires);

    private static (int Votes, int Quorum) Votes(AvailabilityGroupFacts facts)
    {
        var votes = facts.Members.Count + facts.Group.ExternalMembers.Count + (HasWitnessVote(facts) ? 1 : 0);
        return (votes, (votes / 2) + 1);
    }

    private static bool HasWitnessVote(AvailabilityGroupFacts facts) =>
        (facts.Members.Count + facts.Group.ExternalMembers.Count) % 2 == 0;

    private static int WitnessVote(AvailabilityGroupFacts facts) =>
        HasWitnessVote(facts)
        && facts.Group.Witness switch
        {
            WitnessKind.External => true,
            WitnessKind.None => false,
            _ => facts.WitnessUp == true,
        }
            ? 1
            : 0;

    private static GateDecision.Closed Closed(string reason, string message) =>
        new(GateName.AvailabilityGroup, reason, message);
}

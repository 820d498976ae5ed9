using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Tests.Planning;

namespace ExchangeVirt.Domain.Tests.Gating;

public sealed class AvailabilityGroupScenes
{
    private const string Slot = "AvailabilityGroup/AvailabilityGroupSlot";
    private const string Quorum = "AvailabilityGroup/AvailabilityGroupQuorum";

    private static readonly MemberFacts s_dead = Gates.Up("ex03") with
    {
        PowerState = PowerState.Off,
        Heartbeat = Heartbeat.Absent,
        HealthySince = null,
    };

    private static readonly IgnoredMember s_writtenOff = new("ex03", "burnt", Gates.Now + TimeSpan.FromDays(7));

    private static readonly DisruptionGrant s_grant = new("ex02", "op2", "restart", Gates.Now);

    private static readonly Dictionary<string, (AvailabilityGroupFacts Facts, string Outcome, string Says)> s_cases =
        new()
        {
            ["all up"] = (Gates.Dag, "open", ""),
            ["an admin holds ex02 in maintenance"] = (
                Gates.DagWith(Gates.Up("ex01"), Gates.Up("ex02") with { InMaintenance = "CU15" }, Gates.Up("ex03")),
                Slot,
                "ex02 is in maintenance (CU15)"
            ),
            ["ex02 is being restarted"] = (Gates.Dag with { Grants = [s_grant] }, Slot, "ex02 holds the slot"),
            ["ex02 is off"] = (Down("ex02"), Slot, "ex02 is Off"),
            ["ex02 is saved"] = (
                Gates.DagWith(
                    Gates.Up("ex01"),
                    Gates.Up("ex02") with
                    {
                        PowerState = PowerState.Saved,
                    },
                    Gates.Up("ex03")
                ),
                Slot,
                "ex02 is Saved"
            ),
            ["ex02's host does not answer: unknown counts as down"] = (
                Gates.DagWith(Gates.Up("ex01"), Gates.Up("ex02") with { Known = false }, Gates.Up("ex03")),
                Slot,
                "ex02 is not known"
            ),
            ["ex02 has lost its heartbeat"] = (
                Gates.DagWith(
                    Gates.Up("ex01"),
                    Gates.Up("ex02") with
                    {
                        Heartbeat = Heartbeat.LostCommunication,
                    },
                    Gates.Up("ex03")
                ),
                Slot,
                "LostCommunication"
            ),
            ["ex02 is up for 14 minutes of 15"] = (
                Gates.DagWith(
                    Gates.Up("ex01"),
                    Gates.Up("ex02") with
                    {
                        HealthySince = Gates.Now - TimeSpan.FromMinutes(14),
                    },
                    Gates.Up("ex03")
                ),
                Slot,
                "900 s"
            ),
            ["ex02 is up for 15 minutes"] = (
                Gates.DagWith(
                    Gates.Up("ex01"),
                    Gates.Up("ex02") with
                    {
                        HealthySince = Gates.Now - TimeSpan.FromMinutes(15),
                    },
                    Gates.Up("ex03")
                ),
                "open",
                ""
            ),
            ["ex01 itself has no heartbeat"] = (
                Gates.DagWith(
                    Gates.Up("ex01") with
                    {
                        Heartbeat = Heartbeat.Error,
                    },
                    Gates.Up("ex02"),
                    Gates.Up("ex03")
                ),
                "open",
                ""
            ),
            ["3 members, ex03 dead for weeks"] = (Down("ex03"), Slot, "ex03 is Off"),
            ["3 members, ex03 dead and ignored: quorum is not kept"] = (
                Change(Down("ex03"), g => g with { IgnoredMembers = [s_writtenOff] }),
                Quorum,
                "1 of 3 votes"
            ),
            ["4 members, ex03 dead and ignored: quorum is kept by the witness"] = (
                Change(Four(), g => g with { IgnoredMembers = [s_writtenOff] }),
                "open",
                ""
            ),
            ["4 members, ex03 dead and ignored, the witness down"] = (
                Change(Four(), g => g with { IgnoredMembers = [s_writtenOff] }) with
                {
                    WitnessUp = false,
                },
                Quorum,
                "fs01"
            ),
            ["4 members, ex03 dead and ignored, the witness not known"] = (
                Change(Four(), g => g with { IgnoredMembers = [s_writtenOff] }) with
                {
                    WitnessUp = null,
                },
                Quorum,
                "fs01"
            ),
            ["4 members, ex03 dead and no longer ignored"] = (
                Change(Four(), g => g with { IgnoredMembers = [s_writtenOff with { Expires = Gates.Now }] }),
                Slot,
                "ex03"
            ),
            ["4 members, ex03 dead, two may be down"] = (
                Change(Four(), g => g with { MaxUnavailable = 2 }),
                "open",
                ""
            ),
            ["3 members, two may be down, but quorum may not"] = (
                Change(Down("ex03"), g => g with { MaxUnavailable = 2 }),
                Quorum,
                "2 are needed"
            ),
            ["2 members and a witness"] = (Gates.DagWith(Gates.Up("ex01"), Gates.Up("ex02")), "open", ""),
            ["2 members and no witness"] = (
                Change(Gates.DagWith(Gates.Up("ex01"), Gates.Up("ex02")), g => g with { Witness = WitnessKind.None }),
                Quorum,
                "no witness"
            ),
            ["2 members and an external witness, taken as attested"] = (
                Change(
                    Gates.DagWith(Gates.Up("ex01"), Gates.Up("ex02")) with
                    {
                        WitnessUp = null,
                    },
                    g => g with { Witness = WitnessKind.External }
                ),
                "open",
                ""
            ),
            ["a witness has no vote beside 3 members"] = (Gates.Dag with { WitnessUp = false }, "open", ""),
            ["1 member alone"] = (Gates.DagWith(Gates.Up("ex01")), Quorum, "0 of 1"),
            ["an external member cannot be seen"] = (
                Change(Gates.Dag, g => g with { ExternalMembers = ["dr01"] }),
                Slot,
                "dr01 is external"
            ),
            ["an external member, ignored, still votes"] = (
                Change(
                    Gates.DagWith(Gates.Up("ex01"), Gates.Up("ex02")),
                    g => g with { ExternalMembers = ["dr01"], IgnoredMembers = [s_writtenOff with { Name = "dr01" }] }
                ),
                Quorum,
                "1 of 3"
            ),
            ["no hook chosen"] = (
                Change(Gates.Dag, g => g with { Hook = MaintenanceHook.Unset }),
                "AvailabilityGroup/DagMaintenance",
                "spec.maintenance.hook"
            ),
            ["a hook by command"] = (
                Change(Gates.Dag, g => g with { Hook = MaintenanceHook.Command }),
                "AvailabilityGroup/MaintenanceCommandNotAvailableYet",
                "not available yet"
            ),
            ["not attested"] = (
                Change(Gates.Dag, g => g with { Hook = MaintenanceHook.Attested }),
                "AvailabilityGroup/DagMaintenance",
                "attest"
            ),
            ["another operation holds ex01"] = (
                Gates.Dag with
                {
                    Grants = [s_grant with { Member = "ex01" }],
                },
                "AvailabilityGroup/MemberLocked",
                "op2"
            ),
        };

    public static TheoryData<string> Cases => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_restart_of_ex01_gets_the_slot_or_is_told_who_stands_in_its_way(string name)
    {
        var (facts, outcome, says) = s_cases[name];

        var decision = Gate.Check(Gates.Open with { AvailabilityGroup = facts }, Gates.ShutDown);

        Assert.Equal(outcome, Gates.Outcome(decision));
        Assert.Contains(says, (decision as GateDecision.Closed)?.Message ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Status_allows_a_disruption_exactly_where_some_member_could_be_disrupted(string name)
    {
        var facts = s_cases[name].Facts;
        if (facts.Group.Hook == MaintenanceHook.Attested)
        {
            // What a person has yet to attest is no matter of the budget.
            facts = Change(facts, g => g with { Hook = MaintenanceHook.None });
        }

        var status = AvailabilityGroupBudget.Status(facts, Gates.Now);
        var anybody = facts.Members.Any(m =>
            AvailabilityGroupBudget.IsAvailable(facts.Group, m, Gates.Now)
            && AvailabilityGroupBudget.Check(facts, m.Name, operationId: null, false, Gates.Now) is GateDecision.Open
        );

        Assert.Equal(anybody, status.DisruptionsAllowed > 0);
    }

    [Fact]
    public void Attested_for_this_boot_the_member_may_go()
    {
        var facts = Change(Gates.Dag, g => g with { Hook = MaintenanceHook.Attested });

        Assert.Equal(
            "open",
            Gates.Outcome(Gates.Open with { AvailabilityGroup = facts, MaintenanceAttested = true }, Gates.ShutDown)
        );
    }

    [Fact]
    public void Its_own_slot_does_not_stand_in_a_members_way()
    {
        var input = Gates.Open with
        {
            AvailabilityGroup = Gates.Dag with { Grants = [new DisruptionGrant("ex01", "op1", "restart", Gates.Now)] },
            Restart = Some.Restart with { ShutdownAskedAt = null },
        };

        Assert.Equal("open", Gates.Outcome(input, Gates.ShutDown));
    }

    [Fact]
    public void Starting_a_member_that_is_down_needs_no_second_slot_but_its_own_lock()
    {
        var others = Gates.DagWith(s_dead with { Name = "ex01" }, s_dead with { Name = "ex02" }, s_dead);
        var locked = others with { Grants = [s_grant with { Member = "ex01" }] };

        Assert.Equal("open", Gates.Outcome(Gates.Open with { AvailabilityGroup = others }, Gates.Start));
        Assert.Equal(
            "AvailabilityGroup/MemberLocked",
            Gates.Outcome(Gates.Open with { AvailabilityGroup = locked }, Gates.Start)
        );
    }

    [Fact]
    public void A_saved_state_is_discarded_only_while_another_member_is_available()
    {
        var alone = Gates.DagWith(Gates.Up("ex01"), s_dead);

        Assert.Equal("open", Gates.Outcome(Gates.Open, Gates.Discard));
        Assert.Equal(
            "AvailabilityGroup/NoOtherMemberAvailable",
            Gates.Outcome(Gates.Open with { AvailabilityGroup = alone }, Gates.Discard)
        );
    }

    [Theory]
    [InlineData(ExchangeRole.Mailbox, false, "AvailabilityGroup/NoAvailabilityGroup")]
    [InlineData(ExchangeRole.Mailbox, true, "open")]
    [InlineData(ExchangeRole.EdgeTransport, false, "open")]
    public void A_mailbox_server_with_neither_a_dag_nor_a_word_is_never_disrupted(
        ExchangeRole role,
        bool standalone,
        string outcome
    )
    {
        var input = Gates.Open with
        {
            AvailabilityGroup = null,
            VirtualMachine = Some.Desired with
            {
                Exchange = new ExchangeServer(ExchangeVersion.ExchangeSE, 0, role, null, standalone),
            },
        };

        Assert.Equal(outcome, Gates.Outcome(input, Gates.ShutDown));
        Assert.Equal("open", Gates.Outcome(input, Gates.Hot));
    }

    [Fact]
    public void Status_counts_members_votes_and_what_may_go()
    {
        Assert.Equal(
            new AvailabilityGroupStatusFacts(3, 3, 3, 3, 2, 1),
            AvailabilityGroupBudget.Status(Gates.Dag, Gates.Now)
        );
        Assert.Equal(
            new AvailabilityGroupStatusFacts(4, 3, 5, 4, 3, 0),
            AvailabilityGroupBudget.Status(Four(), Gates.Now)
        );
        Assert.Equal(
            new AvailabilityGroupStatusFacts(3, 3, 3, 2, 2, 0),
            AvailabilityGroupBudget.Status(Gates.Dag with { Grants = [s_grant] }, Gates.Now)
        );
    }

    private static AvailabilityGroupFacts Down(string name) =>
        Gates.Dag with
        {
            Members = [.. Gates.Dag.Members.Select(m => m.Name == name ? s_dead with { Name = name } : m)],
        };

    private static AvailabilityGroupFacts Four() =>
        Gates.DagWith(Gates.Up("ex01"), Gates.Up("ex02"), s_dead, Gates.Up("ex04"));

    private static AvailabilityGroupFacts Change(
        AvailabilityGroupFacts facts,
        Func<AvailabilityGroup, AvailabilityGroup> change
    ) => facts with { Group = change(facts.Group) };
}

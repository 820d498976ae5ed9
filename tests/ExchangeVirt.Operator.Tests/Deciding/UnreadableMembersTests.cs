using System.Text.Json.Nodes;
using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Tests.Planning;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Operator.Tests.Deleting;
using ExchangeVirt.Operator.Tests.Support;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Stores;
using k8s.Models;

namespace ExchangeVirt.Operator.Tests.Deciding;

public sealed class UnreadableMembersTests
{
    private static readonly ResourceKey s_group = new("messaging", "dag01");

    [Theory]
    [InlineData(
        "it names the DAG",
        """{"exchange":{"version":"Exchange2030","databaseAvailabilityGroup":"dag01"}}""",
        true
    )]
    [InlineData(
        "it names another DAG",
        """{"exchange":{"version":"Exchange2030","databaseAvailabilityGroup":"dag02"}}""",
        false
    )]
    [InlineData(
        "it names none",
        """{"exchange":{"version":"Exchange2030","role":"Mailbox","standalone":true}}""",
        false
    )]
    [InlineData(
        "it may name one by a field from a newer version",
        """{"exchange":{"version":"ExchangeSE","groups":["dag01"]}}""",
        true
    )]
    [InlineData("what names the DAG is no text", """{"exchange":{"databaseAvailabilityGroup":["dag01"]}}""", true)]
    [InlineData("there is no exchange", """{"processors":{"count":8}}""", true)]
    [InlineData("exchange is no object", """{"exchange":"ExchangeSE"}""", true)]
    public void A_VM_that_cannot_be_read_is_a_member_unless_it_says_otherwise(string case_, string spec, bool member) =>
        Assert.True(member == Members(Raw("ex09", spec)).Contains("ex09"), case_);

    [Fact]
    public void A_VM_of_which_nothing_can_be_read_is_a_member() =>
        Assert.Equal(["ex09"], Members(new UnreadableVirtualMachine(new("messaging", "ex09"), Json: null)));

    [Fact]
    public void A_VM_of_another_namespace_is_none() =>
        Assert.Empty(
            Members(
                Raw("ex09", """{"exchange":{"databaseAvailabilityGroup":"dag01"}}""") with
                {
                    Key = new ResourceKey("other", "ex09"),
                }
            )
        );

    [Theory]
    [InlineData("dag01", """{"exchange":{"databaseAvailabilityGroup":"dag01"}}""", false)]
    [InlineData("dag02", """{"exchange":{"databaseAvailabilityGroup":"dag01"}}""", true)]
    [InlineData("dag02", """{"exchange":7}""", false)]
    public void One_whose_last_good_state_is_known_counts_by_that_unless_its_new_one_names_the_DAG(
        string lastGood,
        string spec,
        bool unknown
    )
    {
        var cached = MassDeletionTests.Machine(9, deleting: false, DeletionPolicy.Retain);
        cached.Spec = cached.Spec with
        {
            Exchange = cached.Spec.Exchange with { Standalone = false, DatabaseAvailabilityGroup = lastGood },
        };

        Assert.Equal(
            unknown ? ["ex09"] : [],
            UnreadableMembers.Of([Raw("ex09", spec)], s_group, key => key.Name == "ex09" ? cached : null)
        );
    }

    [Fact]
    public void Quorum_is_reckoned_over_all_members_there_are()
    {
        var two = Situations.Group() with { Members = [Situations.Member("ex01"), Situations.Member("ex02")] };
        Assert.Equal(1, AvailabilityGroupBudget.Status(two, Some.Now).DisruptionsAllowed);

        // Two that run and a witness would be enough to take one down; with a third that nobody can read they are not.
        var three = two with
        {
            Members = [.. two.Members, new MemberFacts { Name = "ex03", Known = false }],
        };

        var figures = AvailabilityGroupBudget.Status(three, Some.Now);
        Assert.Equal((3, 2, 0), (figures.Votes, figures.Quorum, figures.DisruptionsAllowed));
    }

    [Fact]
    public void The_DAG_says_which_member_it_cannot_read()
    {
        var entity = new DatabaseAvailabilityGroup
        {
            Metadata = new V1ObjectMeta
            {
                Name = "dag01",
                NamespaceProperty = "messaging",
                Generation = 1,
            },
        };
        var facts = Situations.Group() with { Members = [new MemberFacts { Name = "ex09", Known = false }] };

        var status = AvailabilityGroupReport.For(
            entity,
            facts,
            [],
            new Agent.Contract.InstallationEpoch("i", 1),
            Some.Now
        );

        var member = Assert.Single(status.MemberStates!);
        Assert.Equal(("ex09", "Unknown"), (member.Name, member.Available));
        Assert.Contains("cannot be read", member.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_member_that_cannot_be_read_keeps_the_others_from_going_down()
    {
        await using var estate = new EstateUnderTest();
        estate.AddHost("hv01", EstateUnderTest.Right("ex01") with { Processors = 4 });
        estate.AddHost("hv02", EstateUnderTest.Right("ex02"));
        estate.WritePolicy();
        estate.WriteGroup();
        estate.WriteMachine("ex01", "databaseAvailabilityGroup: dag01", more: "  enforcement: Observe");
        estate.WriteMachine("ex02", "databaseAvailabilityGroup: dag01");
        await estate.StartAsync();
        await estate.UntilAsync(() => estate.IsInSync("ex02"), "in sync");
        IReadOnlyList<UnreadableVirtualMachine> unreadable =
        [
            Raw("ex03", """{"exchange":{"version":"Exchange2030","databaseAvailabilityGroup":"dag01"}}"""),
        ];
        estate.Plane.Caches.UnreadableVirtualMachines = () => unreadable;
        estate.WriteMachine("ex01", "databaseAvailabilityGroup: dag01");

        await estate.UntilAsync(
            () => estate.Is("ex01", "RestartPending") && estate.Group()?.Status?.Members == 3,
            "the restart waits"
        );
        await estate.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Equal("Running", estate["hv01"].Machine("ex01").State);
        Assert.True(estate.Is("ex01", "RestartPending", reason: "AvailabilityGroupSlot"));
        Assert.Contains("ex03", estate.Condition("ex01", "RestartPending")!.Message, StringComparison.Ordinal);

        unreadable = [];
        await estate.PassAsync(TimeSpan.FromMinutes(11), TimeSpan.FromSeconds(1));
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "restarted once it is known that there are two");
    }

    private static IReadOnlyList<string> Members(UnreadableVirtualMachine machine) =>
        UnreadableMembers.Of([machine], s_group, static _ => null);

    private static UnreadableVirtualMachine Raw(string name, string spec) =>
        new(new ResourceKey("messaging", name), new JsonObject { ["spec"] = JsonNode.Parse(spec) });
}

using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Tests.Planning;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Operator.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.Operator.Tests.Deciding;

public sealed class SlotsAndSightings
{
    private static readonly DisruptionGrant s_grant = new("ex01", "op1", "Restart", Some.Now.AddMinutes(-5));

    [Fact]
    public void The_slot_goes_to_who_has_waited_longest_and_to_no_second_one()
    {
        var grants = SlotKeeper.Decide(
            Situations.Group(),
            [Wish("ex01", "op1", 1), Wish("ex03", "op3", 9), Wish("ex02", "op2", 5)],
            Some.Now
        );

        Assert.Equal([("ex03", "op3")], grants.Select(static grant => (grant.Member, grant.OperationId)));
    }

    [Theory]
    [InlineData("its operation goes on", "op1", true, true, true)]
    [InlineData("it ended, and the member is not back yet", null, true, false, true)]
    [InlineData("it ended, and the member serves again", null, true, true, false)]
    [InlineData("another operation came, and the member serves", "op7", true, true, false)]
    [InlineData("the member's declaration is gone", null, false, true, false)]
    [InlineData("the member's declaration cannot be read", null, false, false, true)]
    public void A_grant_is_kept_while(string situation, string? operation, bool declared, bool available, bool kept)
    {
        var facts = Situations.Group(s_grant);
        if (!available)
        {
            facts = facts with
            {
                Members =
                [
                    .. facts.Members.Select(static m =>
                        m.Name == "ex01" ? m with { HealthySince = Some.Now.AddMinutes(-1) } : m
                    ),
                ],
            };
        }

        if (!declared && available)
        {
            facts = facts with { Members = [.. facts.Members.Where(static m => m.Name != "ex01")] };
        }

        var wishes = declared ? new[] { new SlotWish("ex01", operation, Wishes: false, null, null) } : [];

        Assert.True(kept == SlotKeeper.Decide(facts, wishes, Some.Now).Contains(s_grant), situation);
    }

    [Fact]
    public void Nobody_gets_the_slot_while_another_holds_it_or_is_down()
    {
        var waiting = Wish("ex02", "op2", 5);
        var holding = new SlotWish("ex01", "op1", Wishes: false, null, null);
        Assert.Equal([s_grant], SlotKeeper.Decide(Situations.Group(s_grant), [waiting, holding], Some.Now));

        var facts = Situations.Group();
        facts = facts with
        {
            Members = [.. facts.Members.Select(static m => m.Name == "ex03" ? m with { Known = false } : m)],
        };
        Assert.Empty(SlotKeeper.Decide(facts, [waiting], Some.Now));
    }

    [Fact]
    public void Time_alone_is_waited_for_until_the_first_member_is_ready()
    {
        var facts = Situations.Group();
        Assert.Null(SlotKeeper.LookAgainAfter(facts, Some.Now));

        facts = facts with
        {
            Members =
            [
                Situations.Member("ex01") with
                {
                    HealthySince = Some.Now.AddMinutes(-1),
                },
                Situations.Member("ex02") with
                {
                    HealthySince = Some.Now.AddMinutes(-10),
                },
            ],
        };
        Assert.Equal(TimeSpan.FromMinutes(5), SlotKeeper.LookAgainAfter(facts, Some.Now));
    }

    [Fact]
    public void A_VM_is_found_by_its_GUID_whatever_it_is_called()
    {
        var fleet = Fleet(("hv01", Some.Observed with { Name = "renamed", Owner = null }));

        Assert.Equal(Some.Id, Find(fleet, Some.Id).Seen!.Machine.Id);
    }

    [Fact]
    public void Without_a_GUID_the_mark_comes_before_the_name()
    {
        var namesake = Some.Observed with { Id = Number(2), Owner = null };
        var marked = Some.Observed with { Id = Number(3), Name = "renamed" };
        var sighting = Find(Fleet(("hv01", namesake), ("hv02", marked)));

        Assert.Equal(Number(3), sighting.Seen!.Machine.Id);
        Assert.Single(sighting.Namesakes);
    }

    [Fact]
    public void The_mark_of_another_installation_is_none()
    {
        var foreign = Some.Observed with { Owner = Some.Owner with { Installation = "other" }, Name = "else" };

        Assert.Null(Find(Fleet(("hv01", foreign))).Seen);
    }

    [Fact]
    public void Of_two_with_one_GUID_the_one_on_the_bound_host_is_meant_and_the_other_is_told()
    {
        var sighting = Find(Fleet(("hv01", Some.Observed), ("hv02", Some.Observed)), Some.Id, "hv02");

        Assert.Equal("hv02", sighting.Seen!.Host.Name);
        Assert.StartsWith("hv01", Assert.Single(sighting.Namesakes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_namesake_where_the_object_may_not_be_is_nobodys_business()
    {
        var fleet = Fleet(("hv01", Some.Observed), ("foreign", Some.Observed with { Id = Number(2), Owner = null }));

        Assert.Empty(Find(fleet, Some.Id).Namesakes);
    }

    [Fact]
    public void While_a_host_is_silent_a_VM_that_is_not_seen_may_be_there()
    {
        var fleet = Fleet(("hv01", Some.Observed with { Id = Number(2), Name = "other", Owner = null }));
        fleet.Declare("hv02");

        Assert.Equal("hv02", Assert.Single(Find(fleet).OutOfSight).Name);
    }

    [Fact]
    public void A_VM_that_ever_was_may_be_on_any_host_also_on_one_that_may_not_hold_it_any_more()
    {
        var fleet = Fleet(("hv01", Some.Observed with { Id = Number(2), Name = "other", Owner = null }));
        fleet.Declare("foreign");

        Assert.Equal("foreign", Assert.Single(Find(fleet, Some.Id, "foreign").OutOfSight).Name);
        Assert.Empty(Find(fleet).OutOfSight);
    }

    [Fact]
    public void A_copy_of_a_lost_VM_is_seen_and_not_taken_for_it()
    {
        var copy = Some.Observed with { Id = Number(5) };
        var sighting = Find(Fleet(("hv01", copy)), Some.Id, "hv01");
        Assert.Equal(copy.Id, sighting.Seen!.Machine.Id);

        var situation = Situations.InOrder() with { Sighting = sighting };
        Assert.False(situation.IsOurs);
        Assert.Contains(situation.Decide().Plan.Problems, static problem => problem.Reason == "VirtualMachineReplaced");
        Assert.Empty(situation.Decide().Actions);
    }

    private static Guid Number(int number) => new(number, 0, 0, new byte[8]);

    private static SlotWish Wish(string member, string operation, int minutes) =>
        new(member, operation, Wishes: true, Some.Now.AddMinutes(-minutes), "Restart");

    private static FleetView Fleet(params (string Host, ObservedVirtualMachine Machine)[] machines)
    {
        var fleet = new FleetView(new FakeTimeProvider(Some.Now));
        foreach (var host in machines.GroupBy(static each => each.Host))
        {
            fleet.Replace(
                host.Key,
                Situations.Facts with
                {
                    VirtualMachines = [.. host.Select(static each => each.Machine)],
                }
            );
        }

        return fleet;
    }

    private static Sighting Find(FleetView fleet, Guid? id = null, string? boundHost = null) =>
        SightingFinder.Find(
            fleet,
            new Wanted(Some.Owner, "EX01", id, boundHost, static host => host != "foreign", fleet.Hosts)
        );
}

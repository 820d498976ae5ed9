using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Placement;
using static ExchangeVirt.Domain.Tests.Placement.Estates;

namespace ExchangeVirt.Domain.Tests.Placement;

public sealed class PlacerTests
{
    [Fact]
    public void Where_nothing_fits_every_host_says_by_how_much_and_one_change_is_named()
    {
        var decision = Placer.Place(
            Ask(Machine("ex4")),
            [Candidate("hv2", Guest(1, 27)), Candidate("hv1", Guest(2, 40, 460))]
        );

        Assert.Null(decision.Host);
        Assert.Equal(
            "No host fits messaging/ex4. "
                + "hv1: needs 8 vCPU, 0 of 30 left (2·16 cores − 2 for the host; 40 taken); "
                + "needs 33Gi memory (32Gi and 1Gi overhead), 25.4Gi of 486.4Gi left (512Gi − 25.6Gi for the host). "
                + "hv2: needs 8 vCPU, 3 of 30 left (2·16 cores − 2 for the host; 27 taken). "
                + "Smallest change: on hv2, lower processors.count to 3, or free 5 vCPU on it.",
            decision.Message
        );
    }

    [Fact]
    public void Without_hosts_it_says_so() =>
        Assert.Contains(
            "no HyperVHost is declared",
            Placer.Place(Ask(Machine("ex1")), []).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Of_equal_hosts_the_first_by_name_is_taken() =>
        Assert.Equal(
            "hv1",
            Placer.Place(Ask(Machine("ex1")), [Candidate("hv3"), Candidate("hv1"), Candidate("hv2")]).Host
        );

    [Fact]
    public void A_host_within_one_to_one_is_preferred()
    {
        // On hv1 14 vCPU are recommended: 7 and 8 are more.
        var decision = Placer.Place(
            Ask(Machine("ex1")),
            [Candidate("hv1", Guest(1, 7)), Candidate("hv2", Guest(2, 6))]
        );

        Assert.Equal("hv2", decision.Host);
        Assert.Equal(100, decision.Verdicts[1].Scores["RecommendedRatio"]);
        Assert.True(decision.Verdicts[0].Scores["RecommendedRatio"] < 100);
    }

    [Fact]
    public void Members_never_share_a_host_where_anti_affinity_is_required()
    {
        var request = Ask(Machine("ex2", group: "dag1"), Group()) with
        {
            OtherMembers = [new MemberPlacement(new ObjectKey("messaging", "ex1"), "hv1")],
        };

        Assert.Null(Placer.Place(request, [Candidate("hv1")]).Host);
        Assert.Equal("hv2", Placer.Place(request, [Candidate("hv1"), Candidate("hv2", Guest(1, 20))]).Host);
    }

    [Fact]
    public void Members_share_a_host_only_at_need_where_anti_affinity_is_preferred()
    {
        var request = Ask(Machine("ex2", group: "dag1"), Group(Strictness.Preferred)) with
        {
            OtherMembers = [new MemberPlacement(new ObjectKey("messaging", "ex1"), "hv1")],
        };

        Assert.Equal("hv1", Placer.Place(request, [Candidate("hv1")]).Host);
        Assert.Equal("hv2", Placer.Place(request, [Candidate("hv1"), Candidate("hv2", Guest(1, 20))]).Host);
    }

    [Fact]
    public void A_member_of_an_undeclared_group_is_kept_apart_by_the_defaults() =>
        Assert.Null(
            Placer
                .Place(
                    Ask(Machine("ex2", group: "dag1")) with
                    {
                        OtherMembers = [new MemberPlacement(new ObjectKey("messaging", "ex1"), "hv1")],
                    },
                    [Candidate("hv1")]
                )
                .Host
        );

    [Fact]
    public void Spread_prefers_the_fault_domain_with_fewer_members()
    {
        var request = Ask(Machine("ex2", group: "dag1"), Group()) with
        {
            OtherMembers = [new MemberPlacement(new ObjectKey("messaging", "ex1"), "hv1")],
        };

        Assert.Equal("hv3", Placer.Place(request, [In("a", "hv1"), In("a", "hv2"), In("b", "hv3")]).Host);
    }

    [Fact]
    public void A_full_domain_does_not_hold_up_a_required_spread_and_an_unreachable_one_does()
    {
        var request = Ask(Machine("ex2", group: "dag1"), Group(spread: Strictness.Required)) with
        {
            OtherMembers = [new MemberPlacement(new ObjectKey("messaging", "ex1"), "hv1")],
        };

        Assert.Equal("hv2", Placer.Place(request, [In("a", "hv1"), In("a", "hv2"), In("b", "hv3", Guest(1, 30))]).Host);
        var away = In("b", "hv3");
        away = new HostCandidate(away.Definition, away.Observed, away.Load, Now, "no route to host");
        var decision = Placer.Place(request, [In("a", "hv1"), In("a", "hv2"), away]);
        Assert.Null(decision.Host);
        Assert.Equal(["FaultDomain"], decision.Verdicts[1].Failures.Select(failure => failure.Filter));
    }

    [Fact]
    public void A_required_spread_refuses_a_host_without_a_fault_domain() =>
        Assert.Equal(
            "hv2",
            Placer
                .Place(
                    Ask(Machine("ex1", group: "dag1"), Group(spread: Strictness.Required)),
                    [Candidate("hv1"), In("a", "hv2", Guest(1, 20))]
                )
                .Host
        );

    [Fact]
    public void A_long_list_of_hosts_is_cut_in_the_message_and_whole_in_the_verdicts()
    {
        var hosts = Enumerable.Range(10, 40).Select(number => Candidate($"hv{number}", Guest(number, 30))).ToList();

        var decision = Placer.Place(Ask(Machine("ex1")), hosts);

        Assert.Contains("And 24 more hosts.", decision.Message, StringComparison.Ordinal);
        Assert.Equal(40, decision.Verdicts.Count);
    }

    private static HostCandidate In(string domain, string name, params ObservedVirtualMachine[] guests) =>
        HostCandidate.Of(Define(name, domain), Facts(name, 16, guests), Now);
}

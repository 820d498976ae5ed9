using ExchangeVirt.Domain.Tests.Planning;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Operator.Tests.Support;

namespace ExchangeVirt.Operator.Tests.Deleting;

public sealed class ReachTests
{
    private static readonly HostView s_silent = Situations.Silent with { Since = Some.Now - TimeSpan.FromMinutes(20) };

    [Fact]
    public void A_VM_that_is_seen_on_a_host_that_answers_is_here() =>
        Assert.IsType<Reach.Here>(Reach.Of(Deleted(Situations.InOrder()), static _ => true));

    [Fact]
    public void A_VM_that_was_moved_to_a_declared_host_is_here_though_its_former_host_is_gone() =>
        Assert.IsType<Reach.Here>(
            Reach.Of(
                Deleted(Situations.InOrder()) with
                {
                    Sighting = Situations.InOrder().Sighting with { BoundHostName = "hv09", BoundHost = null },
                },
                static host => host != "hv09"
            )
        );

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_host_that_is_not_declared_any_more_is_named(bool stillInTheFleet)
    {
        var situation = Deleted(Situations.InOrder());
        situation = stillInTheFleet ? situation : situation with { Sighting = new Sighting { BoundHostName = "hv01" } };

        Assert.Equal(new Reach.Undeclared("hv01"), Reach.Of(situation, static _ => false));
    }

    [Fact]
    public void A_silent_host_has_an_hour_from_the_deletion_and_from_when_it_fell_silent()
    {
        // Deleted an hour ago; the host was heard 20 minutes ago.
        var seen = Deleted(Situations.With(Some.Policy, Some.Observed, s_silent), TimeSpan.FromHours(1));
        Assert.Equal(Some.Now + TimeSpan.FromMinutes(40), Assert.IsType<Reach.Silent>(Of(seen)).Until);

        // Silent for long; deleted ten minutes ago.
        var longSilent = s_silent with
        {
            Since = Some.Now - TimeSpan.FromDays(1),
        };
        var unseen = Deleted(Situations.InOrder(), TimeSpan.FromMinutes(10)) with
        {
            Sighting = new Sighting
            {
                BoundHostName = "hv01",
                BoundHost = longSilent,
                OutOfSight = [longSilent],
            },
        };
        Assert.Equal(Some.Now + TimeSpan.FromMinutes(50), Assert.IsType<Reach.Silent>(Of(unseen)).Until);
    }

    [Fact]
    public void Of_several_silent_hosts_the_one_that_was_heard_last_counts()
    {
        var situation = Deleted(Situations.InOrder(), TimeSpan.FromDays(1)) with
        {
            Sighting = new Sighting
            {
                BoundHostName = "hv02",
                BoundHost = Situations.Host,
                OutOfSight = [s_silent with { Since = Some.Now - TimeSpan.FromDays(1) }, s_silent],
            },
        };

        Assert.Equal(Some.Now + TimeSpan.FromMinutes(40), Assert.IsType<Reach.Silent>(Of(situation)).Until);
    }

    [Fact]
    public void A_VM_that_no_host_has_is_nowhere() =>
        Assert.IsType<Reach.Nowhere>(
            Of(
                Deleted(Situations.InOrder()) with
                {
                    Sighting = new Sighting { BoundHostName = "hv01", BoundHost = Situations.Host },
                }
            )
        );

    private static Reach Of(Situation situation) => Reach.Of(situation, static _ => true);

    private static Situation Deleted(Situation situation, TimeSpan ago = default)
    {
        situation.Entity.Metadata.DeletionTimestamp = (Some.Now - ago).UtcDateTime;
        return situation;
    }
}

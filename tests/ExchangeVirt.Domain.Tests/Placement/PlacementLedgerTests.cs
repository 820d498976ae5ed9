using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Placement;
using static ExchangeVirt.Domain.Tests.Placement.Estates;

namespace ExchangeVirt.Domain.Tests.Placement;

public sealed class PlacementLedgerTests
{
    private static readonly ObjectKey s_ex1 = new("messaging", "ex1");

    [Fact]
    public void Nothing_is_decided_before_the_stored_bindings_are_restored()
    {
        var ledger = Ledger((Define("hv1"), Facts("hv1")));

        Assert.Throws<InvalidOperationException>(() => ledger.Place(Ask(Machine("ex1"))));
    }

    [Fact]
    public void What_one_decision_spends_the_next_one_sees()
    {
        var ledger = Restored((Define("hv1"), Facts("hv1", 8)));

        Assert.Equal("hv1", ledger.Place(Ask(Machine("ex1"))).Host);
        Assert.Null(ledger.Place(Ask(Machine("ex2"))).Host);
        Assert.True(ledger.Release(s_ex1));
        Assert.False(ledger.Release(s_ex1));
        Assert.Equal("hv1", ledger.Place(Ask(Machine("ex2"))).Host);
    }

    [Fact]
    public void Decisions_made_at_once_never_spend_a_core_twice()
    {
        var ledger = Restored((Define("hv1"), Facts("hv1")), (Define("hv2"), Facts("hv2")));
        var hosts = new string?[64];

        Parallel.For(0, hosts.Length, number => hosts[number] = ledger.Place(Ask(Machine($"ex{number}", 4))).Host);

        Assert.Equal(14, hosts.Count(host => host is not null));
        Assert.All(ledger.Candidates(), host => Assert.Equal(28, host.Load.VirtualProcessors));
    }

    [Fact]
    public void A_stored_binding_counts_before_its_host_has_reported()
    {
        var ledger = new PlacementLedger(Installation);
        ledger.Restore([Reservation.For(Machine("ex1"), "hv1")]);
        ledger.SetHost(Define("hv1"));
        ledger.Observe("hv1", Facts("hv1", 8), Now);

        Assert.Null(ledger.Place(Ask(Machine("ex2"))).Host);
    }

    [Theory]
    [InlineData("id")]
    [InlineData("owner")]
    [InlineData("name")]
    public void A_reserved_machine_that_is_seen_counts_once(string by)
    {
        var ledger = Restored((Define("hv1"), Facts("hv1")));
        var seen = Guest(7, 8, 32);
        ledger.Reserve(Reservation.For(Machine("ex1"), "hv1", by == "id" ? seen.Id : null));
        seen = by switch
        {
            "owner" => seen with { Owner = new OwnerMark(Installation, s_ex1) },
            "name" => seen with { Name = "EX1" },
            _ => seen,
        };

        ledger.Observe("hv1", Facts("hv1", 16, seen, Guest(8, 2)), Now);

        Assert.Equal(10, Load(ledger, "hv1").VirtualProcessors);
        Assert.Equal(2, Load(ledger, "hv1").VirtualMachines);
        Assert.Equal(ByteSize.FromGibibytes(33 + 17), Load(ledger, "hv1").Memory);
    }

    [Theory]
    [InlineData("another installation's mark")]
    [InlineData("a copy with the mark and another id")]
    [InlineData("another object's mark under the name")]
    public void A_machine_that_is_not_the_reserved_one_counts_beside_it(string guest)
    {
        var ledger = Restored((Define("hv1"), Facts("hv1")));
        var copy = guest.StartsWith("a copy", StringComparison.Ordinal);
        ledger.Reserve(Reservation.For(Machine("ex1"), "hv1", copy ? Guest(99).Id : null));
        var owner = guest[1..] switch
        {
            " copy with the mark and another id" => new OwnerMark(Installation, s_ex1),
            _ when guest.Contains("installation", StringComparison.Ordinal) => new OwnerMark("another", s_ex1),
            _ => new OwnerMark(Installation, new ObjectKey("messaging", "other")),
        };

        ledger.Observe("hv1", Facts("hv1", 16, Guest(7, 8) with { Name = "ex1", Owner = owner }), Now);

        Assert.Equal(16, Load(ledger, "hv1").VirtualProcessors);
    }

    [Fact]
    public void A_machine_that_is_being_made_holds_all_that_it_will_have()
    {
        var ledger = Restored((Define("hv1"), Facts("hv1")));
        ledger.Reserve(Reservation.For(Machine("ex1"), "hv1", Guest(7).Id));

        ledger.Observe("hv1", Facts("hv1", 16, Guest(7, 1, 1)), Now);

        Assert.Equal(8, Load(ledger, "hv1").VirtualProcessors);
        Assert.Equal(ByteSize.FromGibibytes(33), Load(ledger, "hv1").Memory);
    }

    [Fact]
    public void A_machine_with_more_than_asked_for_holds_what_it_has()
    {
        var ledger = Restored((Define("hv1"), Facts("hv1")));
        ledger.Reserve(Reservation.For(Machine("ex1"), "hv1", Guest(7).Id));

        ledger.Observe("hv1", Facts("hv1", 16, Guest(7, 24, 64)), Now);

        Assert.Equal(24, Load(ledger, "hv1").VirtualProcessors);
        Assert.Equal(ByteSize.FromGibibytes(65), Load(ledger, "hv1").Memory);
    }

    [Fact]
    public void A_bound_machine_keeps_its_host_and_does_not_count_twice()
    {
        var ledger = Restored((Define("hv1"), Facts("hv1", 8)), (Define("hv2"), Facts("hv2", 8)));
        Assert.Equal("hv1", ledger.Place(Ask(Machine("ex1", 14))).Host);

        var again = ledger.Place(Ask(Machine("ex1", 14)));

        Assert.Equal("hv1", again.Host);
        Assert.Empty(again.Verdicts[0].Failures);
        ledger.SetHost(Define("hv1") with { Schedulable = false });
        Assert.Empty(ledger.Preview(Ask(Machine("ex1", 14))).Verdicts[0].Failures);
    }

    [Fact]
    public void A_moved_machine_counts_where_it_is_once_its_old_host_reports_without_it()
    {
        var ledger = Restored((Define("hv1"), Facts("hv1")), (Define("hv2"), Facts("hv2")));
        var machine = Guest(7, 8, 32);
        ledger.Reserve(Reservation.For(Machine("ex1"), "hv1", machine.Id));
        ledger.Observe("hv1", Facts("hv1", 16, machine), Now);

        ledger.Observe("hv2", Facts("hv2", 16, machine), Now);
        Assert.Equal((8, 8), (Load(ledger, "hv1").VirtualProcessors, Load(ledger, "hv2").VirtualProcessors));

        ledger.Observe("hv1", Facts("hv1"), Now);
        Assert.Equal((0, 8), (Load(ledger, "hv1").VirtualProcessors, Load(ledger, "hv2").VirtualProcessors));
        Assert.Equal("hv2", ledger.Find(s_ex1)!.Host);
    }

    [Fact]
    public void A_machine_that_vanished_keeps_its_place_until_it_is_released()
    {
        var ledger = Restored((Define("hv1"), Facts("hv1")));
        ledger.Reserve(Reservation.For(Machine("ex1"), "hv1", Guest(7).Id));
        ledger.Observe("hv1", Facts("hv1", 16, Guest(7, 8)), Now);

        ledger.Observe("hv1", Facts("hv1"), Now);

        Assert.Equal(8, Load(ledger, "hv1").VirtualProcessors);
    }

    [Fact]
    public void Members_are_kept_apart_by_what_is_reserved()
    {
        var ledger = Restored((Define("hv1"), Facts("hv1")), (Define("hv2"), Facts("hv2")));

        var hosts = Enumerable
            .Range(1, 3)
            .Select(number => ledger.Place(Ask(Machine($"ex{number}", group: "dag1"), Group())).Host);

        Assert.Equal(["hv1", "hv2", null], hosts);
    }

    [Fact]
    public void Space_promised_on_shared_storage_is_gone_for_every_host_until_the_disk_is_seen()
    {
        var ledger = Restored((Define("hv1"), Facts("hv1")), (Define("hv2"), Facts("hv2")));
        var path = @"C:\ClusterStorage\csv1\ex1\db.vhdx";
        var first = Machine("ex1") with { Disks = [Disk(path, 600)] };
        var second = Machine("ex2") with { Disks = [Disk(@"C:\ClusterStorage\csv1\ex2\db.vhdx", 600)] };
        Assert.Equal("hv1", ledger.Place(Ask(first) with { CreatesDisks = true }).Host);

        Assert.Null(ledger.Preview(Ask(second) with { CreatesDisks = true }).Host);

        var seen = Guest(7, 8, 32) with
        {
            Name = "ex1",
            Disks =
            [
                new ObservedDisk
                {
                    Controller = "SCSI",
                    Path = path,
                    RootPath = path,
                },
            ],
        };
        ledger.Observe("hv1", Facts("hv1", 16, seen), Now);
        Assert.NotNull(ledger.Preview(Ask(second) with { CreatesDisks = true }).Host);
    }

    [Fact]
    public void A_host_that_left_is_asked_no_more_and_an_unreachable_one_refuses()
    {
        var ledger = Restored((Define("hv1"), Facts("hv1")), (Define("hv2"), Facts("hv2")));

        ledger.RemoveHost("hv1");
        ledger.MarkUnreachable("hv2", "certificate expired");
        var decision = ledger.Place(Ask(Machine("ex1")));

        Assert.Equal("hv2", Assert.Single(decision.Verdicts).Host);
        Assert.Contains("certificate expired", decision.Message, StringComparison.Ordinal);
        ledger.Observe("hv2", Facts("hv2"), Now);
        Assert.Equal("hv2", ledger.Place(Ask(Machine("ex1"))).Host);
    }

    private static PlacementLedger Restored(params (HostDefinition, ObservedHost)[] hosts)
    {
        var ledger = Ledger(hosts);
        ledger.Restore([]);
        return ledger;
    }

    private static HostLoad Load(PlacementLedger ledger, string host) =>
        ledger.Candidates().Single(candidate => candidate.Name == host).Load;
}

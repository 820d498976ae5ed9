using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Domain.Tests.Planning;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Tests.Support;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Operator.Tests.Deciding;

public sealed class DecidingTables
{
    [Fact]
    public void What_rests_on_a_failed_creation_waits_for_it()
    {
        var decision = Situations
            .Unborn(Situations.Host)
            .Decide(null, Situations.Failure("CreateVirtualMachine", null));

        Assert.Equal("CreateVirtualMachine StartVirtualMachine", decision.Plan.Names());
        Assert.Null(decision.Next);
    }

    [Fact]
    public void What_rests_on_a_mark_that_may_not_be_set_waits_for_it()
    {
        var observed = Situations.Drifted() with { Owner = null };
        var situation = Situations.With(Some.Policy, observed) with
        {
            Desired = Situations.Standalone with { AdoptIfExists = true },
            Entity = new ExchangeVirtualMachine { Metadata = Situations.Entity().Metadata },
        };

        Assert.IsType<MarkOwner>(situation.Decide().Next!.Action);
        Assert.Null(situation.Decide(null, Situations.Failure("MarkOwner", null)).Next);
    }

    [Fact]
    public void A_failed_setting_holds_no_other_back()
    {
        var observed = Situations.Drifted() with { AutomaticCheckpoints = true };
        var decision = Situations
            .With(Some.Policy, observed)
            .Decide(null, Situations.Failure("DisableCheckpoints", SettingNames.Checkpoints));

        Assert.IsType<DisableAutomaticCheckpoints>(decision.Next!.Action);
    }

    [Fact]
    public void A_shutdowns_gate_speaks_for_all_that_follows_it()
    {
        var policy = Some.Policy with { Disruption = Domain.Model.Disruption.MaintenanceWindow };

        var decision = Situations.With(policy, Situations.Wrong()).Decide();

        Assert.IsType<ShutDownGuest>(decision.Actions[0].Planned.Action);
        Assert.True(decision.Actions.Count >= 3);
        Assert.All(
            decision.Actions,
            static action => Assert.Equal(GateReasons.NoMaintenanceWindow, action.Closed?.Reason)
        );
        Assert.Null(decision.Next);
    }

    [Fact]
    public void The_next_look_is_when_the_first_gate_opens_or_a_failed_action_is_due()
    {
        var window = new MaintenanceInterval("sat", Some.Now.AddHours(5), Some.Now.AddHours(9));
        var situation = Situations.With(
            Some.Policy with
            {
                Disruption = Domain.Model.Disruption.MaintenanceWindow,
            },
            Situations.Wrong() with
            {
                CheckpointType = CheckpointType.Standard,
            }
        ) with
        {
            Windows = [window],
        };

        Assert.Equal(TimeSpan.FromHours(5), LookAgain.After(situation.Decide()));
        Assert.Equal(
            TimeSpan.FromSeconds(10),
            LookAgain.After(situation.Decide(null, Situations.Failure("DisableCheckpoints", SettingNames.Checkpoints)))
        );
        Assert.Equal(
            TimeSpan.FromMilliseconds(200),
            LookAgain.After(
                situation.Decide(
                    null,
                    Situations.Failure("DisableCheckpoints", SettingNames.Checkpoints, Some.Now.AddMilliseconds(1))
                )
            )
        );
        Assert.Null(LookAgain.After(Situations.InOrder().Decide()));
    }

    [Theory]
    [InlineData("attested after the boot", "2026-11-22T11:00:00Z", 2, true)]
    [InlineData("attested before the boot", "2026-11-22T09:00:00Z", 2, false)]
    [InlineData("attested in the future", "2026-11-22T13:00:00Z", 2, false)]
    [InlineData("no time", "yes", 2, false)]
    [InlineData("no annotation", null, 2, false)]
    [InlineData("uptime not known", "2026-11-22T11:00:00Z", null, false)]
    public void An_attestation_holds_for_the_boot_it_was_given_in(
        string situation,
        string? text,
        int? hoursUp,
        bool given
    )
    {
        var machine = Some.Observed with { Uptime = hoursUp is { } hours ? TimeSpan.FromHours(hours) : null };
        var attested = Situations.With(Some.Policy, machine);
        attested.Entity.Metadata.Annotations = text is null
            ? null
            : new Dictionary<string, string> { [Attestation.Annotation] = text };

        Assert.True(given == Attestation.IsGiven(attested), situation);
    }

    [Theory]
    [InlineData("merging on the same volume", @"D:\ex02\db.vhdx", VirtualMachineOperation.MergingDisks, "EX02")]
    [InlineData("deleting a checkpoint there", @"d:\ex02\db.vhdx", VirtualMachineOperation.DeletingCheckpoint, "EX02")]
    [InlineData("merging on another volume", @"E:\ex02\db.vhdx", VirtualMachineOperation.MergingDisks, null)]
    [InlineData("on a volume mounted below", @"D:\mount\ex02\db.vhdx", VirtualMachineOperation.MergingDisks, null)]
    [InlineData("not merging", @"D:\ex02\db.vhdx", VirtualMachineOperation.None, null)]
    public void A_merging_neighbour_is(string situation, string path, VirtualMachineOperation operation, string? found)
    {
        var neighbour = Some.Observed with
        {
            Id = new Guid("0c6a0000-0000-0000-0000-000000000002"),
            Name = "EX02",
            Operation = operation,
            Disks = [new ObservedDisk { Controller = "SCSI", Path = path }],
        };
        var host = Situations.Host with
        {
            Facts = Situations.Facts with
            {
                VirtualMachines = [Some.Observed, neighbour],
                Volumes =
                [
                    new HostVolume(@"D:\", null, null, "Local"),
                    new HostVolume(@"D:\mount", null, null, "Local"),
                    new HostVolume(@"E:\", null, null, "Local"),
                ],
            },
        };

        Assert.True(found == MergingNeighbour.Find(host, Some.Observed), situation);
    }

    [Theory]
    // 2026-03-29: Berlin goes from 02:00 to 03:00; 2026-10-25: from 03:00 back to 02:00.
    [InlineData(
        "Berlin, the night that loses an hour",
        "Europe/Berlin",
        "0 1 * * *",
        180,
        "2026-03-28T20:00Z",
        "2026-03-29T00:00Z",
        "2026-03-29T03:00Z"
    )]
    [InlineData(
        "Berlin, an opening that the clock skips",
        "Europe/Berlin",
        "30 2 * * *",
        60,
        "2026-03-28T20:00Z",
        "2026-03-29T01:00Z",
        "2026-03-29T02:00Z"
    )]
    [InlineData(
        "Berlin, the night that gains an hour",
        "Europe/Berlin",
        "0 1 * * *",
        180,
        "2026-10-24T20:00Z",
        "2026-10-24T23:00Z",
        "2026-10-25T02:00Z"
    )]
    // 2026-03-08: New York goes from 02:00 to 03:00; 2026-11-01: from 02:00 back to 01:00.
    [InlineData(
        "New York, the night that loses an hour",
        "America/New_York",
        "0 1 * * *",
        180,
        "2026-03-08T00:00Z",
        "2026-03-08T06:00Z",
        "2026-03-08T09:00Z"
    )]
    [InlineData(
        "New York, an opening that comes twice opens once",
        "America/New_York",
        "30 1 * * *",
        30,
        "2026-11-01T00:00Z",
        "2026-11-01T05:30Z",
        "2026-11-01T06:00Z"
    )]
    [InlineData("open now", "UTC", "0 22 * * SAT", 240, "2026-11-21T23:00Z", "2026-11-21T22:00Z", "2026-11-22T02:00Z")]
    [InlineData(
        "closing now is closed",
        "UTC",
        "0 22 * * SAT",
        60,
        "2026-11-21T23:00Z",
        "2026-11-28T22:00Z",
        "2026-11-28T23:00Z"
    )]
    public void A_window_opens_by_the_wall_clock_and_lasts_by_elapsed_time(
        string situation,
        string zone,
        string cron,
        int minutes,
        string now,
        string opens,
        string closes
    )
    {
        var first = MaintenanceSchedule.Intervals([Window(cron, zone, minutes)], At(now))[0];

        Assert.True(At(opens) == first.OpensAt, $"{situation}: opens {first.OpensAt:u}");
        Assert.True(At(closes) == first.ClosesAt, $"{situation}: closes {first.ClosesAt:u}");
    }

    [Fact]
    public void The_window_that_is_open_and_the_next_are_given_in_the_order_of_their_opening()
    {
        var intervals = MaintenanceSchedule.Intervals(
            [Window("0 22 * * SAT", "UTC", 240), Window("0 1 * * *", "UTC", 30) with { Name = "nightly" }],
            At("2026-11-21T23:00Z")
        );

        Assert.Equal(
            ["w 2026-11-21 22:00:00Z", "nightly 2026-11-22 01:00:00Z", "w 2026-11-28 22:00:00Z"],
            intervals.Select(static interval => $"{interval.Name} {interval.OpensAt:u}")
        );
    }

    [Theory]
    [InlineData("25 99 * * *", "UTC", "25 99 * * *")]
    [InlineData("0 22 * * SAT", "Mars/Olympus", "Mars/Olympus")]
    public void A_window_that_cannot_be_understood_says_which_and_why(string cron, string zone, string named)
    {
        var wrong = Assert.Throws<FormatException>(() =>
            MaintenanceSchedule.Intervals([Window(cron, zone, 60)], Some.Now)
        );

        Assert.Contains("'w'", wrong.Message, StringComparison.Ordinal);
        Assert.Contains(named, wrong.Message, StringComparison.Ordinal);
    }

    private static DateTimeOffset At(string text) =>
        DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static MaintenanceWindowSpec Window(string cron, string zone, int minutes) =>
        new()
        {
            Name = "w",
            Schedule = cron,
            TimeZone = zone,
            DurationMinutes = minutes,
        };
}

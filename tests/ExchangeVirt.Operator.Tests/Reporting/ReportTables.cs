using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Tests.Planning;
using ExchangeVirt.Operator.Acting;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Operator.Tests.Support;
using ExchangeVirt.Resources.V1Alpha1;
using k8s.Models;
using Microsoft.Extensions.Time.Testing;
using DisruptionGrant = ExchangeVirt.Domain.Gating.DisruptionGrant;

namespace ExchangeVirt.Operator.Tests.Reporting;

public sealed class ReportTables
{
    private static readonly Policy s_policy = new();

    [Fact]
    public void A_transition_time_moves_with_the_status_alone_and_holds_whole_seconds()
    {
        var at = Some.Now.AddMilliseconds(750);
        var first = Conditions.After(null, [new Finding("Ready", true, "InSync", "a")], 1, at)[0];
        Assert.Equal(Some.Now, first.LastTransitionTime);

        var reworded = Conditions.After([first], [new Finding("Ready", true, "Other", "b")], 2, at.AddHours(1))[0];
        Assert.Equal(
            (first.LastTransitionTime, "Other", "b", 2L),
            (reworded.LastTransitionTime, reworded.Reason, reworded.Message, reworded.ObservedGeneration)
        );

        var turned = Conditions.After([reworded], [new Finding("Ready", null, "Other", "b")], 2, at.AddHours(2))[0];
        Assert.Equal(("Unknown", Some.Now.AddHours(2)), (turned.Status, turned.LastTransitionTime));
    }

    [Fact]
    public void Conditions_are_exactly_those_found_in_order_and_no_longer_than_the_schema_takes()
    {
        var before = Conditions.After(null, [new Finding("Stalled", true, "R", "m")], 1, Some.Now);
        var after = Conditions.After(
            before,
            [new Finding("Synced", true, "R", new string('x', 5000)), new Finding("Ready", true, "R", "m")],
            1,
            Some.Now
        );

        Assert.Equal(["Ready", "Synced"], after.Select(static condition => condition.Type));
        Assert.Equal(4096, after[1].Message.Length);
    }

    [Theory]
    [InlineData("bad news for the first time", null, "Ready=False", "Ready bad")]
    [InlineData("good news for the first time", null, "Ready=True", "")]
    [InlineData("nothing changed", "Ready=False", "Ready=False", "")]
    [InlineData("it went well again", "Ready=False", "Ready=True", "Ready good")]
    [InlineData("it went wrong", "Ready=True", "Ready=False", "Ready bad")]
    [InlineData("a restart is pending", "RestartPending=False", "RestartPending=True", "RestartPending bad")]
    [InlineData("paused for the first time", null, "Paused=True", "Paused bad")]
    [InlineData("not paused any more", "Paused=True", "Paused=False", "Paused good")]
    [InlineData("what nobody is told of", "Synced=True", "Synced=False", "")]
    public void Events_are_told_of(string situation, string? before, string after, string told)
    {
        var news = Transitions
            .Of(before is null ? null : [Parse(before)], [Parse(after)])
            .Select(static each => $"{each.Condition.Type} {(each.Good ? "good" : "bad")}");

        Assert.True(told == string.Join(", ", news), situation);
    }

    [Theory]
    [InlineData("the first reading", null, 1.23, "1.2")]
    [InlineData("within a tenth", "1.2", 1.29, "1.2")]
    [InlineData("within 5 % of a large figure", "10.0", 10.4, "10.0")]
    [InlineData("a step", "1.2", 1.6, "1.6")]
    public void The_hosts_own_use_moves_in_steps_and_its_ratio_with_it(
        string situation,
        string? before,
        double used,
        string said
    )
    {
        var status = Report(
            Situations.Facts with
            {
                Processors = Situations.Facts.Processors with { RootProcessorsUsed = used },
            },
            before is null
                ? null
                : new HyperVHostStatus { Processor = new HostProcessorStatus { RootProcessorsUsed = before } }
        );

        Assert.True(said == status.Processor!.RootProcessorsUsed, situation);
        // 8 guests and the host's reserve of 2 over 32 cores, rounded up; never over logical processors.
        Assert.Equal(("0.25", 8), (status.Processor.GuestRatio, status.Processor.GuestVirtualProcessors));
        Assert.Equal(used > 2 ? "0.57" : "0.32", status.Processor.OverallRatio);
    }

    [Fact]
    public void A_ratio_does_not_move_while_the_use_that_it_rests_on_moves_less_than_a_step()
    {
        var facts = Situations.Facts with
        {
            Processors = Situations.Facts.Processors with { RootProcessorsUsed = 10.0 },
        };
        var first = Report(facts, null);
        var second = Report(facts with { Processors = facts.Processors with { RootProcessorsUsed = 10.4 } }, first);

        Assert.Equal(first.Processor, second.Processor);
    }

    [Theory]
    [InlineData(1000, 960, "1000Gi")]
    [InlineData(1000, 940, "940Gi")]
    public void Free_space_moves_in_steps_of_5_percent(int before, int now, string said)
    {
        var volume = new HostVolume(@"D:\", ByteSize.FromGibibytes(1000), ByteSize.FromGibibytes(now), "Local");
        var old = new HyperVHostStatus { Volumes = [new HostVolumeStatus { Path = @"D:\", Free = $"{before}Gi" }] };

        Assert.Equal(said, Report(Situations.Facts with { Volumes = [volume] }, old).Volumes![0].Free);
    }

    [Theory]
    [InlineData(120, "128Gi")]
    [InlineData(64, "64Gi")]
    public void Memory_that_Hyper_V_moves_by_itself_moves_in_steps(int assigned, string said)
    {
        var machine = Some.Observed with
        {
            Memory = new ObservedMemory(ByteSize.FromGibibytes(64), Dynamic: true)
            {
                Assigned = ByteSize.FromGibibytes(assigned),
            },
        };
        var old = new HyperVHostStatus { Memory = new HostMemoryStatus { Assigned = "128Gi" } };

        Assert.Equal(said, Report(Situations.Facts with { VirtualMachines = [machine] }, old).Memory!.Assigned);
    }

    [Fact]
    public void One_guest_whose_processors_are_not_known_makes_every_ratio_unknown()
    {
        var status = Report(
            Situations.Facts with
            {
                VirtualMachines = [Some.Observed, Some.Observed with { Id = Guid.Empty, ProcessorCount = null }],
            },
            null
        );

        Assert.Null(status.Processor!.GuestRatio);
        Assert.Null(status.Processor.OverallRatio);
        Assert.Equal("Unknown", status.Conditions!.Single(static c => c.Type == "WithinRatio").Status);
    }

    [Fact]
    public void A_host_out_of_reach_keeps_its_last_figures_and_is_not_ready()
    {
        var before = Report(Situations.Facts, null);
        var silent = Report(null, before);

        Assert.Equal(before.Processor, silent.Processor);
        Assert.Equal("False", silent.Conditions!.Single(static c => c.Type == "Ready").Status);
        Assert.Equal("True", silent.Conditions!.Single(static c => c.Type == "Reconciling").Status);
    }

    [Fact]
    public void A_DAGs_report_counts_its_members_and_keeps_a_grant_as_it_was_given()
    {
        var grant = new DisruptionGrant("ex02", "op2", "Restart", Some.Now.AddMinutes(-1));
        var entity = new DatabaseAvailabilityGroup
        {
            Metadata = new V1ObjectMeta { Name = "dag01", Generation = 3 },
        };
        var first = AvailabilityGroupReport.For(
            entity,
            Situations.Group(grant),
            [],
            new InstallationEpoch("i", 7),
            Some.Now
        );
        entity.Status = first;
        var later = AvailabilityGroupReport.For(
            entity,
            Situations.Group(grant),
            [],
            new InstallationEpoch("i", 9),
            Some.Now.AddHours(1)
        );

        Assert.Equal(
            (3, 3, 3, 2, 0),
            (first.Members, first.Available, first.Votes, first.Quorum, first.DisruptionsAllowed)
        );
        Assert.Equal(7, Assert.Single(later.Disruptions!).Epoch);
        Assert.Equal(first.MemberStates!.Select(static m => m.Since), later.MemberStates!.Select(static m => m.Since));
        Assert.Equal("Holds the slot: Restart", later.MemberStates![1].Reason);
        Assert.Equal("True", later.Conditions!.Single(static c => c.Type == "Ready").Status);
    }

    [Fact]
    public void A_DAG_with_too_few_votes_is_not_ready()
    {
        var facts = Situations.Group() with
        {
            Members =
            [
                Situations.Member("ex01"),
                Situations.Member("ex02") with
                {
                    Known = false,
                },
                Situations.Member("ex03") with
                {
                    PowerState = PowerState.Off,
                },
            ],
        };
        var status = AvailabilityGroupReport.For(
            new DatabaseAvailabilityGroup(),
            facts,
            [],
            new InstallationEpoch("i", 1),
            Some.Now
        );

        Assert.Equal("QuorumAtRisk", status.Conditions!.Single(static c => c.Type == "Ready").Reason);
        Assert.Equal(["True", "Unknown", "False"], status.MemberStates!.Select(static m => m.Available));
    }

    [Fact]
    public void An_action_that_fails_again_waits_longer_and_another_disk_is_another_matter()
    {
        var time = new FakeTimeProvider(Some.Now);
        var failures = new ActionFailures(time, static () => 0.5);
        var key = new ObjectKey("messaging", "ex01");
        var fault = new AgentFault(AgentFaultKind.Failed, "F", "m");

        failures.Add(key, "AttachDisk", "Disk:db1", fault);
        failures.Add(key, "AttachDisk", "Disk:db2", fault);
        var first = failures.Of(key).Single(static failure => failure.Setting == "Disk:db1");
        failures.Add(key, "AttachDisk", "Disk:db1", fault);

        Assert.Equal(
            [("Disk:db1", 2), ("Disk:db2", 1)],
            failures.Of(key).Select(static failure => (failure.Setting, failure.Count))
        );
        var again = failures.Of(key).Single(static failure => failure.Setting == "Disk:db1");
        Assert.True(again.RetryAt > first.RetryAt && first.RetryAt > Some.Now);

        failures.Clear(key, "AttachDisk", "Disk:db1");
        Assert.Equal("Disk:db2", Assert.Single(failures.Of(key)).Setting);
        failures.Forget(key);
        Assert.Empty(failures.Of(key));
    }

    private static HyperVHostStatus Report(ObservedHost? facts, HyperVHostStatus? before) =>
        HostReport.For(
            new HyperVHost
            {
                Metadata = new V1ObjectMeta { Name = "hv01", Generation = 1 },
                Spec = new HyperVHostSpec { Agent = new AgentSpec { Endpoint = "https://hv01:7443" } },
                Status = before,
            },
            facts is null ? Situations.Silent with { Facts = null } : Situations.Host with { Facts = facts },
            new HostDefinition { Name = "hv01", Policy = s_policy },
            problem: null,
            figuresMayMove: true,
            Some.Now
        );

    private static StatusCondition Parse(string text) =>
        new()
        {
            Type = text.Split('=')[0],
            Status = text.Split('=')[1],
            Reason = "R",
            Message = "m",
            LastTransitionTime = Some.Now,
        };
}

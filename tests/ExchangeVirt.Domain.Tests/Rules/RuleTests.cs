using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Rules;

namespace ExchangeVirt.Domain.Tests.Rules;

public sealed class RuleTests
{
    private static readonly Dictionary<string, Func<EstateHost, EstateHost>> s_hostFacts = new(StringComparer.Ordinal)
    {
        ["physicalCores"] = host => host with { Processor = host.Processor with { PhysicalCores = null } },
        ["logicalProcessors"] = host => host with { Processor = host.Processor with { LogicalProcessors = null } },
        ["rootProcessorsUsed"] = host => host with { Processor = host.Processor with { RootProcessorsUsed = null } },
        ["runTime"] = host => host with { LogicalProcessorRunTimePercent = null },
        ["memory"] = host => host with { Memory = null },
        ["numaNodes"] = host => host with { NumaNodes = null },
        ["numaSpanning"] = host => host with { NumaSpanning = null },
        ["operatingSystem"] = host => host with { OperatingSystem = null },
        ["powerPlan"] = host => host with { PowerPlan = null },
    };

    private static readonly Dictionary<string, Func<EstateVirtualMachine, EstateVirtualMachine>> s_machineFacts = new(
        StringComparer.Ordinal
    )
    {
        ["host"] = machine => machine with { Host = null },
        ["version"] = machine => machine with { Exchange = machine.Exchange! with { Version = null } },
        ["role"] = machine => machine with { Exchange = machine.Exchange! with { Role = null } },
        ["processorCount"] = machine => machine with { ProcessorCount = null },
        ["memory"] = machine => machine with { Memory = null },
        ["memory.dynamic"] = machine => machine with { Memory = machine.Memory! with { Dynamic = null } },
        ["powerState"] = machine => machine with { PowerState = null },
        ["powerState unreadable"] = machine => machine with { PowerState = PowerState.Unknown },
        ["savedState"] = machine => machine with { SavedState = null },
        ["stop"] = machine => machine with { AutomaticStopAction = null },
        ["start"] = machine => machine with { Clustered = false, Cluster = null, AutomaticStartAction = null },
        ["clustered"] = machine => machine with { Clustered = null, Cluster = null },
        ["recovery"] = machine => machine with { AutomaticRecoveryAction = null },
        ["checkpointType"] = machine => machine with { CheckpointType = null },
        ["automaticCheckpoints"] = machine => machine with { AutomaticCheckpoints = null },
        ["checkpoints"] = machine => machine with { Checkpoints = null },
        ["shutdownService"] = machine => machine with { ShutdownServiceOk = null },
        ["pageFile"] = machine => machine with { Guest = machine.Guest! with { PageFile = null } },
        ["powerPlan"] = machine => machine with { Guest = machine.Guest! with { PowerPlan = null } },
    };

    [Theory]
    [InlineData("physicalCores", "hv1", "cpu-guests-over-2to1, cpu-overall-over-2to1, cpu-over-1to1")]
    [InlineData("physicalCores", "ex1", "cpu-vm-odd-smt")]
    [InlineData("physicalCores", "cl1", "cpu-n-minus-1")]
    [InlineData("logicalProcessors", "ex1", "cpu-vm-odd-smt")]
    [InlineData("rootProcessorsUsed", "hv1", "cpu-host-over-baseline")]
    [InlineData("runTime", "hv1", "cpu-host-saturated")]
    [InlineData("memory", "hv1", "mem-host-capacity")]
    [InlineData("memory", "cl1", "mem-n-minus-1")]
    [InlineData("numaNodes", "ex1", "cpu-numa-fit")]
    [InlineData("operatingSystem", "ex1", "cpu-numa-2025-start")]
    [InlineData("powerPlan", "hv1", "cpu-power-plan")]
    public void A_missing_fact_of_a_host_is_unknown_and_never_a_pass(string fact, string subject, string rules) =>
        AssertUnknown(BaseEstate.Facts.WithHost(s_hostFacts[fact]), subject, rules);

    [Theory]
    [InlineData("host", "hv1", "cpu-guests-over-2to1, cpu-overall-over-2to1, cpu-over-1to1, mem-host-capacity")]
    [InlineData("host", "hv2", "cpu-guests-over-2to1, cpu-overall-over-2to1, cpu-over-1to1, mem-host-capacity")]
    [InlineData("host", "ex1", "cpu-vm-odd-smt, cpu-numa-fit, cpu-numa-2025-start, mem-overcommit")]
    [InlineData("version", "ex1", "cpu-vm-too-large, mem-below-minimum, mem-below-recommended, mem-above-recommended")]
    [InlineData("role", "ex1", "mem-below-recommended")]
    [InlineData("processorCount", "hv1", "cpu-guests-over-2to1, cpu-overall-over-2to1, cpu-over-1to1")]
    [InlineData("processorCount", "ex1", "cpu-vm-too-large, cpu-vm-odd-smt, cpu-numa-fit")]
    [InlineData("processorCount", "cl1", "cpu-n-minus-1")]
    [InlineData("memory", "hv1", "mem-host-capacity")]
    [InlineData("memory", "cl1", "mem-n-minus-1")]
    [InlineData(
        "memory",
        "ex1",
        "mem-dynamic, mem-overcommit, mem-below-recommended, mem-above-recommended, cpu-numa-fit"
    )]
    [InlineData("memory.dynamic", "ex1", "mem-dynamic, mem-overcommit")]
    [InlineData("memory.dynamic", "hv1", "mem-host-capacity")]
    [InlineData("powerState", "ex1", "state-saved-now, state-paused")]
    [InlineData("powerState unreadable", "ex1", "state-saved-now, state-paused")]
    [InlineData("savedState", "ex1", "state-saved-now")]
    [InlineData("stop", "ex1", "state-stop-save, state-stop-turnoff")]
    [InlineData("start", "ex1", "state-start-action")]
    [InlineData("clustered", "ex1", "state-start-action")]
    [InlineData("recovery", "ex1", "state-revert-on-failure")]
    [InlineData("checkpointType", "ex1", "ckpt-allowed")]
    [InlineData("automaticCheckpoints", "ex1", "ckpt-automatic")]
    [InlineData("checkpoints", "ex1", "ckpt-user, ckpt-recovery-stale, ckpt-replica")]
    [InlineData("shutdownService", "ex1", "state-shutdown-ic")]
    [InlineData("pageFile", "ex1", "mem-pagefile")]
    [InlineData("powerPlan", "ex1", "cpu-power-plan")]
    public void A_missing_fact_of_a_machine_is_unknown_and_never_a_pass(string fact, string subject, string rules) =>
        AssertUnknown(BaseEstate.Facts.WithMachine(s_machineFacts[fact]), subject, rules);

    [Fact]
    public void Stopped_machines_count_unless_the_policy_says_otherwise()
    {
        var facts = BaseEstate
            .Facts.WithHost(host => host with { Processor = host.Processor with { PhysicalCores = 8 } })
            .WithGuests(BaseEstate.Foreign("old", "hv1", 4, 8) with { PowerState = PowerState.Off })
            .WithMachine(machine => machine with { ProcessorCount = 14 });

        Assert.Equal(Verdict.Violated, facts.VerdictOn("cpu-guests-over-2to1", "hv1"));
        facts = facts.WithPolicy(policy => policy with { CountStoppedMachines = false });
        Assert.Equal(Verdict.Pass, facts.VerdictOn("cpu-guests-over-2to1", "hv1"));
        Assert.Equal(Verdict.Pass, facts.VerdictOn("cpu-overall-over-2to1", "hv1"));
        facts = facts.WithGuests(BaseEstate.Foreign("dim", "hv1", 1, 8) with { PowerState = null });
        Assert.Equal(Verdict.Unknown, facts.VerdictOn("cpu-overall-over-2to1", "hv1"));
    }

    [Fact]
    public void What_is_over_without_the_unknown_guest_is_violated_all_the_same()
    {
        var facts = BaseEstate
            .Facts.WithHost(host => host with { Processor = host.Processor with { PhysicalCores = 7 } })
            .WithGuests(BaseEstate.Foreign("dark", "hv1", 0, 8) with { ProcessorCount = null });

        Assert.Equal(Verdict.Violated, facts.VerdictOn("cpu-guests-over-2to1", "hv1"));
    }

    [Theory]
    [InlineData(60, Verdict.Pass)]
    [InlineData(61, Verdict.Violated)]
    public void A_pause_is_tolerated_for_exactly_sixty_seconds(int seconds, Verdict verdict) =>
        Assert.Equal(
            verdict,
            BaseEstate
                .Facts.WithMachine(machine =>
                    machine with
                    {
                        PowerState = PowerState.Paused,
                        PowerStateSince = BaseEstate.Now.AddSeconds(-seconds),
                    }
                )
                .VerdictOn("state-paused", "ex1")
        );

    [Theory]
    [InlineData(PowerState.Saved, false, Verdict.Violated)]
    [InlineData(PowerState.FastSaved, null, Verdict.Violated)]
    [InlineData(PowerState.Off, true, Verdict.Violated)]
    [InlineData(PowerState.Running, true, Verdict.Pass)]
    [InlineData(PowerState.Off, false, Verdict.Pass)]
    public void A_saved_state_is_seen_by_state_or_by_file(PowerState state, bool? file, Verdict verdict) =>
        Assert.Equal(
            verdict,
            BaseEstate
                .Facts.WithMachine(machine => machine with { PowerState = state, SavedState = file })
                .VerdictOn("state-saved-now", "ex1")
        );

    [Theory]
    [InlineData(24 * 60, VirtualMachineOperation.None, Verdict.Pass)]
    [InlineData((24 * 60) + 1, VirtualMachineOperation.None, Verdict.Violated)]
    [InlineData((24 * 60) + 1, VirtualMachineOperation.MergingDisks, Verdict.Pass)]
    [InlineData((24 * 60) + 1, VirtualMachineOperation.DeletingCheckpoint, Verdict.Pass)]
    [InlineData((24 * 60) + 1, null, Verdict.Unknown)]
    public void A_recovery_checkpoint_is_stale_when_older_than_the_policy_and_not_being_removed(
        int minutes,
        VirtualMachineOperation? operation,
        Verdict verdict
    ) =>
        Assert.Equal(
            verdict,
            BaseEstate
                .Facts.WithMachine(machine =>
                    machine with
                    {
                        Operation = operation,
                        Checkpoints =
                        [
                            new EstateCheckpoint(CheckpointKind.Recovery, BaseEstate.Now.AddMinutes(-minutes)),
                        ],
                    }
                )
                .VerdictOn("ckpt-recovery-stale", "ex1")
        );

    [Theory]
    [InlineData("10.0.26100", false, 24, Verdict.Violated)]
    [InlineData("10.0.26100", false, 16, Verdict.Pass)]
    [InlineData("10.0.26100", true, 24, Verdict.Pass)]
    [InlineData("10.0.26100", null, 24, Verdict.Unknown)]
    [InlineData("10.0.20348", false, 24, Verdict.NotApplicable)]
    public void From_2025_on_a_machine_over_a_node_needs_spanning(
        string version,
        bool? spanning,
        int processors,
        Verdict verdict
    ) =>
        Assert.Equal(
            verdict,
            BaseEstate
                .Facts.WithHost(host =>
                    host with
                    {
                        OperatingSystem = host.OperatingSystem! with { Version = version },
                        NumaSpanning = spanning,
                    }
                )
                .WithMachine(machine => machine with { ProcessorCount = processors })
                .VerdictOn("cpu-numa-2025-start", "ex1")
        );

    [Theory]
    [InlineData(90.0, Verdict.Pass)]
    [InlineData(90.1, Verdict.Violated)]
    public void A_host_is_saturated_above_ninety_percent(double percent, Verdict verdict) =>
        Assert.Equal(
            verdict,
            BaseEstate
                .Facts.WithHost(host => host with { LogicalProcessorRunTimePercent = percent })
                .VerdictOn("cpu-host-saturated", "hv1")
        );

    [Theory]
    [InlineData("8C5E7FDA-E8BF-4A96-9A85-A6E23A8C635C", Verdict.Pass)]
    [InlineData("{db310065-829b-4671-9647-2261c00e86ef}", Verdict.Pass)]
    [InlineData("Balanced", Verdict.Violated)]
    public void The_power_plan_is_known_by_name_or_guid(string plan, Verdict verdict) =>
        Assert.Equal(
            verdict,
            BaseEstate
                .Facts.WithHost(host => host with { PowerPlan = plan })
                .Judge()
                .Single(each => each is { Rule: "cpu-power-plan", Subject: "hv1" })
                .Verdict
        );

    [Theory]
    [InlineData(46, Verdict.Pass)]
    [InlineData(47, Verdict.Violated)]
    public void The_loss_of_a_node_is_survived_up_to_the_limit_of_the_others(int foreign, Verdict verdict)
    {
        // hv2 and hv3 hold 16 of 62 each; hv1's guests are 16 and one that must find its own host.
        var facts = BaseEstate.Facts.WithGuests(BaseEstate.Foreign("app", "hv1", foreign, 8));

        Assert.Equal(verdict, facts.VerdictOn("cpu-n-minus-1", "cl1"));
    }

    [Fact]
    public void Without_a_cluster_its_rules_do_not_apply()
    {
        var facts = BaseEstate.Facts with
        {
            Clusters = null,
            Hosts = [.. BaseEstate.Facts.Hosts.Select(host => host with { Cluster = null })],
        };

        Assert.Equal(Verdict.NotApplicable, facts.VerdictOn("cpu-n-minus-1", ""));
    }

    [Fact]
    public void Every_rule_has_an_id_of_its_own_for_its_subject_and_tells_its_source()
    {
        Assert.Equal(
            SupportRules.All.Count,
            SupportRules.All.Select(rule => (rule.Id, rule.SubjectKind)).Distinct().Count()
        );
        Assert.All(SupportRules.All, rule => Assert.Matches("^(Microsoft|Operator's judgement)", rule.Reference));
        Assert.All(SupportRules.All, rule => Assert.EndsWith(".", rule.Sentence, StringComparison.Ordinal));
    }

    [Fact]
    public void A_foreign_guest_is_counted_and_never_judged() =>
        Assert.Empty(
            SupportRules.EvaluateVirtualMachine(
                new Estate(BaseEstate.Facts.WithGuests(BaseEstate.Foreign("sql", "hv1", 4, 8))),
                "sql",
                BaseEstate.Now
            )
        );

    [Fact]
    public void A_subject_judged_alone_is_judged_as_among_all()
    {
        var estate = new Estate(BaseEstate.Facts);
        var all = SupportRules.Evaluate(estate, BaseEstate.Now);

        Assert.Equal(
            all.Where(verdict => verdict.Subject == "hv1").Select(Short),
            SupportRules.EvaluateHost(estate, "hv1", BaseEstate.Now).Select(Short)
        );
        Assert.Equal(
            all.Where(verdict => verdict.Subject == "ex1").Select(Short),
            SupportRules.EvaluateVirtualMachine(estate, "ex1", BaseEstate.Now).Select(Short)
        );

        static (string, Verdict) Short(RuleVerdict verdict) => (verdict.Rule, verdict.Verdict);
    }

    [Fact]
    public void A_violation_tells_figures_and_what_to_do()
    {
        var facts = BaseEstate
            .Facts.WithHost(host => host with { Processor = new HostProcessors(8, 16, 1.0, null) })
            .WithMachine(machine => machine with { ProcessorCount = 17 });

        var verdict = facts.Judge().Single(each => each is { Rule: "cpu-overall-over-2to1", Subject: "hv1" });

        Assert.Equal(
            "Guests have 17 vCPU, 14 is the limit (2·8 cores − 2 for the host; overall 2.38:1). "
                + "Move VMs with 3 vCPU to another host, or lower their counts by that.",
            verdict.Message
        );
    }

    private static void AssertUnknown(EstateFacts facts, string subject, string rules)
    {
        var verdicts = facts.Judge().Where(verdict => verdict.Subject == subject).ToList();
        Assert.All(
            rules.Split(", "),
            rule =>
            {
                var verdict = Assert.Single(verdicts, verdict => verdict.Rule == rule);
                Assert.Equal(Verdict.Unknown, verdict.Verdict);
                Assert.NotEmpty(verdict.MissingFacts);
            }
        );
    }
}

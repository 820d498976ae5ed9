using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Domain.Rules;

namespace ExchangeVirt.Domain.Tests.Planning;

public sealed class PlannerRefusals
{
    private static readonly RuleVerdict s_broken = new(
        "cpu-limit",
        Severity.Unsupported,
        SubjectKind.VirtualMachine,
        "ex01",
        Verdict.Violated,
        "too many.",
        "x",
        []
    );

    private static readonly Dictionary<
        string,
        (Func<PlanningInput, PlanningInput> Change, string Reason, bool Stalled)
    > s_cases = new()
    {
        ["a manifest that is not sound"] = (
            i => i with { Invalid = "spec.memory.size is missing." },
            PlanReasons.Invalid,
            true
        ),
        ["two VMs of the name"] = (
            i => i with { Namesakes = ["hv02 (1d)"] },
            PlanReasons.DuplicateVirtualMachine,
            true
        ),
        ["a replica copy"] = (Mode(ReplicationMode.Replica), PlanReasons.ReplicaCopy, true),
        ["a test replica copy"] = (Mode(ReplicationMode.TestReplica), PlanReasons.ReplicaCopy, true),
        ["an extended replica copy"] = (Mode(ReplicationMode.ExtendedReplica), PlanReasons.ReplicaCopy, true),
        ["replication not known"] = (Mode(null), PlanReasons.ReplicationUnknown, false),
        ["clustered"] = (See(vm => vm with { Clustered = true }), PlanReasons.ClusteredNotAvailableYet, true),
        ["cluster not known"] = (See(vm => vm with { Clustered = null }), PlanReasons.ClusterStateUnknown, false),
        ["not ours, adoption Never"] = (
            i => See(vm => vm with { Owner = null })(i) with { VirtualMachineId = null },
            PlanReasons.AdoptionRefused,
            true
        ),
        ["marked by another installation"] = (
            See(vm => vm with { Owner = Some.Owner with { Installation = "other" } }),
            PlanReasons.OwnedByAnother,
            true
        ),
        ["marked by another object, though adoption is allowed"] = (
            i =>
                See(vm => vm with { Owner = Some.Owner with { Object = new ObjectKey("lab", "ex01") } })(i) with
                {
                    Desired = i.Desired with { AdoptIfExists = true },
                },
            PlanReasons.OwnedByAnother,
            true
        ),
        ["a restored copy with our mark and another GUID"] = (
            i => i with { VirtualMachineId = new Guid("0c6a0000-0000-0000-0000-00000000000f") },
            PlanReasons.VirtualMachineReplaced,
            true
        ),
        ["another generation"] = (
            i => i with { Desired = i.Desired with { Generation = 1 } },
            PlanReasons.GenerationMismatch,
            true
        ),
        ["a desired value that breaks a rule"] = (
            i => i with { DesiredVerdicts = [s_broken] },
            PlanReasons.UnsupportedDesiredValue,
            true
        ),
        ["memory below the minimum, though nobody asked the rules"] = (
            i =>
                i with
                {
                    Desired = i.Desired with
                    {
                        Memory = ByteSize.FromGibibytes(6),
                        Exchange = i.Desired.Exchange with { Version = ExchangeVersion.Exchange2016 },
                    },
                },
            PlanReasons.UnsupportedDesiredValue,
            true
        ),
    };

    public static TheoryData<string> Cases => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_refused_vm_gets_no_action_in_any_power_state_and_a_message_that_names_it(string name)
    {
        var (change, reason, stalled) = s_cases[name];
        var wrong = Some.Seen(vm => vm with { CheckpointType = CheckpointType.Standard, ProcessorCount = 2 });

        foreach (var power in Enum.GetValues<PowerState>())
        {
            var input = change(wrong with { Observed = wrong.Observed! with { PowerState = power } });
            var plan = Planner.Plan(
                input with
                {
                    Observed = input.Observed! with { PowerStateSince = Some.Now - TimeSpan.FromDays(1) },
                }
            );

            Assert.Empty(plan.Actions);
            Assert.Equal(stalled, plan.Problem(reason).Stalled);
            Assert.Contains("EX01", plan.Problem(reason).Message, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(SettingState.Blocked, plan.Setting("Checkpoints").State);
        }
    }

    [Fact]
    public void Every_reason_against_a_vm_is_told_at_once()
    {
        var plan = Planner.Plan(
            Some.Seen(vm =>
                vm with
                {
                    ReplicationMode = ReplicationMode.Replica,
                    Clustered = true,
                    Generation = 1,
                }
            ) with
            {
                Desired = Some.Desired with { Generation = 2 },
                Namesakes = ["hv02"],
            }
        );

        Assert.Equal(4, plan.Problems.Count);
    }

    [Fact]
    public void An_advisory_or_unknown_verdict_does_not_hold_a_vm_back()
    {
        var plan = Planner.Plan(
            Some.Seen(vm => vm with { AutomaticCheckpoints = true }) with
            {
                DesiredVerdicts =
                [
                    s_broken with
                    {
                        Severity = Severity.Advisory,
                    },
                    s_broken with
                    {
                        Verdict = Verdict.Unknown,
                    },
                ],
            }
        );

        Assert.Equal("DisableAutomaticCheckpoints", plan.Names());
    }

    [Fact]
    public void An_adopted_vm_is_marked_before_anything_else()
    {
        var plan = Planner.Plan(
            Some.Seen(vm => vm with { Owner = null, CheckpointType = CheckpointType.Standard }) with
            {
                VirtualMachineId = null,
                Desired = Some.Desired with { AdoptIfExists = true },
            }
        );

        Assert.Equal("MarkOwner DisableCheckpoints", plan.Names());
        Assert.Equal(ActionCause.Creation, plan.Actions[0].Cause);
    }

    [Fact]
    public void A_bound_vm_whose_notes_were_wiped_is_marked_again_without_adoption()
    {
        var plan = Planner.Plan(Some.Seen(vm => vm with { Owner = null }));

        Assert.Equal("MarkOwner", plan.Names());
        Assert.Equal(ActionCause.Drift, plan.Actions[0].Cause);
    }

    [Fact]
    public void A_vm_with_our_mark_is_found_again_when_status_was_lost()
    {
        var plan = Planner.Plan(Some.Input with { VirtualMachineId = null });

        Assert.Empty(plan.Actions);
        Assert.Empty(plan.Problems);
    }

    [Fact]
    public void A_member_we_took_down_is_started_though_its_manifest_went_wrong_meanwhile()
    {
        var plan = Planner.Plan(
            Some.Seen(vm => Some.IsOff(vm) with { ProcessorCount = 2 }) with
            {
                Restart = Some.Restart,
                DesiredVerdicts = [s_broken],
            }
        );

        Assert.Equal("StartVirtualMachine", plan.Names());
        Assert.Single(plan.Problems);
    }

    [Fact]
    public void Backup_evidence_keeps_checkpoints_allowed_until_a_person_verified_backups()
    {
        Func<ObservedVirtualMachine, ObservedVirtualMachine>[] evidence =
        [
            vm => vm with { LastSuccessfulBackupAt = Some.Now - TimeSpan.FromDays(1) },
            vm => vm with { Checkpoints = [Some.Checkpoint(CheckpointKind.Recovery)] },
            vm => vm with { Checkpoints = null },
        ];
        foreach (var seen in evidence)
        {
            var input = Some.Seen(vm => seen(vm) with { CheckpointType = CheckpointType.Production });

            var plan = Planner.Plan(input);
            var verified = Planner.Plan(input with { Policy = Some.Policy with { HostBackupVerified = true } });

            Assert.Empty(plan.Actions);
            Assert.Equal(
                (SettingState.Blocked, PlanReasons.BackupAtRisk),
                (plan.Setting("Checkpoints").State, plan.Setting("Checkpoints").Reason)
            );
            Assert.Equal("DisableCheckpoints", verified.Names());
        }
    }

    [Fact]
    public void A_backup_30_h_old_still_reading_and_a_user_checkpoint_beneath_it_are_neither_touched()
    {
        var plan = Planner.Plan(
            Some.Seen(vm =>
                vm with
                {
                    Checkpoints =
                    [
                        Some.Checkpoint(CheckpointKind.User, "beneath"),
                        Some.Checkpoint(CheckpointKind.Recovery, "backup"),
                    ],
                }
            )
        );

        Assert.Empty(plan.Actions);
        Assert.Contains("backup", plan.Problem(PlanReasons.ForeignCheckpointPresent).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CheckpointKind.Replica)]
    [InlineData(CheckpointKind.Missing)]
    public void No_user_checkpoint_is_merged_beside_one_that_is_not_ours_to_judge(CheckpointKind other)
    {
        var plan = Planner.Plan(
            Some.Seen(vm =>
                vm with
                {
                    Checkpoints = [Some.Checkpoint(CheckpointKind.User), Some.Checkpoint(other, "other")],
                }
            )
        );

        Assert.Empty(plan.Actions);
    }

    [Fact]
    public void Users_checkpoints_stay_where_the_policy_says_never()
    {
        var plan = Planner.Plan(
            Some.Seen(vm => vm with { Checkpoints = [Some.Checkpoint(CheckpointKind.User)] }) with
            {
                Policy = Some.Policy with { RemoveUserCheckpoints = CheckpointRemoval.Never },
            }
        );

        Assert.Empty(plan.Actions);
        Assert.Equal(PlanReasons.CheckpointRemovalNever, plan.Setting("ExistingCheckpoints").Reason);
    }

    [Fact]
    public void Of_several_user_checkpoints_one_is_merged_at_a_time_the_oldest_first()
    {
        var younger = Some.Checkpoint(CheckpointKind.User, "younger") with { TakenAt = Some.Now };

        var plan = Planner.Plan(
            Some.Seen(vm => vm with { Checkpoints = [younger, Some.Checkpoint(CheckpointKind.User, "older")] })
        );

        Assert.Equal("older", Assert.IsType<MergeCheckpoint>(Assert.Single(plan.Actions).Action).CheckpointName);
        Assert.False(plan.Actions[0].Reversible);
    }

    private static Func<PlanningInput, PlanningInput> See(
        Func<ObservedVirtualMachine, ObservedVirtualMachine> change
    ) => input => input with { Observed = change(input.Observed!) };

    private static Func<PlanningInput, PlanningInput> Mode(ReplicationMode? mode) =>
        See(vm => vm with { ReplicationMode = mode });
}

using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Rules;

/// <summary>The family ckpt-*: checkpoints that exist, and those that may come to exist.</summary>
internal static class CheckpointRules
{
    public static IReadOnlyList<SupportRule> All { get; } =
    [
        SupportRule.ForMachine(
            "ckpt-user",
            Severity.Unsupported,
            "The VM has no standard or production checkpoint.",
            Sources.Virtualization,
            machine =>
                Existing(
                    machine,
                    CheckpointKind.User,
                    count =>
                        $"The VM has {count} user checkpoints, 0 are allowed. Merge them by deleting the checkpoints; never apply one."
                )
        ),
        SupportRule.ForMachine(
            "ckpt-automatic",
            Severity.Unsupported,
            "Hyper-V does not take checkpoints by itself.",
            Sources.Virtualization,
            machine =>
                machine.Machine.AutomaticCheckpoints switch
                {
                    null => Finding.Unknown("checkpoints.automatic"),
                    true => Finding.Violated(
                        "Automatic checkpoints are on: each start of the VM takes one. Turn them off; this needs no restart."
                    ),
                    false => Finding.Pass,
                }
        ),
        SupportRule.ForMachine(
            "ckpt-allowed",
            Severity.Advisory,
            "Checkpoints are disabled for the VM.",
            Sources.Judgement("so that nobody can take what Microsoft's Exchange Server virtualization page forbids"),
            machine =>
                machine.Machine.CheckpointType switch
                {
                    null => Finding.Unknown("checkpoints.type"),
                    CheckpointType.Disabled => Finding.Pass,
                    var type => Finding.Violated(
                        $"Checkpoints of type {type} are allowed. Disable them, after testing that host-level backups still work."
                    ),
                }
        ),
        SupportRule.ForMachine(
            "ckpt-recovery-stale",
            Severity.Advisory,
            "A backup's recovery checkpoint goes away after the backup.",
            "Microsoft support: KB3059372, backup checkpoints that stay; the age is the policy's",
            RecoveryStale
        ),
        SupportRule.ForMachine(
            "ckpt-replica",
            Severity.Advisory,
            "The VM has no checkpoint of Hyper-V Replica.",
            Sources.Judgement("because a replica's state is older than its DAG peers'"),
            machine =>
                Existing(
                    machine,
                    CheckpointKind.Replica,
                    count =>
                        $"The VM has {count} replica checkpoints: Hyper-V Replica is on. Protect Exchange by its DAG and turn replication off."
                )
        ),
    ];

    private static Finding Existing(MachineSubject subject, CheckpointKind kind, Func<int, string> message)
    {
        if (subject.Machine.Checkpoints is not { } checkpoints)
        {
            return Finding.Unknown("checkpoints.existing");
        }

        var count = checkpoints.Count(checkpoint => checkpoint.Kind == kind);
        return count > 0 ? Finding.Violated(message(count)) : Finding.Pass;
    }

    private static Finding RecoveryStale(MachineSubject subject)
    {
        if (subject.Machine.Checkpoints is not { } checkpoints)
        {
            return Finding.Unknown("checkpoints.existing");
        }

        var recovery = checkpoints.Where(checkpoint => checkpoint.Kind == CheckpointKind.Recovery).ToList();
        if (recovery.Count == 0)
        {
            return Finding.Pass;
        }

        var oldest = recovery.Min(checkpoint => checkpoint.TakenAt);
        var limit = subject.Policy.RecoveryMaxAge;
        if (oldest is { } taken && subject.Now - taken > limit)
        {
            return subject.Machine.Operation switch
            {
                null => Finding.Unknown("operation"),
                VirtualMachineOperation.MergingDisks or VirtualMachineOperation.DeletingCheckpoint => Finding.Pass,
                _ => Finding.Violated(
                    $"A recovery checkpoint is there since {taken.ToUniversalTime():u}, {limit.TotalHours:0.#} h are tolerated. Let the backup product clean up; the operator never removes it."
                ),
            };
        }

        return recovery.Exists(checkpoint => checkpoint.TakenAt is null)
            ? Finding.Unknown("checkpoints.existing.takenAt")
            : Finding.Pass;
    }
}

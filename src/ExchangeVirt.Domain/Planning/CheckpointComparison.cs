using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Planning;

/// <summary>Compares what checkpoints may be taken, and which are there.</summary>
internal static class CheckpointComparison
{
    public static void AddSettings(Comparison comparison, PlanningInput input, ObservedVirtualMachine observed)
    {
        var difference = SettingDifference.Compare(
            SettingNames.Checkpoints,
            nameof(CheckpointType.Disabled),
            observed.CheckpointType?.ToString(),
            new DisableCheckpoints(),
            SettingPowerRequirement.Checkpoints
        );
        if (difference.IsDrifted && BackupEvidence(input, observed) is { } evidence)
        {
            difference = SettingDifference.Blocked(
                difference.Name,
                difference.Desired,
                difference.Observed,
                PlanReasons.BackupAtRisk
            );
            comparison.Problems.Add(
                new PlanProblem(
                    PlanReasons.BackupAtRisk,
                    $"Checkpoints of {observed.Name} stay {observed.CheckpointType}: {evidence}, and a host-level backup may "
                        + "need a checkpoint. Try a backup with checkpoints disabled, then set "
                        + $"spec.checkpoints.hostBackupVerified: true in policy {input.Policy.Name}.",
                    Stalled: false,
                    SettingNames.Checkpoints
                )
            );
        }

        comparison.Differences.Add(difference);
        comparison.Differences.Add(
            SettingDifference.Compare(
                SettingNames.AutomaticCheckpoints,
                SettingWords.Switch(false),
                observed.AutomaticCheckpoints is { } on ? SettingWords.Switch(on) : null,
                new DisableAutomaticCheckpoints(),
                SettingPowerRequirement.Checkpoints
            )
        );
    }

    /// <summary>Compares the checkpoints that are there. One user checkpoint is merged at a time, the oldest first.</summary>
    /// <param name="comparison">Where the result goes.</param>
    /// <param name="input">The facts.</param>
    /// <param name="observed">The VM.</param>
    /// <param name="powerStepsAhead">Whether a restart is in progress or a start is due, beside which nothing is merged.</param>
    public static void AddExisting(
        Comparison comparison,
        PlanningInput input,
        ObservedVirtualMachine observed,
        bool powerStepsAhead
    )
    {
        if (observed.Checkpoints is not { } checkpoints)
        {
            comparison.Differences.Add(SettingDifference.Unknown(SettingNames.ExistingCheckpoints, SettingWords.None));
            return;
        }

        var words = SettingWords.Checkpoints(checkpoints);
        var users = checkpoints
            .Where(checkpoint => checkpoint.Kind == CheckpointKind.User)
            .OrderBy(checkpoint => checkpoint.TakenAt ?? DateTimeOffset.MaxValue)
            .ThenBy(checkpoint => checkpoint.Id, StringComparer.Ordinal)
            .ToList();
        if (users.Count == 0)
        {
            comparison.Differences.Add(
                SettingDifference.InSync(SettingNames.ExistingCheckpoints, SettingWords.None, words)
            );
            return;
        }

        comparison.Differences.Add(
            RefuseMerge(input, observed, checkpoints, powerStepsAhead) is { } problem
                ? Blocked(comparison, words, problem)
                : new SettingDifference
                {
                    Name = SettingNames.ExistingCheckpoints,
                    Desired = SettingWords.None,
                    Observed = words,
                    Action = new MergeCheckpoint(users[0].Id, users[0].Name),
                    Requirement = SettingPowerRequirement.MergeCheckpoint,
                    Reversible = false,
                }
        );
    }

    private static SettingDifference Blocked(Comparison comparison, string words, PlanProblem problem)
    {
        comparison.Problems.Add(problem);
        return SettingDifference.Blocked(SettingNames.ExistingCheckpoints, SettingWords.None, words, problem.Reason);
    }

    private static PlanProblem? RefuseMerge(
        PlanningInput input,
        ObservedVirtualMachine observed,
        IReadOnlyList<ObservedCheckpoint> checkpoints,
        bool powerStepsAhead
    )
    {
        if (checkpoints.FirstOrDefault(IsForeign) is { } foreign)
        {
            return Problem(
                PlanReasons.ForeignCheckpointPresent,
                $"Users' checkpoints of {observed.Name} stay while the {foreign.Kind} checkpoint \"{foreign.Name}\" is there; "
                    + "a backup or a replica may still need what lies beneath. Let that end, or mend it, first."
            );
        }

        if (input.Policy.RemoveUserCheckpoints == CheckpointRemoval.Never)
        {
            return Problem(
                PlanReasons.CheckpointRemovalNever,
                $"{observed.Name} has users' checkpoints, which Microsoft does not support for Exchange. Delete them in Hyper-V "
                    + $"(never apply one), or set spec.checkpoints.removeUserCheckpoints in policy {input.Policy.Name}."
            );
        }

        return powerStepsAhead
            ? Problem(
                PlanReasons.RestartInProgress,
                $"Users' checkpoints of {observed.Name} are merged after it is up again."
            )
            : null;
    }

    /// <summary>A backup's or a replica's checkpoint, or one whose files are gone: merging beside it may break it, or more.</summary>
    internal static bool IsForeign(ObservedCheckpoint checkpoint) =>
        checkpoint.Kind is CheckpointKind.Recovery or CheckpointKind.Replica or CheckpointKind.Missing;

    private static string? BackupEvidence(PlanningInput input, ObservedVirtualMachine observed)
    {
        if (input.Policy.HostBackupVerified)
        {
            return null;
        }

        if (observed.Checkpoints is null)
        {
            return "whether a backup's checkpoint is there is not known";
        }

        if (observed.Checkpoints.FirstOrDefault(c => c.Kind == CheckpointKind.Recovery) is { } recovery)
        {
            return $"the backup checkpoint \"{recovery.Name}\" is there";
        }

        return observed.LastSuccessfulBackupAt is { } at ? $"the host last backed it up at {at:u}" : null;
    }

    private static PlanProblem Problem(string reason, string message) =>
        new(reason, message, Stalled: false, SettingNames.ExistingCheckpoints);
}

namespace ExchangeVirt.Domain.Planning;

/// <summary>One setting, compared, before anybody asked whether the VM's power state lets it be corrected.</summary>
internal sealed record SettingDifference
{
    public required string Name { get; init; }

    public required string Desired { get; init; }

    public string? Observed { get; init; }

    /// <summary>What corrects it; null where it is in sync, unknown or blocked.</summary>
    public VirtualMachineAction? Action { get; init; }

    /// <summary>When Hyper-V accepts the action.</summary>
    public SettingPowerRequirement Requirement { get; init; } = SettingPowerRequirement.AutomaticRecoveryAction;

    /// <summary>Why it cannot be corrected at all now; null where it can.</summary>
    public string? BlockedReason { get; init; }

    public bool IsUnknown { get; init; }

    /// <summary>Adapters and disks: a change, whoever made the difference, and felt by the guest.</summary>
    public bool IsRollout { get; init; }

    public bool Reversible { get; init; } = true;

    public bool IsDrifted => Action is not null;

    public static SettingDifference InSync(string name, string desired, string observed) =>
        new()
        {
            Name = name,
            Desired = desired,
            Observed = observed,
        };

    public static SettingDifference Unknown(string name, string desired) =>
        new()
        {
            Name = name,
            Desired = desired,
            IsUnknown = true,
        };

    public static SettingDifference Blocked(string name, string desired, string? observed, string reason) =>
        new()
        {
            Name = name,
            Desired = desired,
            Observed = observed,
            BlockedReason = reason,
        };

    /// <summary>Compares one value whose words say all: null is unknown, equal words are in sync.</summary>
    public static SettingDifference Compare(
        string name,
        string desired,
        string? observed,
        VirtualMachineAction action,
        SettingPowerRequirement requirement
    ) =>
        observed is null ? Unknown(name, desired)
        : observed == desired ? InSync(name, desired, observed)
        : new SettingDifference
        {
            Name = name,
            Desired = desired,
            Observed = observed,
            Action = action,
            Requirement = requirement,
        };
}

/// <summary>What comparing a family of settings gives.</summary>
internal sealed class Comparison
{
    public List<SettingDifference> Differences { get; } = [];

    public List<PlanProblem> Problems { get; } = [];

    public List<PlanProblem> Notices { get; } = [];
}

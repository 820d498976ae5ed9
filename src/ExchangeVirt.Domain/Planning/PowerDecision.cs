namespace ExchangeVirt.Domain.Planning;

/// <summary>What is done about the VM's power, around the settings.</summary>
internal sealed record PowerDecision
{
    /// <summary>What takes a VM that is up, or saved, to off; null where nothing does.</summary>
    public VirtualMachineAction? TakeDown { get; init; }

    /// <summary>Why the VM is started; null where it is not.</summary>
    public ActionCause? Start { get; init; }

    /// <summary>Why settings that the power state does not accept wait, other than for a restart.</summary>
    public string? WaitReason { get; init; }

    /// <summary>The rows of status that this decision fills.</summary>
    public IReadOnlyList<SettingComparison> Settings { get; init; } = [];

    public IReadOnlyList<PlanProblem> Problems { get; init; } = [];

    public DateTimeOffset? LookAgainAt { get; init; }
}

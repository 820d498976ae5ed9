namespace ExchangeVirt.Domain.Planning;

/// <summary>Why an action is done, which decides the gates it has to pass.</summary>
public enum ActionCause
{
    /// <summary>Bringing back what is down against its will: no window, no second DAG slot.</summary>
    Recovery,

    /// <summary>The host moved away from the generation last applied.</summary>
    Drift,

    /// <summary>The manifest asks for something new, or enforcement begins.</summary>
    Change,

    /// <summary>A VM is made, adopted or first started.</summary>
    Creation,

    /// <summary>The declared object is being deleted with <c>deletionPolicy: Delete</c>.</summary>
    Deletion,
}

/// <summary>An action with what the gates and a reader need to know of it.</summary>
public sealed record PlannedAction
{
    /// <summary>Gets the action.</summary>
    public required VirtualMachineAction Action { get; init; }

    /// <summary>Gets the setting it corrects, as named in status; null for power steps.</summary>
    public string? Setting { get; init; }

    /// <summary>Gets whether Hyper-V accepts it only while the VM is off.</summary>
    public bool NeedsOff { get; init; }

    /// <summary>Gets whether the guest's service is interrupted by it, or by the restart that it needs.</summary>
    public bool Disruptive { get; init; }

    /// <summary>Gets whether a <see cref="RestartOperation"/> must be stored before it is asked of the host, so that the VM is brought back whatever dies.</summary>
    public bool BeginsRestart { get; init; }

    /// <summary>Gets whether its effect can be undone by another action.</summary>
    public bool Reversible { get; init; } = true;

    /// <summary>Gets why it is done.</summary>
    public required ActionCause Cause { get; init; }
}

/// <summary>Whether a setting is as desired.</summary>
public enum SettingState
{
    /// <summary>It is.</summary>
    InSync,

    /// <summary>It is not, and can be corrected now.</summary>
    Drifted,

    /// <summary>It is being corrected.</summary>
    Correcting,

    /// <summary>It is not, and needs a restart.</summary>
    RestartPending,

    /// <summary>It is not, and a gate or the policy holds the correction back.</summary>
    Blocked,

    /// <summary>Something else keeps changing it back.</summary>
    Contended,

    /// <summary>The host did not tell.</summary>
    Unknown,
}

/// <summary>One enforced setting, desired beside observed.</summary>
/// <param name="Name">Its stable name: ProcessorCount, Memory, Checkpoints, AutomaticCheckpoints, ExistingCheckpoints, AutomaticStopAction, AutomaticStartAction, AutomaticRecoveryAction, SavedState, PowerState, NetworkAdapter/NAME, Disk/NAME.</param>
/// <param name="Desired">What is asked, in words.</param>
/// <param name="Observed">What is, in words; null where unknown.</param>
/// <param name="State">How they compare.</param>
/// <param name="Reason">Where it cannot be corrected by a plan: why.</param>
public sealed record SettingComparison(
    string Name,
    string Desired,
    string? Observed,
    SettingState State,
    string? Reason = null
);

/// <summary>Something that no action may or can mend, so that a person is needed or time.</summary>
/// <param name="Reason">A stable CamelCase word, documented in docs/errors.md.</param>
/// <param name="Message">What, where, why, and what to do next.</param>
/// <param name="Stalled">Whether only a person or a change of spec can help.</param>
/// <param name="Setting">The setting it holds back; null where it holds back everything.</param>
public sealed record PlanProblem(string Reason, string Message, bool Stalled, string? Setting = null);

/// <summary>What turns a VM into what was asked, in order; computed afresh on each pass and remembered by nobody.</summary>
public sealed record VirtualMachinePlan
{
    /// <summary>Gets the actions in the order they must run. A restart, where one is needed, is spelled out: shut down, off-only settings, start.</summary>
    public IReadOnlyList<PlannedAction> Actions { get; init; } = [];

    /// <summary>Gets every enforced setting.</summary>
    public IReadOnlyList<SettingComparison> Settings { get; init; } = [];

    /// <summary>Gets what no action can mend.</summary>
    public IReadOnlyList<PlanProblem> Problems { get; init; } = [];

    /// <summary>Gets what is worth saying and needs nobody, such as a disk that is attached and not declared.</summary>
    public IReadOnlyList<PlanProblem> Notices { get; init; } = [];

    /// <summary>Gets whether the actions hold a restart of a running VM.</summary>
    public bool NeedsRestart { get; init; }

    /// <summary>Gets whether a VM that is taken down by this plan is started again: <see cref="RestartOperation.ReturnToRunning"/> of the operation that the caller begins.</summary>
    public bool ReturnToRunning { get; init; }

    /// <summary>Gets how far the restart in progress has come.</summary>
    public RestartPhase RestartPhase { get; init; }

    /// <summary>Gets when a plan computed from the same facts would first come out otherwise (a grace ends, a deadline passes); null where time alone changes nothing.</summary>
    public DateTimeOffset? LookAgainAt { get; init; }
}

namespace ExchangeVirt.Domain.Model;

/// <summary>Whether drift is corrected. The stricter (<see cref="Observe"/>) of VM and policy counts.</summary>
public enum Enforcement
{
    /// <summary>Shown, never changed.</summary>
    Observe,

    /// <summary>Corrected, as the gates allow.</summary>
    Enforce,
}

/// <summary>When a VM may be disrupted, strictest first.</summary>
public enum Disruption
{
    /// <summary>Never.</summary>
    Never,

    /// <summary>After a person's yes to exactly that plan.</summary>
    Approval,

    /// <summary>In a maintenance window.</summary>
    MaintenanceWindow,

    /// <summary>At any time.</summary>
    Anytime,
}

/// <summary>What is done about a saved VM.</summary>
public enum SavedStatePolicy
{
    /// <summary>It is reported.</summary>
    Report,

    /// <summary>Its saved state is discarded and it boots cold.</summary>
    DiscardAndColdBoot,
}

/// <summary>When user checkpoints are merged.</summary>
public enum CheckpointRemoval
{
    /// <summary>Never.</summary>
    Never,

    /// <summary>In a maintenance window.</summary>
    MaintenanceWindow,

    /// <summary>At any time.</summary>
    Anytime,
}

/// <summary>How the host's own processor use enters the ratio.</summary>
/// <remarks>Source: exchange-rules §1.1; the page's example and its text differ by the host's two processors.</remarks>
public enum HostAccounting
{
    /// <summary>The host's use counts as virtual processors: V + H ≤ 2·C. The safe default.</summary>
    CountHostAsVirtualProcessors,

    /// <summary>Guests alone count: V ≤ 2·C.</summary>
    GuestsOnly,

    /// <summary>The host takes whole cores: V ≤ 2·(C − ⌈H⌉).</summary>
    ReserveCores,
}

/// <summary>Limits, reserves, and what may be disrupted. The values here are the built-in policy, used where none named <c>default</c> is declared.</summary>
public sealed record Policy
{
    /// <summary>Gets the policy's name.</summary>
    public string Name { get; init; } = "default";

    /// <summary>Gets whether drift is corrected.</summary>
    public Enforcement Enforcement { get; init; } = Enforcement.Observe;

    /// <summary>Gets whether a person stopped everything under this policy.</summary>
    public bool Paused { get; init; }

    /// <summary>Gets when VMs may be disrupted.</summary>
    public Disruption Disruption { get; init; } = Disruption.MaintenanceWindow;

    /// <summary>Gets what is done about saved VMs.</summary>
    public SavedStatePolicy SavedState { get; init; } = SavedStatePolicy.Report;

    /// <summary>Gets the hard limit of virtual processors per hundred physical cores; at most 200.</summary>
    public int MaxRatioPercent { get; init; } = 200;

    /// <summary>Gets the preferred limit.</summary>
    public int RecommendedRatioPercent { get; init; } = 100;

    /// <summary>Gets the processors that the host is taken to use at least (B in exchange-rules §1.1).</summary>
    public int HostReservedVirtualProcessors { get; init; } = 2;

    /// <summary>Gets how the host's use is counted.</summary>
    public HostAccounting HostAccounting { get; init; } = HostAccounting.CountHostAsVirtualProcessors;

    /// <summary>Gets whether VMs that are off count.</summary>
    public bool CountStoppedMachines { get; init; } = true;

    /// <summary>Gets the least memory kept for the host.</summary>
    public ByteSize HostReserveMinimum { get; init; } = ByteSize.FromGibibytes(4);

    /// <summary>Gets the share of the host's memory kept for the host, in percent.</summary>
    public int HostReservePercent { get; init; } = 5;

    /// <summary>Gets the memory that each VM costs beside its own.</summary>
    public ByteSize PerVirtualMachineOverhead { get; init; } = ByteSize.FromGibibytes(1);

    /// <summary>Gets when user checkpoints are merged.</summary>
    public CheckpointRemoval RemoveUserCheckpoints { get; init; } = CheckpointRemoval.Never;

    /// <summary>Gets the age from which a backup's checkpoint is stale.</summary>
    public TimeSpan RecoveryMaxAge { get; init; } = TimeSpan.FromHours(72);

    /// <summary>Gets whether a person confirmed that host-level backups work with checkpoints disabled.</summary>
    public bool HostBackupVerified { get; init; }

    /// <summary>Gets how long a VM that a person shut down stays down before it is started again.</summary>
    public TimeSpan RestartGrace { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>Gets how long a VM must have been saved before its saved state is discarded.</summary>
    /// <remarks>An offline backup saves a VM for seconds and resumes it; safety, «Saved state».</remarks>
    public TimeSpan SavedStateGrace { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>A span of time in which disruption is allowed, as computed from a policy's schedule.</summary>
/// <param name="Name">The window's name.</param>
/// <param name="OpensAt">Its start.</param>
/// <param name="ClosesAt">Its end.</param>
public sealed record MaintenanceInterval(string Name, DateTimeOffset OpensAt, DateTimeOffset ClosesAt);

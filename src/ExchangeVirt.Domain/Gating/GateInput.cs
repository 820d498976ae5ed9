using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;

namespace ExchangeVirt.Domain.Gating;

/// <summary>Every fact that the gates look at. What is left out closes a gate, or is a limit that is not set.</summary>
public sealed record GateInput
{
    /// <summary>Gets the time.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Gets the VM as declared.</summary>
    public required DesiredVirtualMachine VirtualMachine { get; init; }

    /// <summary>Gets what VM and policy allow together.</summary>
    public required EffectiveRules Rules { get; init; }

    /// <summary>Gets the off switches that are pulled.</summary>
    public IReadOnlyList<Pause> Pauses { get; init; } = [];

    /// <summary>Gets the annotation <c>exchangevirt.io/hold</c>; null where it is absent, and a hold even where it is empty.</summary>
    public string? HoldReason { get; init; }

    /// <summary>Gets what is known of the host.</summary>
    public required HostFacts Host { get; init; }

    /// <summary>Gets the policy's name where the VM names one that does not exist; null otherwise.</summary>
    public string? MissingPolicy { get; init; }

    /// <summary>Gets why the policy that the VM names cannot be followed; null where it is sound.</summary>
    public string? InvalidPolicy { get; init; }

    /// <summary>Gets why the DAG that the VM names cannot be reckoned with; null where it is sound.</summary>
    public string? InvalidAvailabilityGroup { get; init; }

    /// <summary>Gets the work that Hyper-V does on the VM; null where it is not known.</summary>
    public VirtualMachineOperation? Operation { get; init; }

    /// <summary>Gets what the agent has begun and not ended on this VM.</summary>
    public IReadOnlyList<OperationInFlight> OperationsInFlight { get; init; } = [];

    /// <summary>Gets the VM whose checkpoint is being merged on a volume that this VM uses too; null where there is none.</summary>
    public string? MergingNeighbour { get; init; }

    /// <summary>Gets the times at which a setting that we wrote was found changed back.</summary>
    public IReadOnlyList<SettingReversal> Reversals { get; init; } = [];

    /// <summary>Gets how many VMs were changed of late; null: no limit.</summary>
    public ChangeRate? Rate { get; init; }

    /// <summary>Gets the maintenance windows' intervals, the open one and the next ones; empty: no window is defined.</summary>
    public IReadOnlyList<MaintenanceInterval> MaintenanceIntervals { get; init; } = [];

    /// <summary>Gets the restart that was begun and not ended.</summary>
    public RestartOperation? Restart { get; init; }

    /// <summary>Gets the DAG that the VM names, with its members; null where it names none, or one that does not exist.</summary>
    public AvailabilityGroupFacts? AvailabilityGroup { get; init; }

    /// <summary>Gets whether a person said that the member is in maintenance, for this VM and this boot.</summary>
    public bool MaintenanceAttested { get; init; }
}

/// <summary>Where an off switch is.</summary>
public enum PauseScope
{
    /// <summary>The VM's <c>spec.paused</c>.</summary>
    VirtualMachine,

    /// <summary>The policy's <c>spec.paused</c>.</summary>
    Policy,

    /// <summary><c>exvirt pause --all</c>.</summary>
    Everywhere,

    /// <summary><c>exvirt-agent pause</c> on the host.</summary>
    Agent,
}

/// <summary>An off switch that is pulled.</summary>
/// <param name="Scope">Which.</param>
/// <param name="By">Who pulled it; null where it is not recorded.</param>
/// <param name="Reason">Why; null where it is not recorded.</param>
public sealed record Pause(PauseScope Scope, string? By = null, string? Reason = null)
{
    /// <summary>Gets whether nobody is known to have pulled it: it cannot be read, and the reason says so and what to do.</summary>
    public bool Assumed { get; init; }

    /// <summary>Gets what a command line says to mean where the switch is, with a leading blank; empty where it means that by itself.</summary>
    public string CommandOptions { get; init; } = "";
}

/// <summary>What is known of the VM's host now.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Reachable">Whether its agent answers.</param>
/// <param name="FactAge">How old the facts are; null where there are none.</param>
/// <param name="MaximumFactAge">How old they may be.</param>
/// <param name="ClusterStateKnown">Whether the failover cluster's state is known, or the host is known to be in none.</param>
/// <param name="UnreachableReason">Why its agent does not answer; null where that is not known.</param>
public sealed record HostFacts(
    string Name,
    bool Reachable,
    TimeSpan? FactAge,
    TimeSpan MaximumFactAge,
    bool ClusterStateKnown,
    string? UnreachableReason = null
);

/// <summary>One time that a setting was found changed back after we wrote it.</summary>
/// <param name="Setting">The setting's name.</param>
/// <param name="At">When it was found.</param>
/// <param name="Written">What we had written, in words.</param>
/// <param name="Found">What was found, in words.</param>
public sealed record SettingReversal(string Setting, DateTimeOffset At, string Written, string Found);

/// <summary>How many VMs were changed by new spec values or first enforcement.</summary>
/// <param name="Total">The VMs that the policy speaks of.</param>
/// <param name="MaximumPercent">The share that may be changed within an hour; 100: no limit.</param>
/// <param name="ChangedAt">When each VM that was changed within the last hour was first changed, this VM's own left out.</param>
/// <param name="ThisOneCounted">Whether this VM was itself changed within the hour already; going on with it costs nothing.</param>
public sealed record ChangeRate(
    int Total,
    int MaximumPercent,
    IReadOnlyList<DateTimeOffset> ChangedAt,
    bool ThisOneCounted = false
);

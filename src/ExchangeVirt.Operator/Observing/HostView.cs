using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Operator.Reporting;

namespace ExchangeVirt.Operator.Observing;

/// <summary>What the operator knows of one host: the last facts, and whether they are still fed.</summary>
/// <param name="Name">The HyperVHost's name.</param>
/// <param name="Reachable">Whether the agent's stream is open and its first snapshot was complete.</param>
/// <param name="Facts">The last facts; kept while the host is out of reach, because what it ran it may still run. Null: never read.</param>
/// <param name="Reason">Why it is not reachable: a stable CamelCase word. Null while it is.</param>
/// <param name="Message">The same for a person.</param>
/// <param name="Since">Since when it has been reachable or not.</param>
public sealed record HostView(
    string Name,
    bool Reachable,
    ObservedHost? Facts,
    string? Reason,
    string? Message,
    DateTimeOffset Since
)
{
    /// <summary>The reason of a host whose agent was not asked yet.</summary>
    public const string ConnectingReason = Reasons.Connecting;

    /// <summary>The reason that an agent gives which has just started and has not read its host yet.</summary>
    public const string NotReadYetReason = AgentFaultReasons.NotReadYet;

    /// <summary>How long an agent that was just asked may take to answer before it counts as silent.</summary>
    private static readonly TimeSpan s_firstWord = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Tells how long its agent may still take to say its first word to this operator. Until then what stands in status from
    /// before holds: an operator that starts, or takes over, knows nothing yet and has no news.
    /// </summary>
    /// <returns>Null where it was heard, refused, or took too long.</returns>
    public TimeSpan? FirstWordDue(DateTimeOffset now) =>
        this is { Reachable: false, Reason: ConnectingReason } && Since + s_firstWord - now is { Ticks: > 0 } left
            ? left
            : null;

    /// <summary>Makes the view of a host that was just declared.</summary>
    public static HostView Unknown(string name, DateTimeOffset now) =>
        new(name, Reachable: false, Facts: null, ConnectingReason, "The agent has not answered yet.", now);
}

/// <summary>A VM where it was seen.</summary>
/// <param name="Host">The host, as known.</param>
/// <param name="Machine">The VM.</param>
/// <param name="HeartbeatOkSince">Since when its heartbeat has been good without a break; null where it is not.</param>
/// <param name="Uptime">
/// For how long it has been up now; null where that is not known. Agents do not tell every second that passes, so that the
/// figure in <paramref name="Machine"/> is as old as its last change.
/// </param>
public sealed record SeenVirtualMachine(
    HostView Host,
    ObservedVirtualMachine Machine,
    DateTimeOffset? HeartbeatOkSince,
    TimeSpan? Uptime
)
{
    /// <summary>
    /// Gets when it was last backed up from its host: as the host says, or by the newest recovery checkpoint that was seen while
    /// it was watched, whichever is later. Null where neither was.
    /// </summary>
    public DateTimeOffset? LastBackupAt { get; init; }
}

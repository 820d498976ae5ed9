namespace ExchangeVirt.Domain.Planning;

/// <summary>A restart that this operator began; kept in status so that it survives the operator.</summary>
/// <param name="Id">Its id, which names the grant of the DAG's slot.</param>
/// <param name="StartedAt">When it was begun: stored before the first step is asked of the host.</param>
/// <param name="ShutdownAskedAt">When the VM was asked to go down (the guest to shut down, or a saved state to be discarded); null where it was not yet. Stored before the question is sent, so that a guest is asked once whatever dies in between, and a VM that somebody else shut down is told from one that we did.</param>
/// <param name="ReturnToRunning">Whether the VM ran before (a saved VM counts) and is therefore started again.</param>
/// <param name="OffSeenAt">When the VM was first seen off since then; null where it was not yet.</param>
/// <param name="StartAskedAt">When the start was last asked for; null where it was not yet.</param>
public sealed record RestartOperation(
    string Id,
    DateTimeOffset StartedAt,
    DateTimeOffset? ShutdownAskedAt,
    bool ReturnToRunning,
    DateTimeOffset? OffSeenAt = null,
    DateTimeOffset? StartAskedAt = null
)
{
    /// <summary>Gets whether the VM went down by our hand, so that it is ours to bring back.</summary>
    public bool TookDown => ShutdownAskedAt is not null;
}

/// <summary>How far a restart has come, as the VM shows it.</summary>
public enum RestartPhase
{
    /// <summary>No restart was begun.</summary>
    None,

    /// <summary>It is begun; nothing was asked of the guest yet.</summary>
    Begun,

    /// <summary>The guest was asked and is not off yet.</summary>
    ShuttingDown,

    /// <summary>The guest was asked, the shutdown timeout has passed, and it is not off.</summary>
    Overdue,

    /// <summary>The VM is off: its off-only settings come, then its start.</summary>
    Off,

    /// <summary>The start was asked for and is not finished.</summary>
    Starting,

    /// <summary>The VM is back, or nothing of ours is left to do: the operation is over once the DAG's member is available again.</summary>
    Returned,
}

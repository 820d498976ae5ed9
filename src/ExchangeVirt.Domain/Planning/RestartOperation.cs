namespace ExchangeVirt.Domain.Planning;

/// <summary>A restart that this operator began; kept in status so that it survives the operator.</summary>
/// <param name="Id">Its id, which names the grant of the DAG's slot.</param>
/// <param name="StartedAt">When the shutdown was first asked for.</param>
/// <param name="ShutdownAskedAt">When the guest was asked; null where it was not yet. It is asked once.</param>
/// <param name="ReturnToRunning">Whether the VM ran before and is therefore started again.</param>
public sealed record RestartOperation(
    string Id,
    DateTimeOffset StartedAt,
    DateTimeOffset? ShutdownAskedAt,
    bool ReturnToRunning
);

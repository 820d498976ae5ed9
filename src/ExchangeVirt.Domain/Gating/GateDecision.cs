namespace ExchangeVirt.Domain.Gating;

/// <summary>The gates of safety in their order; the first that is closed names the refusal.</summary>
public enum GateName
{
    /// <summary>1: a person stopped it.</summary>
    Paused,

    /// <summary>2: observe only.</summary>
    Enforcement,

    /// <summary>3: facts are missing or old.</summary>
    Known,

    /// <summary>4: Hyper-V works on the VM.</summary>
    Busy,

    /// <summary>5: something else keeps changing the setting back.</summary>
    Contention,

    /// <summary>6: too many VMs changed within the hour.</summary>
    Rate,

    /// <summary>7: no window is open, or a yes is missing.</summary>
    Window,

    /// <summary>8: the DAG's slot or quorum.</summary>
    AvailabilityGroup,
}

/// <summary>Whether an action may be done now.</summary>
public abstract record GateDecision
{
    private GateDecision() { }

    /// <summary>It may.</summary>
    public sealed record Open : GateDecision;

    /// <summary>It may not.</summary>
    /// <param name="Gate">The first closed gate.</param>
    /// <param name="Reason">A stable CamelCase word (status' <c>blockedBy</c>), documented in docs/errors.md.</param>
    /// <param name="Message">Why, and what to do or wait for.</param>
    /// <param name="OpensAt">When it opens, where that is known.</param>
    public sealed record Closed(GateName Gate, string Reason, string Message, DateTimeOffset? OpensAt = null)
        : GateDecision;
}

namespace ExchangeVirt.HyperV.Simulator.Faults;

/// <summary>The faults that a simulated host can be told to have.</summary>
public enum SimulatedFaultKind
{
    /// <summary>A job starts and ends with JobState 10; nothing is changed.</summary>
    JobFails,

    /// <summary>A job does its work and ends with 32768.</summary>
    JobWarns,

    /// <summary>A job does its work, but reading it gives NotFound.</summary>
    JobVanishes,

    /// <summary>A method answers 32775 at once.</summary>
    Busy,

    /// <summary>Queries give empty answers, as to a caller without rights.</summary>
    AccessDeniedAsEmpty,

    /// <summary>Methods answer 32769.</summary>
    AccessDeniedAsReturnValue,

    /// <summary>Every call fails with AccessDenied.</summary>
    AccessDeniedAsException,

    /// <summary>vmms is stopped: Hyper-V's classes have no instances; VMs run on.</summary>
    ManagementServiceStopped,

    /// <summary>vmms is starting: Hyper-V's classes fail with ProviderLoadFailure.</summary>
    ManagementServiceStarting,

    /// <summary>winmgmt is stopping: every call fails with ServerIsShuttingDown, and subscriptions die.</summary>
    WmiStopping,

    /// <summary>winmgmt is gone: every call fails with Unreachable, and subscriptions die.</summary>
    WmiUnreachable,

    /// <summary>A call never answers.</summary>
    CallHangs,

    /// <summary>A call fails with TimedOut.</summary>
    CallTimesOut,

    /// <summary>A method answers 32772.</summary>
    MethodTimesOut,

    /// <summary>A query fails with ServerLimitsExceeded.</summary>
    QuotaExceeded,

    /// <summary>An event is not delivered.</summary>
    EventLost,

    /// <summary>Instead of an event an __EventQueueOverflowEvent is delivered.</summary>
    EventOverflow,

    /// <summary>An event's TargetInstance is the instance before the change.</summary>
    EventStale,

    /// <summary>A VM that begins to stop stays in Stopping until the fault is cleared.</summary>
    StuckStopping,

    /// <summary>A VM's configuration storage is gone: degraded; only turning off and deleting are accepted.</summary>
    ConfigurationStorageGone,

    /// <summary>A VM's volume is full: it pauses by itself and reports a predictive failure.</summary>
    LowDisk,

    /// <summary>A volume is offline: files on it cannot be reached.</summary>
    VolumeOffline,

    /// <summary>A method answers the code in <see cref="SimulatedFault.Code"/> at once.</summary>
    MethodReturns,
}

/// <summary>A fault that is there until it was met often enough, or until it is cleared.</summary>
public sealed record SimulatedFault
{
    /// <summary>Gets the fault's identifier, given when it is injected.</summary>
    public string Id { get; init; } = "";

    /// <summary>Gets the kind.</summary>
    public required SimulatedFaultKind Kind { get; init; }

    /// <summary>Gets the VM that it is about, by name or GUID; null for any.</summary>
    public string? Machine { get; init; }

    /// <summary>Gets the method that it is about; null for any. For a query: the class.</summary>
    public string? Method { get; init; }

    /// <summary>Gets the volume's path, for <see cref="SimulatedFaultKind.VolumeOffline"/>.</summary>
    public string? Volume { get; init; }

    /// <summary>Gets how many more times it happens; null until it is cleared.</summary>
    public int? Remaining { get; init; }

    /// <summary>Gets the return or error code, where the kind leaves a choice. Absent: 32768.</summary>
    public uint Code { get; init; } = 32768;

    /// <summary>Gets the error's text, where the kind has one.</summary>
    public string? Text { get; init; }
}

namespace ExchangeVirt.Operator.Reporting;

/// <summary>
/// The reasons that events bear, beside the names of actions that were done, the words of faults, and the reasons of conditions
/// that changed; docs/errors.md explains each.
/// </summary>
public static class EventReasons
{
    /// <summary>A member of the DAG may go down now; it holds the slot until it is available again.</summary>
    public const string SlotGranted = "SlotGranted";

    /// <summary>The member is available again, and the DAG's slot is free.</summary>
    public const string SlotReleased = "SlotReleased";

    /// <summary>The object goes because its namespace or its kind is being deleted; its VM stays.</summary>
    public const string RetainedOnTeardown = "RetainedOnTeardown";

    /// <summary>The object was protected from deletion and was deleted all the same; its VM stays.</summary>
    public const string RetainedByProtection = "RetainedByProtection";

    /// <summary>The host of a deleted object's VM is not declared any more, or was silent for long; the VM stays.</summary>
    public const string RetainedOutOfReach = "RetainedOutOfReach";

    /// <summary>A person had a deleted object let go of while its VM was down by a restart; the VM stays as it is.</summary>
    public const string RetainedAsItIs = "RetainedAsItIs";
}

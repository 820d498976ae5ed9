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
}

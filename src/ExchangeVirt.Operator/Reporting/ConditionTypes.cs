namespace ExchangeVirt.Operator.Reporting;

/// <summary>The types of conditions. Ready, Reconciling and Stalled are kstatus' words, which Helm, Flux and Argo CD wait by.</summary>
public static class ConditionTypes
{
    /// <summary>The object is as it should be, or as near as choice and gates let it be.</summary>
    public const string Ready = "Ready";

    /// <summary>Something is being done. Absent while nothing is.</summary>
    public const string Reconciling = "Reconciling";

    /// <summary>Only a person or a change of spec can help. Absent while that is not so.</summary>
    public const string Stalled = "Stalled";

    /// <summary>Every enforced setting is as desired.</summary>
    public const string Synced = "Synced";

    /// <summary>No rule marked Unsupported is broken.</summary>
    public const string Supported = "Supported";

    /// <summary>The VM has a host.</summary>
    public const string Placed = "Placed";

    /// <summary>Changes wait for a restart.</summary>
    public const string RestartPending = "RestartPending";

    /// <summary>The agent of the VM's host answers.</summary>
    public const string HostReachable = "HostReachable";

    /// <summary>A person stopped it.</summary>
    public const string Paused = "Paused";

    /// <summary>No server application was found on the host.</summary>
    public const string Dedicated = "Dedicated";

    /// <summary>The host's ratio of virtual processors to physical cores is kept.</summary>
    public const string WithinRatio = "WithinRatio";

    /// <summary>The host is empty, as asked.</summary>
    public const string Drained = "Drained";
}

namespace ExchangeVirt.Domain.Planning;

/// <summary>The settings' stable names, as they stand in status.</summary>
public static class SettingNames
{
    /// <summary>The number of virtual processors.</summary>
    public const string ProcessorCount = "ProcessorCount";

    /// <summary>Fixed memory and its size.</summary>
    public const string Memory = "Memory";

    /// <summary>Which checkpoints users may take.</summary>
    public const string Checkpoints = "Checkpoints";

    /// <summary>Whether Hyper-V takes checkpoints by itself.</summary>
    public const string AutomaticCheckpoints = "AutomaticCheckpoints";

    /// <summary>Users' checkpoints that are there.</summary>
    public const string ExistingCheckpoints = "ExistingCheckpoints";

    /// <summary>What the host does with the VM when it shuts down.</summary>
    public const string AutomaticStopAction = "AutomaticStopAction";

    /// <summary>What the host does with the VM when it starts.</summary>
    public const string AutomaticStartAction = "AutomaticStartAction";

    /// <summary>What the host does when the VM's worker process fails.</summary>
    public const string AutomaticRecoveryAction = "AutomaticRecoveryAction";

    /// <summary>A saved state that is there.</summary>
    public const string SavedState = "SavedState";

    /// <summary>Whether the VM runs.</summary>
    public const string PowerState = "PowerState";

    /// <summary>Names an adapter's setting.</summary>
    public static string NetworkAdapter(string name) => $"NetworkAdapter/{name}";

    /// <summary>Names a disk's setting.</summary>
    public static string Disk(string name) => $"Disk/{name}";
}

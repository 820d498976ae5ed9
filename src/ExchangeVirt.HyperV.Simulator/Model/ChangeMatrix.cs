using System.Collections.Immutable;

namespace ExchangeVirt.HyperV.Simulator.Model;

/// <summary>Whether a setting may be changed in a power state.</summary>
internal enum ChangeVerdict
{
    /// <summary>It may.</summary>
    Allowed,

    /// <summary>It may not.</summary>
    Refused,

    /// <summary>Nobody has confirmed it: refused, the stricter reading.</summary>
    Unconfirmed,

    /// <summary>Only to a lower value.</summary>
    OnlyLower,

    /// <summary>Only to a higher value.</summary>
    OnlyHigher,

    /// <summary>Only where host and guest can resize fixed memory at run time.</summary>
    WithRuntimeResize,
}

/// <summary>One row of the matrix.</summary>
/// <param name="ClassName">The settings class.</param>
/// <param name="Properties">The properties.</param>
/// <param name="DynamicMemory">For memory: whether the row is for dynamic memory; else null.</param>
/// <param name="SubType">For disks: the subtype that the row is for; else null.</param>
/// <param name="Off">The verdict when the VM is Off.</param>
/// <param name="Running">The verdict when it is Running.</param>
/// <param name="Saved">The verdict when it is Saved.</param>
/// <param name="Paused">The verdict when it is Paused.</param>
internal sealed record ChangeRow(
    string ClassName,
    ImmutableArray<string> Properties,
    bool? DynamicMemory,
    string? SubType,
    ChangeVerdict Off,
    ChangeVerdict Running,
    ChangeVerdict Saved,
    ChangeVerdict Paused
)
{
    /// <summary>Gets the verdict for a persistent state.</summary>
    public ChangeVerdict In(ushort state) =>
        state switch
        {
            PowerStates.Off => Off,
            PowerStates.Running => Running,
            PowerStates.Saved => Saved,
            PowerStates.Paused => Paused,
            _ => ChangeVerdict.Refused,
        };
}

/// <summary>Which settings may be changed in which power state; what has no row may be changed only when the VM is Off.</summary>
/// <remarks>
/// No page of Microsoft's holds such a table. The rows were gathered from the behaviour of production code: dsccommunity/HyperVDsc
/// (restart lists, #216), hashicorp/packer #8633 (Saved), and Microsoft's page on runtime memory resize.
/// </remarks>
internal static class ChangeMatrix
{
    private const ChangeVerdict Y = ChangeVerdict.Allowed;
    private const ChangeVerdict N = ChangeVerdict.Refused;
    private const ChangeVerdict U = ChangeVerdict.Unconfirmed;
    private const string System = "Msvm_VirtualSystemSettingData";
    private const string Memory = "Msvm_MemorySettingData";
    private const string Processor = "Msvm_ProcessorSettingData";
    private const string Storage = "Msvm_StorageAllocationSettingData";

    /// <summary>Gets the rows.</summary>
    public static ImmutableArray<ChangeRow> Rows { get; } =
    [
        new(Memory, ["DynamicMemoryEnabled"], null, null, Y, N, N, N),
        new(Memory, ["VirtualQuantity"], false, null, Y, ChangeVerdict.WithRuntimeResize, N, U),
        new(Memory, ["VirtualQuantity"], true, null, Y, N, N, N),
        new(Memory, ["Reservation"], true, null, Y, ChangeVerdict.OnlyLower, N, U),
        new(Memory, ["Limit"], true, null, Y, ChangeVerdict.OnlyHigher, N, U),
        new(Memory, ["TargetMemoryBuffer", "Weight"], null, null, Y, Y, N, U),
        new(Processor, ["VirtualQuantity"], null, null, Y, N, N, N),
        new(Processor, ["Limit", "Reservation", "Weight"], null, null, Y, Y, N, U),
        new(
            Processor,
            [
                "LimitProcessorFeatures",
                "LimitCPUID",
                "ExposeVirtualizationExtensions",
                "HwThreadsPerCore",
                "MaxProcessorsPerNumaNode",
                "MaxNumaNodesPerSocket",
            ],
            null,
            null,
            Y,
            N,
            N,
            N
        ),
        new(System, ["AutomaticStartupAction", "AutomaticStartupActionDelay"], null, null, Y, Y, U, U),
        new(System, ["AutomaticShutdownAction"], null, null, Y, N, N, N),
        new(System, ["AutomaticCriticalErrorAction", "AutomaticCriticalErrorActionTimeout"], null, null, Y, Y, U, U),
        new(System, ["UserSnapshotType", "AutomaticSnapshotsEnabled"], null, null, Y, Y, U, U),
        new(System, ["ElementName", "Notes"], null, null, Y, Y, Y, Y),
        new(System, ["SecureBootEnabled", "BootOrder", "VirtualNumaEnabled"], null, null, Y, N, N, N),
        new(Storage, ["HostResource"], null, ResourceSubTypes.Iso, Y, Y, N, U),
        new(Storage, ["HostResource"], null, ResourceSubTypes.Disk, Y, N, N, N),
        new("Msvm_EthernetPortAllocationSettingData", ["HostResource", "EnabledState"], null, null, Y, Y, U, U),
        new(
            "Msvm_EthernetSwitchPortVlanSettingData",
            ["AccessVlanId", "NativeVlanId", "OperationMode"],
            null,
            null,
            Y,
            Y,
            U,
            U
        ),
    ];

    /// <summary>Finds the row for a property; null where there is none.</summary>
    public static ChangeRow? Row(string className, string property, bool dynamicMemory, string? subType) =>
        Rows.FirstOrDefault(row =>
            row.ClassName == className
            && row.Properties.Contains(property, StringComparer.OrdinalIgnoreCase)
            && (row.DynamicMemory is null || row.DynamicMemory == dynamicMemory)
            && (row.SubType is null || row.SubType == subType)
        );
}

using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Planning;

/// <summary>Whether Hyper-V accepts a change in some power state.</summary>
public enum Acceptance
{
    /// <summary>It does.</summary>
    Yes,

    /// <summary>It does not.</summary>
    No,

    /// <summary>Nobody has shown that it does, or only on some hosts and guests: planned as <see cref="No"/>.</summary>
    Unconfirmed,
}

/// <summary>In which power states Hyper-V accepts the change of one setting: the change matrix as data.</summary>
/// <param name="Property">The WMI class and property that is written.</param>
/// <param name="Off">While off.</param>
/// <param name="Running">While running.</param>
/// <param name="Saved">While saved.</param>
/// <param name="Paused">While paused.</param>
/// <remarks>Source: hyperv-wmi §6. A setting that has no row there needs the VM off.</remarks>
public sealed record SettingPowerRequirement(
    string Property,
    Acceptance Off,
    Acceptance Running,
    Acceptance Saved,
    Acceptance Paused
)
{
    /// <summary>Virtual processors.</summary>
    public static readonly SettingPowerRequirement ProcessorCount = new(
        "Msvm_ProcessorSettingData.VirtualQuantity",
        Acceptance.Yes,
        Acceptance.No,
        Acceptance.No,
        Acceptance.No
    );

    /// <summary>Fixed or dynamic memory.</summary>
    public static readonly SettingPowerRequirement MemoryType = new(
        "Msvm_MemorySettingData.DynamicMemoryEnabled",
        Acceptance.Yes,
        Acceptance.No,
        Acceptance.No,
        Acceptance.No
    );

    /// <summary>The size of fixed memory. Only 2016 hosts with 2016 guests resize it while running, and Exchange reads it at its start alone.</summary>
    public static readonly SettingPowerRequirement FixedMemorySize = new(
        "Msvm_MemorySettingData.VirtualQuantity",
        Acceptance.Yes,
        Acceptance.Unconfirmed,
        Acceptance.No,
        Acceptance.Unconfirmed
    );

    /// <summary>Users' checkpoints and automatic ones.</summary>
    public static readonly SettingPowerRequirement Checkpoints = new(
        "Msvm_VirtualSystemSettingData.UserSnapshotType, AutomaticSnapshotsEnabled",
        Acceptance.Yes,
        Acceptance.Yes,
        Acceptance.Unconfirmed,
        Acceptance.Unconfirmed
    );

    /// <summary>The merge of a checkpoint, which Hyper-V does beside a running VM.</summary>
    public static readonly SettingPowerRequirement MergeCheckpoint = new(
        "Msvm_VirtualSystemSnapshotService.DestroySnapshot",
        Acceptance.Yes,
        Acceptance.Yes,
        Acceptance.Unconfirmed,
        Acceptance.Unconfirmed
    );

    /// <summary>The stop action.</summary>
    public static readonly SettingPowerRequirement AutomaticStopAction = new(
        "Msvm_VirtualSystemSettingData.AutomaticShutdownAction",
        Acceptance.Yes,
        Acceptance.No,
        Acceptance.No,
        Acceptance.No
    );

    /// <summary>The start action and its delay.</summary>
    public static readonly SettingPowerRequirement AutomaticStartAction = new(
        "Msvm_VirtualSystemSettingData.AutomaticStartupAction, AutomaticStartupActionDelay",
        Acceptance.Yes,
        Acceptance.Yes,
        Acceptance.Unconfirmed,
        Acceptance.Unconfirmed
    );

    /// <summary>The recovery action, which has no row.</summary>
    public static readonly SettingPowerRequirement AutomaticRecoveryAction = new(
        "Msvm_VirtualSystemSettingData.AutomaticRecoveryAction",
        Acceptance.Yes,
        Acceptance.Unconfirmed,
        Acceptance.Unconfirmed,
        Acceptance.Unconfirmed
    );

    /// <summary>A disk on a SCSI controller, where all declared disks go.</summary>
    public static readonly SettingPowerRequirement ScsiDisk = new(
        "Msvm_StorageAllocationSettingData on SCSI",
        Acceptance.Yes,
        Acceptance.Yes,
        Acceptance.No,
        Acceptance.Unconfirmed
    );

    /// <summary>A new adapter, or another switch or VLAN for one that is there; neither has a row.</summary>
    public static readonly SettingPowerRequirement NetworkAdapter = new(
        "Msvm_SyntheticEthernetPortSettingData, Msvm_EthernetPortAllocationSettingData",
        Acceptance.Yes,
        Acceptance.Unconfirmed,
        Acceptance.Unconfirmed,
        Acceptance.Unconfirmed
    );

    /// <summary>The notes, which hold the owner's mark.</summary>
    public static readonly SettingPowerRequirement Notes = new(
        "Msvm_VirtualSystemSettingData.Notes",
        Acceptance.Yes,
        Acceptance.Yes,
        Acceptance.Yes,
        Acceptance.Yes
    );

    /// <summary>Gets every row.</summary>
    public static IReadOnlyList<SettingPowerRequirement> Matrix { get; } =
    [
        ProcessorCount,
        MemoryType,
        FixedMemorySize,
        Checkpoints,
        MergeCheckpoint,
        AutomaticStopAction,
        AutomaticStartAction,
        AutomaticRecoveryAction,
        ScsiDisk,
        NetworkAdapter,
        Notes,
    ];

    /// <summary>Finds the row of a setting by its name in status.</summary>
    /// <returns>Null for power states and saved states, which are no settings to Hyper-V.</returns>
    public static SettingPowerRequirement? Of(string setting) =>
        setting switch
        {
            SettingNames.ProcessorCount => ProcessorCount,
            SettingNames.Memory => FixedMemorySize,
            SettingNames.Checkpoints or SettingNames.AutomaticCheckpoints => Checkpoints,
            SettingNames.ExistingCheckpoints => MergeCheckpoint,
            SettingNames.AutomaticStopAction => AutomaticStopAction,
            SettingNames.AutomaticStartAction => AutomaticStartAction,
            SettingNames.AutomaticRecoveryAction => AutomaticRecoveryAction,
            _ when setting.StartsWith(SettingNames.NetworkAdapter(""), StringComparison.Ordinal) => NetworkAdapter,
            _ when setting.StartsWith(SettingNames.Disk(""), StringComparison.Ordinal) => ScsiDisk,
            _ => null,
        };

    /// <summary>Tells whether the change is accepted now. It never is between two states.</summary>
    public bool AllowedWhile(PowerState state) =>
        state switch
        {
            PowerState.Off => Off,
            PowerState.Running => Running,
            PowerState.Saved => Saved,
            PowerState.Paused => Paused,
            _ => Acceptance.No,
        } == Acceptance.Yes;

    /// <summary>Gets whether a running VM has to be restarted for it.</summary>
    public bool NeedsOff => !AllowedWhile(PowerState.Running);
}

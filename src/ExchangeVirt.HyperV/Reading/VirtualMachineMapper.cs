using ExchangeVirt.Domain.Model;
using ExchangeVirt.HyperV.Cim;

namespace ExchangeVirt.HyperV.Reading;

/// <summary>Joins what WMI answered into VMs: settings to their VM by VirtualSystemIdentifier, devices to settings by InstanceID.</summary>
internal sealed class VirtualMachineMapper
{
    private readonly InventoryRecords _records;
    private readonly Func<string, DiskFacts?> _diskFacts;
    private readonly ILookup<Guid, CimObject> _settings;
    private readonly ILookup<Guid, CimObject> _devices;
    private readonly ILookup<Guid, CimObject> _vlans;
    private readonly ILookup<Guid, CimObject> _heartbeats;
    private readonly Dictionary<Guid, CimObject> _summaries;
    private readonly Dictionary<string, string> _switchNames;

    public VirtualMachineMapper(InventoryRecords records, Func<string, DiskFacts?> diskFacts)
    {
        _records = records;
        _diskFacts = diskFacts;
        _settings = ByGuid(records.Settings, static item => ParseGuid(item.Text("VirtualSystemIdentifier")));
        _devices = ByGuid(records.Devices, static item => WmiIdentity.ConfigurationOf(item.Text("InstanceID")));
        _vlans = ByGuid(records.Vlans, static item => WmiIdentity.ConfigurationOf(item.Text("InstanceID")));
        _heartbeats = ByGuid(records.Heartbeats, static item => ParseGuid(item.Text("SystemName")));
        _summaries = (records.Summaries ?? [])
            .Where(static item => ParseGuid(item.Text("Name")) is not null)
            .GroupBy(static item => ParseGuid(item.Text("Name"))!.Value)
            .ToDictionary(static group => group.Key, static group => group.First());
        _switchNames = records
            .Switches.Where(static item => item.Text("Name") is not null)
            .GroupBy(static item => item.Text("Name")!, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(
                static group => group.Key,
                static group => group.First().Text("ElementName") ?? group.Key,
                StringComparer.OrdinalIgnoreCase
            );
    }

    public static bool IsRealized(CimObject settings) => settings.Text("VirtualSystemType") == Wmi.RealizedSystem;

    /// <summary>Maps every VM that has both an instance and a realized configuration; one without the other is being made or removed.</summary>
    public IReadOnlyList<VirtualMachineReading> MapAll()
    {
        List<VirtualMachineReading> readings = [];
        foreach (var system in _records.Systems)
        {
            // Host and VMs share the class, and Caption is localized: a VM's Name is a GUID.
            if (ParseGuid(system.Text("Name")) is { } id && _settings[id].FirstOrDefault(IsRealized) is { } settings)
            {
                readings.Add(Map(id, system, settings));
            }
        }

        return readings;
    }

    private VirtualMachineReading Map(Guid id, CimObject system, CimObject settings)
    {
        var devices = _devices[id].ToList();
        var checkpoints = _settings[id]
            .Where(static item => PowerStates.CheckpointOf(item.Text("VirtualSystemType")) is not null)
            .ToList();
        var notes = settings.Texts("Notes");
        var status = system.Numbers("OperationalStatus");
        var observed = new ObservedVirtualMachine
        {
            Id = id,
            Name = settings.Text("ElementName") ?? system.Text("ElementName") ?? string.Empty,
            Fingerprint = string.Empty,
            PowerState = PowerStates.From(system.Number("EnabledState")),
            PowerStateSince = Time(system, "TimeOfLastStateChange"),
            Healthy = system.Number("HealthState") is { } health ? health == 5 && status is [2, ..] : null,
            Operation = OperationOf(id, status),
            Heartbeat = PowerStates.HeartbeatOf(
                _heartbeats[id].Select(static item => FirstOf(item.Numbers("OperationalStatus"))).FirstOrDefault()
            ),
            Uptime = system.Number("OnTimeInMilliseconds") is { } uptime ? TimeSpan.FromMilliseconds(uptime) : null,
            Generation = GenerationOf(settings),
            ProcessorCount = (int?)OfClass(devices, "Msvm_ProcessorSettingData")?.Number("VirtualQuantity"),
            Memory = MemoryOf(id, OfClass(devices, "Msvm_MemorySettingData")),
            AutomaticStopAction = StopAction(settings.Number("AutomaticShutdownAction")),
            AutomaticStartAction = StartAction(settings.Number("AutomaticStartupAction")),
            AutomaticStartDelay = settings["AutomaticStartupActionDelay"] as TimeSpan?,
            AutomaticRecoveryAction = RecoveryAction(settings.Number("AutomaticRecoveryAction")),
            CheckpointType = TypeOfCheckpoints(settings.Number("UserSnapshotType")),
            AutomaticCheckpoints = settings.Flag("AutomaticSnapshotsEnabled"),
            Checkpoints = [.. checkpoints.Select(CheckpointOf)],
            Disks = new DiskMapper(devices, checkpoints, settings, _devices, _diskFacts).Map(),
            NetworkAdapters = AdapterMapper.Map(devices, [.. _vlans[id]], _switchNames),
            HasSavedState = settings.Flag("IsSaved"),
            ReplicationMode = Replication(system.Number("ReplicationMode")),
            Clustered = _records.Clustered?.Contains(id),
            LastSuccessfulBackupAt = Time(system, "LastSuccessfulBackupTime"),
            Owner = OwnerNotes.Read(notes),
            CreationIncomplete = OwnerNotes.IsBeingCreated(notes),
        };
        return new VirtualMachineReading
        {
            Observed = observed with { Fingerprint = Fingerprint.Of(observed) },
            System = system,
            Settings = settings,
            Devices = devices,
            Vlans = [.. _vlans[id]],
            Switches = _records.Switches,
            Checkpoints = checkpoints,
        };
    }

    private VirtualMachineOperation OperationOf(Guid id, IReadOnlyList<long> status)
    {
        var operation = status.Count > 1 ? PowerStates.Operation(status[1]) : VirtualMachineOperation.None;
        return operation is VirtualMachineOperation.None && _records.Jobs[id].FirstOrDefault() is { } job
            ? PowerStates.OperationOfJob(job.Number("JobType"))
            : operation;
    }

    private ObservedMemory? MemoryOf(Guid id, CimObject? memory)
    {
        if (
            memory?.Number("VirtualQuantity") is not { } quantity
            || memory.Flag("DynamicMemoryEnabled") is not { } dynamic
        )
        {
            return null;
        }

        // Settings and summaries count in blocks of 2^20 bytes. Source: msvm-memorysettingdata, msvm-summaryinformation.
        var used = _summaries.TryGetValue(id, out var summary) ? summary.Number("MemoryUsage") : null;
        return new ObservedMemory(
            ByteSize.FromMebibytes(quantity),
            dynamic,
            dynamic ? Mebibytes(memory.Number("Reservation")) : null,
            dynamic ? Mebibytes(memory.Number("Limit")) : null,
            used is > 0 ? Mebibytes(used) : null
        );
    }

    private static ByteSize? Mebibytes(long? count) => count is { } value ? ByteSize.FromMebibytes(value) : null;

    private static ObservedCheckpoint CheckpointOf(CimObject settings) =>
        new(
            settings.Text("InstanceID") ?? string.Empty,
            settings.Text("ElementName") ?? string.Empty,
            PowerStates.CheckpointOf(settings.Text("VirtualSystemType")) ?? CheckpointKind.Recovery,
            Time(settings, "CreationTime"),
            WmiIdentity.KeyOf(settings.Text("Parent"), "InstanceID")
        );

    private static CimObject? OfClass(IEnumerable<CimObject> devices, string className) =>
        devices.FirstOrDefault(device => device.ClassName.Equals(className, StringComparison.OrdinalIgnoreCase));

    private static long? FirstOf(IReadOnlyList<long> values) => values.Count > 0 ? values[0] : null;

    // WMI's «never» is the beginning of 1601.
    private static DateTimeOffset? Time(CimObject item, string property) =>
        item[property] is DateTimeOffset { Year: > 1601 } time ? time : null;

    private static Guid? ParseGuid(string? text) => Guid.TryParse(text, out var id) ? id : null;

    private static ILookup<Guid, CimObject> ByGuid(IEnumerable<CimObject> items, Func<CimObject, Guid?> key) =>
        items.Where(item => key(item) is not null).ToLookup(item => key(item)!.Value);

    private static int? GenerationOf(CimObject settings) =>
        settings.Text("VirtualSystemSubType") switch
        {
            "Microsoft:Hyper-V:SubType:1" => 1,
            "Microsoft:Hyper-V:SubType:2" => 2,
            _ => null,
        };

    private static AutomaticStopAction? StopAction(long? value) =>
        value switch
        {
            2 => AutomaticStopAction.TurnOff,
            3 => AutomaticStopAction.Save,
            4 => AutomaticStopAction.ShutDown,
            _ => null,
        };

    private static AutomaticStartAction? StartAction(long? value) =>
        value switch
        {
            2 => AutomaticStartAction.Nothing,
            3 => AutomaticStartAction.StartIfRunning,
            4 => AutomaticStartAction.Start,
            _ => null,
        };

    private static AutomaticRecoveryAction? RecoveryAction(long? value) =>
        value switch
        {
            2 => AutomaticRecoveryAction.None,
            3 => AutomaticRecoveryAction.Restart,
            4 => AutomaticRecoveryAction.Revert,
            _ => null,
        };

    private static CheckpointType? TypeOfCheckpoints(long? value) =>
        value switch
        {
            2 => CheckpointType.Disabled,
            3 => CheckpointType.Production,
            4 => CheckpointType.ProductionOnly,
            5 => CheckpointType.Standard,
            _ => null,
        };

    private static ReplicationMode? Replication(long? value) =>
        value switch
        {
            0 => ReplicationMode.None,
            1 => ReplicationMode.Primary,
            2 => ReplicationMode.Replica,
            3 => ReplicationMode.TestReplica,
            4 => ReplicationMode.ExtendedReplica,
            _ => null,
        };
}

using System.Collections.Immutable;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.CimXml;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.HyperV.Simulator.Schema;

namespace ExchangeVirt.HyperV.Simulator.Model;

/// <summary>Makes VMs with the values that Windows Server gives a new one.</summary>
internal sealed class MachineFactory(
    CimSchema schema,
    Templates templates,
    SimulatedHostDescription host,
    Func<string> newId
)
{
    private static readonly int[] s_bootOrder = [1, 2, 3, 0];

    private const string DataRoot = @"C:\ProgramData\Microsoft\Windows\Hyper-V";

    /// <summary>Makes a VM as DefineSystem does when nothing is specified.</summary>
    public VirtualMachine New(string id, int generation, DateTimeOffset now)
    {
        var devices = ImmutableList.CreateBuilder<CimObject>();
        devices.Add(Device("Msvm_MemorySettingData", null, id, newId()));
        devices.Add(Device("Msvm_ProcessorSettingData", null, id, "0"));
        if (generation == 1)
        {
            devices.Add(Ide(id, 0));
            devices.Add(Ide(id, 1));
        }

        return new VirtualMachine
        {
            Id = id,
            Configuration = new(System(id, generation, now), devices.ToImmutable()),
            InstalledAt = now,
            StateChangedAt = now,
            ConfigurationChangedAt = now,
        };
    }

    /// <summary>Makes a device from its template.</summary>
    public CimObject Device(string className, string? subType, string id, string device) =>
        (
            templates.Find(className, subType)
            ?? throw new InvalidOperationException($"There is no template for {className} {subType}.")
        ).Change(schema, "InstanceID", Names.DeviceId(id, device));

    private CimObject Ide(string id, int address) =>
        Device("Msvm_ResourceAllocationSettingData", ResourceSubTypes.Ide, id, $@"{newId()}\{address}")
            .Change(schema, "Address", address.ToString(null, null))
            .Change(schema, "ElementName", $"IDE Controller {address}");

    private CimObject System(string id, int generation, DateTimeOffset now)
    {
        var version = host.OperatingSystem.Build switch
        {
            >= 26100 => "12.0",
            >= 20348 => "10.0",
            >= 17763 => "9.0",
            _ => "8.0",
        };
        return new InstanceBuilder(schema.Class("Msvm_VirtualSystemSettingData"))
            .Set("InstanceID", Names.SettingsId(id))
            .Set("Caption", "Virtual Machine Settings")
            .Set("ElementName", "New Virtual Machine")
            .Set("VirtualSystemIdentifier", id)
            .Set("VirtualSystemType", "Microsoft:Hyper-V:System:Realized")
            .Set("VirtualSystemSubType", $"Microsoft:Hyper-V:SubType:{generation}")
            .Set("CreationTime", now)
            .Set("ConfigurationID", id)
            .Set("Version", version)
            .Set("Notes", Array.Empty<string>())
            .Set("AutomaticStartupAction", (int)SimulatedStartAction.StartIfRunning)
            .Set("AutomaticStartupActionDelay", TimeSpan.Zero)
            .Set("AutomaticStartupActionSequenceNumber", 0)
            .Set("AutomaticShutdownAction", (int)SimulatedStopAction.Save)
            .Set("AutomaticRecoveryAction", (int)SimulatedRecoveryAction.Restart)
            .Set("AutomaticCriticalErrorAction", 1)
            .Set("AutomaticCriticalErrorActionTimeout", TimeSpan.FromMinutes(30))
            .Set("UserSnapshotType", (int)SimulatedCheckpointType.Production)
            .SetIfKnown("AutomaticSnapshotsEnabled", host.OperatingSystem.ProductType == 1)
            .SetIfKnown("IsAutomaticSnapshot", false)
            .Set("IsSaved", false)
            .Set("VirtualNumaEnabled", true)
            .Set("SecureBootEnabled", generation == 2)
            .Set("BootOrder", generation == 1 ? s_bootOrder : null)
            .Set("LowMmioGapSize", 128)
            .Set("LockOnDisconnect", false)
            .Set("IncrementalBackupEnabled", true)
            .Set("ConfigurationDataRoot", DataRoot)
            .Set("ConfigurationFile", $@"Virtual Machines\{id}.vmcx")
            .Set("SnapshotDataRoot", DataRoot)
            .Set("SuspendDataRoot", DataRoot)
            .Set("SwapFileDataRoot", DataRoot)
            .Set("LogDataRoot", DataRoot)
            .Set("GuestStateDataRoot", DataRoot)
            .Build();
    }
}

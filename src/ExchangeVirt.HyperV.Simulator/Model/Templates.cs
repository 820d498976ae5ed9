using System.Collections.Immutable;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.CimXml;
using ExchangeVirt.HyperV.Simulator.Schema;

namespace ExchangeVirt.HyperV.Simulator.Model;

/// <summary>The default settings that Hyper-V offers for new devices, with InstanceIDs that end in <c>\Default</c>.</summary>
internal sealed class Templates
{
    private readonly CimSchema _schema;

    /// <summary>Makes the templates.</summary>
    public Templates(CimSchema schema)
    {
        _schema = schema;
        All =
        [
            Memory(),
            Processor(),
            Allocation(5, ResourceSubTypes.Ide, "IDE Controller"),
            Allocation(6, ResourceSubTypes.Scsi, "SCSI Controller"),
            Allocation(17, ResourceSubTypes.DiskDrive, "Hard Drive"),
            Allocation(16, ResourceSubTypes.DvdDrive, "DVD Drive"),
            Storage(ResourceSubTypes.Disk, "Hard Disk Image"),
            Storage(ResourceSubTypes.Iso, "ISO Disk Image"),
            Port(),
            Connection(),
            Vlan(),
        ];
    }

    /// <summary>Gets every template.</summary>
    public ImmutableArray<CimObject> All { get; }

    /// <summary>Finds the template for a class and, where the class has several, a subtype.</summary>
    public CimObject? Find(string className, string? subType) =>
        All.FirstOrDefault(t =>
            t.ClassName == className && (subType is null || t.Text("ResourceSubType") is not { } s || s == subType)
        );

    private static string Definition(string name) =>
        // A definition's identifier is the same on every host.
        $@"Microsoft:Definition\{Names.Of(new Guid(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name))[..16]))}\Default";

    private InstanceBuilder Start(string className, ushort type, string subType, string name) =>
        new InstanceBuilder(_schema.Class(className))
            .Set("InstanceID", Definition(subType))
            .Set("ElementName", name)
            .Set("ResourceType", type)
            .Set("ResourceSubType", subType)
            .Set("AutomaticAllocation", true)
            .Set("AutomaticDeallocation", true)
            .Set("ConsumerVisibility", 3);

    private CimObject Memory() =>
        Start("Msvm_MemorySettingData", 4, ResourceSubTypes.Memory, "Memory")
            .Set("AllocationUnits", "byte * 2^20")
            .Set("VirtualQuantityUnits", "byte * 2^20")
            .Set("VirtualQuantity", 1024)
            .Set("Reservation", 512)
            .Set("Limit", 1048576)
            .Set("Weight", 5000)
            .Set("DynamicMemoryEnabled", false)
            .Set("TargetMemoryBuffer", 20)
            .Set("IsVirtualized", true)
            .Set("SwapFilesInUse", false)
            .Build();

    private CimObject Processor() =>
        Start("Msvm_ProcessorSettingData", 3, ResourceSubTypes.Processor, "Processor")
            .Set("AllocationUnits", "percent / 1000")
            .Set("VirtualQuantityUnits", "count")
            .Set("VirtualQuantity", 1)
            .Set("Reservation", 0)
            .Set("Limit", 100000)
            .Set("Weight", 100)
            .Set("LimitProcessorFeatures", false)
            .Set("LimitCPUID", false)
            .Set("ExposeVirtualizationExtensions", false)
            .SetIfKnown("HwThreadsPerCore", 0)
            .Build();

    private CimObject Allocation(ushort type, string subType, string name) =>
        Start("Msvm_ResourceAllocationSettingData", type, subType, name)
            .Set("VirtualQuantityUnits", "count")
            .Set("VirtualQuantity", 1)
            .Set("Weight", 0)
            .Build();

    private CimObject Storage(string subType, string name) =>
        Start("Msvm_StorageAllocationSettingData", 31, subType, name)
            .Set("VirtualQuantityUnits", "count(fixed size block)")
            .Set("Limit", 1)
            .Set("IOPSLimit", 0)
            .Set("IOPSReservation", 0)
            .Set("SnapshotId", "")
            .Build();

    private CimObject Port() =>
        Start("Msvm_SyntheticEthernetPortSettingData", 10, ResourceSubTypes.EthernetPort, "Network Adapter")
            .Set("AllocationUnits", "count")
            .Set("VirtualQuantity", 1)
            .Set("StaticMacAddress", false)
            .Set("ClusterMonitored", true)
            .Build();

    private CimObject Connection() =>
        Start(
                "Msvm_EthernetPortAllocationSettingData",
                33,
                ResourceSubTypes.EthernetConnection,
                "Dynamic Ethernet Switch Port"
            )
            .Set("VirtualQuantityUnits", "count")
            .Set("EnabledState", 2)
            .Build();

    private CimObject Vlan() =>
        new InstanceBuilder(_schema.Class("Msvm_EthernetSwitchPortVlanSettingData"))
            .Set("InstanceID", Definition("Vlan"))
            .Set("ElementName", "Ethernet Switch Port VLAN Settings")
            .Set("AccessVlanId", 0)
            .Set("NativeVlanId", 0)
            .Set("OperationMode", 0)
            .Build();
}

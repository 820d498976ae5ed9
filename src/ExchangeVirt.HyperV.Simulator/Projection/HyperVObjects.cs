using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.CimXml;
using ExchangeVirt.HyperV.Simulator.Engine;
using ExchangeVirt.HyperV.Simulator.Model;
using ExchangeVirt.HyperV.Simulator.Schema;

namespace ExchangeVirt.HyperV.Simulator.Projection;

/// <summary>One class's instances that are not part of a VM.</summary>
internal sealed record ObjectSource(string Namespace, string ClassName, Func<Transaction, IEnumerable<CimObject>> Make);

/// <summary>What Hyper-V's own namespace shows beside the VMs.</summary>
internal static class HyperVObjects
{
    private static readonly int[] s_ok = [2];
    private static readonly int[] s_unknown = [0];

    private static readonly string[] s_services =
    [
        "Msvm_VirtualSystemManagementService",
        "Msvm_VirtualSystemSnapshotService",
        "Msvm_ImageManagementService",
        "Msvm_VirtualSystemMigrationService",
        "Msvm_VirtualEthernetSwitchManagementService",
    ];

    /// <summary>Gets the sources.</summary>
    public static IReadOnlyList<ObjectSource> Sources { get; } =
    [
        Of("Msvm_ComputerSystem", Host),
        .. s_services.Select(name => Of(name, t => [Service(t, name)])),
        Of("Msvm_VirtualSystemManagementServiceSettingData", ManagementSettings),
        Of("Msvm_VirtualSystemMigrationServiceSettingData", MigrationSettings),
        Of("Msvm_NumaNode", NumaNodes),
        Of("Msvm_VirtualEthernetSwitch", Switches),
        Of("Msvm_VirtualEthernetSwitchSettingData", SwitchSettings),
        Of("Msvm_ConcreteJob", t => Jobs(t, "Msvm_ConcreteJob")),
        Of("Msvm_MigrationJob", t => Jobs(t, "Msvm_MigrationJob")),
        Of("Msvm_StorageJob", t => Jobs(t, "Msvm_StorageJob")),
        Of("Msvm_AffectedJobElement", AffectedElements),
        Of("Msvm_MemorySettingData", Templates),
        Of("Msvm_ProcessorSettingData", Templates),
        Of("Msvm_ResourceAllocationSettingData", Templates),
        Of("Msvm_StorageAllocationSettingData", Templates),
        Of("Msvm_SyntheticEthernetPortSettingData", Templates),
        Of("Msvm_EthernetPortAllocationSettingData", Templates),
        Of("Msvm_EthernetSwitchPortVlanSettingData", Templates),
    ];

    private static ObjectSource Of(string className, Func<Transaction, IEnumerable<CimObject>> make) =>
        new(
            CimSchema.Virtualization,
            className,
            t => make(t).Where(o => string.Equals(o.ClassName, className, StringComparison.Ordinal))
        );

    private static IEnumerable<CimObject> Templates(Transaction t) => t.Templates.All;

    private static InstanceBuilder New(Transaction t, string className) => new(t.Schema.Class(className));

    private static IEnumerable<CimObject> Host(Transaction t) =>
        [
            New(t, "Msvm_ComputerSystem")
                .Set("CreationClassName", "Msvm_ComputerSystem")
                .Set("Name", t.Description.HostName)
                .Set("Caption", "Hosting Computer System")
                .Set("Description", "Microsoft Hosting Computer System")
                .Set("ElementName", t.Description.HostName)
                .Set("EnabledDefault", 2)
                .Set("EnabledState", 2)
                .Set("RequestedState", 12)
                .Set("HealthState", 5)
                .Set("OperationalStatus", s_ok)
                .Set("NumberOfNumaNodes", Nodes(t))
                .Set("TimeOfLastStateChange", t.State.BootedAt)
                .Build(),
        ];

    private static CimObject Service(Transaction t, string className) =>
        New(t, className)
            .Set("CreationClassName", className)
            .Set("Name", className == "Msvm_VirtualSystemManagementService" ? "vmms" : className["Msvm_".Length..])
            .Set("SystemCreationClassName", "Msvm_ComputerSystem")
            .Set("SystemName", t.Description.HostName)
            .Set("Started", true)
            .Build();

    private static IEnumerable<CimObject> ManagementSettings(Transaction t) =>
        [
            New(t, "Msvm_VirtualSystemManagementServiceSettingData")
                .Set("InstanceID", $"Microsoft:{t.Description.HostName}")
                .Set("ElementName", "Hyper-V Virtual System Management Service")
                .Set("NumaSpanningEnabled", t.Description.NumaSpanning)
                .Set("DefaultVirtualHardDiskPath", @"C:\Users\Public\Documents\Hyper-V\Virtual Hard Disks")
                .Set("DefaultExternalDataRoot", @"C:\ProgramData\Microsoft\Windows\Hyper-V")
                .Build(),
        ];

    private static IEnumerable<CimObject> MigrationSettings(Transaction t) =>
        [
            New(t, "Msvm_VirtualSystemMigrationServiceSettingData")
                .Set("InstanceID", $"Microsoft:{t.Description.HostName}")
                .Set("EnableVirtualSystemMigration", t.Description.LiveMigrationEnabled)
                .Set("MaximumActiveVirtualSystemMigration", 2)
                .Set("MaximumActiveStorageMigration", 2)
                .Set("AuthenticationType", 1)
                .Set("EnableCompression", true)
                .Set("EnableSmbTransport", false)
                .Build(),
        ];

    private static int Nodes(Transaction t) => t.Description.NumaNodes ?? t.Description.Processor.Sockets;

    private static IEnumerable<CimObject> NumaNodes(Transaction t)
    {
        var nodes = Nodes(t);
        var free = Math.Max(0, PowerControl.FreeMegabytes(t.State));
        return Enumerable
            .Range(0, nodes)
            .Select(n =>
                New(t, "Msvm_NumaNode")
                    .Set("CreationClassName", "Msvm_NumaNode")
                    .Set("NodeID", $@"Microsoft:PhysicalNode\{n}")
                    .Set("Name", $"Node {n}")
                    .Set("SystemCreationClassName", "Msvm_ComputerSystem")
                    .Set("SystemName", t.Description.HostName)
                    .Set("NumberOfProcessorCores", Share(t.Description.Processor.Cores, nodes, n))
                    .Set("NumberOfLogicalProcessors", Share(t.Description.Processor.LogicalProcessors, nodes, n))
                    .Set("CurrentlyConsumableMemoryBlocks", Share(free, nodes, n))
                    .Set("HealthState", 5)
                    .Set("EnabledState", 2)
                    .Build()
            );
    }

    private static long Share(long whole, int nodes, int node) => (whole / nodes) + (node < whole % nodes ? 1 : 0);

    private static IEnumerable<CimObject> Switches(Transaction t) =>
        t.State.Switches.Select(s =>
            New(t, "Msvm_VirtualEthernetSwitch")
                .Set("CreationClassName", "Msvm_VirtualEthernetSwitch")
                .Set("Name", s.Id)
                .Set("ElementName", s.Name)
                .Set("Caption", "Virtual Switch")
                .Set("EnabledState", 2)
                .Set("HealthState", 5)
                .Set("OperationalStatus", s_ok)
                .Build()
        );

    private static IEnumerable<CimObject> SwitchSettings(Transaction t) =>
        t.State.Switches.Select(s =>
            New(t, "Msvm_VirtualEthernetSwitchSettingData")
                .Set("InstanceID", $"Microsoft:{s.Id}")
                .Set("ElementName", s.Name)
                .Set("VirtualSystemIdentifier", s.Id)
                .Build()
        );

    private static IEnumerable<CimObject> Jobs(Transaction t, string className) =>
        t
            .State.Jobs.Values.Where(job => !job.Hidden && job.ClassName == className)
            .Select(job => JobProjection.Of(t.Schema, job, t.Now, TimeSpan.FromSeconds(t.Timings.JobRemovalSeconds)));

    private static IEnumerable<CimObject> AffectedElements(Transaction t)
    {
        foreach (var job in t.State.Jobs.Values.Where(job => !job.Hidden))
        {
            var path = Names.Job(job.ClassName, job.Id);
            var elements =
                job.MachineId is { } id && t.Machine(id) is not null
                    ? job.Affected.Insert(0, Names.ComputerSystem(id))
                    : job.Affected;
            foreach (var element in elements.Distinct())
            {
                yield return New(t, "Msvm_AffectedJobElement")
                    .Set("AffectedElement", element)
                    .Set("AffectingElement", path)
                    .Set("ElementEffects", s_unknown)
                    .Build();
            }
        }
    }
}

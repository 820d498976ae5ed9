using System.Globalization;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.CimXml;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.HyperV.Simulator.Engine;
using ExchangeVirt.HyperV.Simulator.Faults;
using ExchangeVirt.HyperV.Simulator.Model;
using ExchangeVirt.HyperV.Simulator.Schema;

namespace ExchangeVirt.HyperV.Simulator.Projection;

/// <summary>What the operating system's namespaces show.</summary>
internal static class WindowsObjects
{
    private static readonly SimulatedService[] s_services =
    [
        new() { Name = "vmms", DisplayName = "Hyper-V Virtual Machine Management" },
        new() { Name = "Winmgmt", DisplayName = "Windows Management Instrumentation" },
        new() { Name = "LanmanServer", DisplayName = "Server" },
    ];

    /// <summary>Gets the sources.</summary>
    public static IReadOnlyList<ObjectSource> Sources { get; } =
    [
        Of("Win32_ComputerSystem", ComputerSystem),
        Of("Win32_OperatingSystem", OperatingSystem),
        Of("Win32_Processor", Processors),
        Of("Win32_PhysicalMemory", PhysicalMemory),
        Of("Win32_Service", Services),
        Of("Win32_LogicalDisk", LogicalDisks),
        Of("Win32_ServerFeature", ServerFeatures),
        Of("Win32_OptionalFeature", OptionalFeatures),
        Of("Win32_PerfFormattedData_HvStats_HyperVHypervisorRootVirtualProcessor", RootProcessors),
        Of("Win32_PerfFormattedData_HvStats_HyperVHypervisorLogicalProcessor", LogicalProcessors),
        Of("Win32_PerfFormattedData_HvStats_HyperVHypervisor", Hypervisor),
        new(CimSchema.Storage, "MSFT_Volume", Volumes),
        new(CimSchema.Storage, "MSFT_Partition", Partitions),
    ];

    private static ObjectSource Of(string className, Func<Transaction, IEnumerable<CimObject>> make) =>
        new(CimSchema.Cimv2, className, make);

    private static InstanceBuilder New(Transaction t, string className, string cimNamespace = CimSchema.Cimv2) =>
        new(t.Schema.Class(cimNamespace, className));

    private static IEnumerable<CimObject> ComputerSystem(Transaction t) =>
        [
            New(t, "Win32_ComputerSystem")
                .Set("Name", t.Description.HostName)
                .Set("DNSHostName", t.Description.HostName)
                .Set("NumberOfProcessors", t.Description.Processor.Sockets)
                .Set("NumberOfLogicalProcessors", t.Description.Processor.LogicalProcessors)
                .Set("TotalPhysicalMemory", t.Description.Memory)
                .Set("HypervisorPresent", true)
                .Set("PartOfDomain", true)
                .Build(),
        ];

    private static IEnumerable<CimObject> OperatingSystem(Transaction t)
    {
        var system = t.Description.OperatingSystem;
        return
        [
            New(t, "Win32_OperatingSystem")
                .Set("Name", $@"{system.Caption}|C:\Windows|\Device\Harddisk0\Partition4")
                .Set("Caption", system.Caption)
                .Set("Version", system.Version)
                .Set("BuildNumber", system.Build.ToString(CultureInfo.InvariantCulture))
                .Set("ProductType", system.ProductType)
                .Set("OperatingSystemSKU", system.ProductType == 1 ? 48 : 8)
                .Set("LastBootUpTime", t.State.BootedAt)
                .Set("LocalDateTime", t.Now)
                .Set("TotalVisibleMemorySize", t.Description.Memory >> 10)
                .Set("FreePhysicalMemory", Math.Max(0, PowerControl.FreeMegabytes(t.State)) << 10)
                .Set("CSName", t.Description.HostName)
                .Build(),
        ];
    }

    private static IEnumerable<CimObject> Processors(Transaction t)
    {
        var p = t.Description.Processor;
        var enabled = p.EnabledCoresPerSocket ?? p.CoresPerSocket;
        return Enumerable
            .Range(0, p.Sockets)
            .Select(n =>
                New(t, "Win32_Processor")
                    .Set("DeviceID", $"CPU{n}")
                    .Set("Name", p.Vendor == "AuthenticAMD" ? "AMD EPYC" : "Intel(R) Xeon(R)")
                    .Set("Manufacturer", p.Vendor)
                    .Set("ProcessorType", 3)
                    .Set("NumberOfCores", p.CoresPerSocket)
                    .Set("NumberOfEnabledCore", enabled)
                    .Set("ThreadCount", enabled * p.LogicalProcessorsPerCore)
                    .Set("NumberOfLogicalProcessors", enabled * p.LogicalProcessorsPerCore)
                    .Set("LoadPercentage", p.RootUsePercent)
                    .Build()
            );
    }

    private static IEnumerable<CimObject> PhysicalMemory(Transaction t) =>
        [New(t, "Win32_PhysicalMemory").Set("Tag", "Physical Memory 0").Set("Capacity", t.Description.Memory).Build()];

    private static IEnumerable<CimObject> Services(Transaction t) =>
        s_services
            .Concat(t.Description.Services)
            .Select(
                (service, n) =>
                {
                    var state = service.Name == "vmms" ? ManagementState(t) : service.State;
                    return New(t, "Win32_Service")
                        .Set("Name", service.Name)
                        .Set("DisplayName", service.DisplayName ?? service.Name)
                        .Set("State", state)
                        .Set("Started", state == "Running")
                        .Set("StartMode", service.StartMode)
                        .Set("ProcessId", state == "Running" ? 800 + (4 * n) : 0)
                        .Build();
                }
            );

    private static string ManagementState(Transaction t)
    {
        if (t.Has(SimulatedFaultKind.ManagementServiceStopped))
        {
            return "Stopped";
        }

        return t.Has(SimulatedFaultKind.ManagementServiceStarting) ? "Start Pending" : "Running";
    }

    private static IEnumerable<CimObject> LogicalDisks(Transaction t) =>
        Online(t)
            .Where(v => Letter(v) is not null)
            .Select(v =>
                New(t, "Win32_LogicalDisk")
                    .Set("DeviceID", $"{Letter(v)}:")
                    .Set("Name", $"{Letter(v)}:")
                    .Set("DriveType", 3)
                    .Set("FileSystem", v.FileSystem)
                    .Set("Size", v.Size)
                    .Set("FreeSpace", v.Free)
                    .Build()
            );

    private static IEnumerable<CimObject> ServerFeatures(Transaction t) =>
        t.Description.OperatingSystem.ProductType == 1
            ? []
            : t.Description.ServerFeatures.Select(id =>
                New(t, "Win32_ServerFeature")
                    .Set("ID", id)
                    .Set("ParentID", 0)
                    .Set("Name", id == 20 ? "Hyper-V" : $"Feature {id}")
                    .Build()
            );

    private static IEnumerable<CimObject> OptionalFeatures(Transaction t) =>
        [New(t, "Win32_OptionalFeature").Set("Name", "Microsoft-Hyper-V").Set("InstallState", 1).Build()];

    private static IEnumerable<CimObject> RootProcessors(Transaction t) =>
        PerProcessor(t, "Root VP")
            .Select(name =>
                New(t, "Win32_PerfFormattedData_HvStats_HyperVHypervisorRootVirtualProcessor")
                    .Set("Name", name)
                    .Set("PercentTotalRunTime", t.Description.Processor.RootUsePercent)
                    .Set("PercentGuestRunTime", t.Description.Processor.RootUsePercent)
                    .Set("PercentHypervisorRunTime", 0)
                    .Set("PercentRemoteRunTime", 0)
                    .Set("CPUWaitTimePerDispatch", 0)
                    .Build()
            );

    private static IEnumerable<CimObject> LogicalProcessors(Transaction t)
    {
        var use = Math.Min(100, t.Description.Processor.RootUsePercent + GuestUse(t));
        return PerProcessor(t, "Hv LP")
            .Select(name =>
                New(t, "Win32_PerfFormattedData_HvStats_HyperVHypervisorLogicalProcessor")
                    .Set("Name", name)
                    .Set("PercentTotalRunTime", use)
                    .Set("PercentGuestRunTime", use)
                    .Set("PercentHypervisorRunTime", 0)
                    .Set("PercentIdleTime", 100 - use)
                    .Build()
            );
    }

    private static IEnumerable<CimObject> Hypervisor(Transaction t)
    {
        var running = t.State.Machines.Values.Where(m => PowerStates.HoldsMemory(m.State)).ToList();
        var guests = running.Sum(m => m.Configuration.Processor.Number("VirtualQuantity") ?? 0);
        return
        [
            New(t, "Win32_PerfFormattedData_HvStats_HyperVHypervisor")
                .Set("Name", "")
                .Set("LogicalProcessors", t.Description.Processor.LogicalProcessors)
                .Set("VirtualProcessors", guests + t.Description.Processor.LogicalProcessors)
                .Set("Partitions", running.Count + 1)
                .Build(),
        ];
    }

    private static int GuestUse(Transaction t) =>
        (int)
            Math.Min(
                90,
                10
                    * t.State.Machines.Values.Where(m => m.State is PowerStates.Running)
                        .Sum(m => m.Configuration.Processor.Number("VirtualQuantity") ?? 0)
                    / t.Description.Processor.LogicalProcessors
            );

    private static IEnumerable<string> PerProcessor(Transaction t, string name) =>
        Enumerable.Range(0, t.Description.Processor.LogicalProcessors).Select(n => $"{name} {n}").Append("_Total");

    private static IEnumerable<Volume> Online(Transaction t) => t.State.Volumes.Where(v => v.IsOnline);

    private static IEnumerable<CimObject> Volumes(Transaction t) =>
        Online(t)
            .Select(v =>
                New(t, "MSFT_Volume", CimSchema.Storage)
                    .Set("ObjectId", Device(v))
                    .Set("UniqueId", Device(v))
                    .Set("Path", Device(v))
                    .Set("DriveLetter", Letter(v))
                    .Set("DriveType", 3)
                    .Set("FileSystem", v.FileSystem)
                    .Set("FileSystemLabel", v.Path[(v.Path.TrimEnd('\\').LastIndexOf('\\') + 1)..].TrimEnd('\\'))
                    .Set("HealthStatus", 0)
                    .Set("Size", v.Size)
                    .Set("SizeRemaining", v.Free)
                    .Build()
            );

    private static IEnumerable<CimObject> Partitions(Transaction t) =>
        Online(t)
            .Select(
                (v, n) =>
                    New(t, "MSFT_Partition", CimSchema.Storage)
                        .Set("ObjectId", $"Partition{n}")
                        .Set("DiskNumber", n)
                        .Set("PartitionNumber", 2)
                        .Set("DriveLetter", Letter(v))
                        .Set("AccessPaths", new[] { v.Path.EndsWith('\\') ? v.Path : v.Path + '\\', Device(v) })
                        .Set("Size", v.Size)
                        .Build()
            );

    private static string Device(Volume volume) => $@"\\?\Volume{{{volume.Id}}}\";

    private static char? Letter(Volume volume) => volume.Path.TrimEnd('\\') is [var letter, ':'] ? letter : null;
}

using ExchangeVirt.Domain.Model;
using ExchangeVirt.HyperV.Calls;
using ExchangeVirt.HyperV.Cim;

namespace ExchangeVirt.HyperV.Reading;

/// <summary>
/// Reads what a host is: processors, memory, operating system, NUMA, applications. A class that cannot be read leaves its facts
/// unknown; only the host as a whole going away fails the read.
/// </summary>
/// <remarks>Source: hyperv-wmi §2.</remarks>
internal sealed class HostFactsReader(HyperVCalls calls)
{
    private const string HvStats = "Win32_PerfFormattedData_HvStats_HyperVHypervisor";

    private bool _sampledBefore;

    /// <summary>Reads the facts into a host without VMs.</summary>
    public async Task<ObservedHost> ReadAsync(CancellationToken cancellationToken)
    {
        // Named columns: LoadPercentage alone costs about a second per socket.
        var processors = await HostAsync(
            "SELECT DeviceID, Manufacturer, NumberOfCores, NumberOfEnabledCore, NumberOfLogicalProcessors FROM Win32_Processor",
            cancellationToken
        );
        var computer = First(
            await HostAsync(
                "SELECT Name, TotalPhysicalMemory, NumberOfLogicalProcessors FROM Win32_ComputerSystem",
                cancellationToken
            )
        );
        var system = First(
            await HostAsync("SELECT Name, Caption, Version, ProductType FROM Win32_OperatingSystem", cancellationToken)
        );
        var services = await HostAsync("SELECT Name, StartMode FROM Win32_Service", cancellationToken);
        var hypervisor = First(await HostAsync($"SELECT Name, LogicalProcessors FROM {HvStats}", cancellationToken));
        var rootProcessors = await HostAsync(
            $"SELECT Name, PercentTotalRunTime FROM {HvStats}RootVirtualProcessor",
            cancellationToken
        );
        var nodes = await calls.TryQueryAsync(Wmi.Virtualization, "SELECT * FROM Msvm_NumaNode", cancellationToken);
        var spanning = First(
            await calls.TryQueryAsync(
                Wmi.Virtualization,
                "SELECT * FROM Msvm_VirtualSystemManagementServiceSettingData",
                cancellationToken
            )
        );

        var memory = computer?.Number("TotalPhysicalMemory") is { } bytes ? new ByteSize(bytes) : (ByteSize?)null;
        return new ObservedHost
        {
            Name = computer?.Text("Name") ?? string.Empty,
            ObservedAt = calls.Time.GetUtcNow(),
            Processors = Processors(processors, computer, hypervisor, nodes, RootUse(rootProcessors, computer)),
            Memory = memory,
            OperatingSystem =
                system?.Text("Version") is { } version && system.Number("ProductType") is { } product
                    ? new HostOperatingSystem(system.Text("Caption") ?? string.Empty, version, (int)product)
                    : null,
            NumaNodes = NumaNodes(nodes, memory),
            NumaSpanning = spanning?.Flag("NumaSpanningEnabled"),
            ForeignApplications = services is null ? null : ForeignApplications.Among(services),
            VirtualMachines = [],
        };
    }

    private Task<IReadOnlyList<CimObject>?> HostAsync(string wql, CancellationToken cancellationToken) =>
        calls.TryQueryAsync(Wmi.Host, wql, cancellationToken);

    private static HostProcessors Processors(
        IReadOnlyList<CimObject>? sockets,
        CimObject? computer,
        CimObject? hypervisor,
        IReadOnlyList<CimObject>? nodes,
        double? rootUse
    )
    {
        var seen = sockets is { Count: > 0 } ? Sum(sockets, "NumberOfLogicalProcessors") : null;
        seen ??= computer?.Number("NumberOfLogicalProcessors");
        var all = hypervisor?.Number("LogicalProcessors");
        var cores = sockets is { Count: > 0 }
            ? sockets.Aggregate(
                (long?)0,
                static (sum, socket) =>
                    sum
                    + (
                        socket.Number("NumberOfEnabledCore") is > 0 and var enabled
                            ? enabled
                            : socket.Number("NumberOfCores")
                    )
            )
            : null;
        if (all > seen)
        {
            // The parent partition sees only its own processors (root scheduler, minroot); the hypervisor's NUMA nodes see all.
            seen = all;
            cores = nodes is { Count: > 0 } ? Sum(nodes, "NumberOfProcessorCores") : null;
        }

        return new HostProcessors(
            (int?)(cores > 0 ? cores : null),
            (int?)seen,
            rootUse,
            sockets is [var first, ..] ? first.Text("Manufacturer") : null
        );
    }

    // Each instance counts one root processor's time in percent; _Total is their average.
    private double? RootUse(IReadOnlyList<CimObject>? counters, CimObject? computer)
    {
        if (counters is not { Count: > 0 })
        {
            return null;
        }

        var single = counters.Where(static counter => counter.Text("Name") != "_Total").ToList();
        var percent = single.Count > 0 ? Sum(single, "PercentTotalRunTime") : null;
        percent ??=
            counters.FirstOrDefault(static counter => counter.Text("Name") == "_Total")?.Number("PercentTotalRunTime")
            * computer?.Number("NumberOfLogicalProcessors");

        // A formatted counter is the difference of two samples: the very first reading says 0 and means nothing.
        var first = !_sampledBefore;
        _sampledBefore = true;
        return percent is null || (first && percent == 0) ? null : percent.Value / 100.0;
    }

    private static List<NumaNode>? NumaNodes(IReadOnlyList<CimObject>? nodes, ByteSize? memory)
    {
        if (nodes is not { Count: > 0 } || memory is null)
        {
            return null;
        }

        // A node tells what memory is left on it, not what it has; boards are populated evenly.
        var share = new ByteSize(memory.Value.Bytes / nodes.Count);
        return
        [
            .. nodes
                .Where(static node => node.Number("NumberOfProcessorCores") is > 0)
                .Select(node => new NumaNode((int)node.Number("NumberOfProcessorCores")!.Value, share)),
        ];
    }

    private static CimObject? First(IReadOnlyList<CimObject>? items) => items is [var first, ..] ? first : null;

    private static long? Sum(IEnumerable<CimObject> items, string property) =>
        items.Aggregate((long?)0, (sum, item) => sum + item.Number(property));
}

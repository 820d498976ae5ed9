using System.Collections.Immutable;
using ExchangeVirt.HyperV.Calls;
using ExchangeVirt.HyperV.Cim;

namespace ExchangeVirt.HyperV.Reading;

/// <summary>
/// Reads what WMI knows of VMs: of all of them by one query per class, joined in memory, because asking per VM costs seconds on a full
/// host and leaks memory in the management service; or of one VM by following its associations.
/// </summary>
internal sealed class InventoryReader(HyperVCalls calls)
{
    /// <summary>The service whose presence, before and after, says that an answer can be believed.</summary>
    public const string ManagementService = "Msvm_VirtualSystemManagementService";

    private const string Component = "Msvm_VirtualSystemSettingDataComponent";
    private const string PortComponent = "Msvm_EthernetPortSettingDataComponent";

    private static readonly ImmutableHashSet<long> s_endedJobs = [7, 8, 9, 10, 32768];

    private static readonly ImmutableArray<string> s_deviceClasses =
    [
        "Msvm_ProcessorSettingData",
        "Msvm_MemorySettingData",
        "Msvm_ResourceAllocationSettingData",
        "Msvm_StorageAllocationSettingData",
        "Msvm_SyntheticEthernetPortSettingData",
        "Msvm_EmulatedEthernetPortSettingData",
        "Msvm_EthernetPortAllocationSettingData",
    ];

    // 0 Name, 103 MemoryUsage. Source: getsummaryinformation-msvm-virtualsystemmanagementservice.
    private static readonly ImmutableArray<uint> s_summaryFields = [0, 103];

    /// <summary>Reads all VMs.</summary>
    /// <exception cref="HyperVException">With <see cref="FaultKind.Unavailable"/> where the management service was not seen at the start and at the end.</exception>
    public async Task<InventoryRecords> ReadAllAsync(CancellationToken cancellationToken)
    {
        var service = await calls.ServiceAsync(ManagementService, cancellationToken);
        var systems = await AllAsync("Msvm_ComputerSystem", cancellationToken);
        var settings = await AllAsync("Msvm_VirtualSystemSettingData", cancellationToken);
        List<CimObject> devices = [];
        foreach (var deviceClass in s_deviceClasses)
        {
            devices.AddRange(await AllAsync(deviceClass, cancellationToken));
        }

        var records = new InventoryRecords
        {
            Systems = systems,
            Settings = settings,
            Devices = devices,
            Vlans = await AllAsync("Msvm_EthernetSwitchPortVlanSettingData", cancellationToken),
            Switches = await AllAsync("Msvm_VirtualEthernetSwitch", cancellationToken),
            Heartbeats = await AllAsync("Msvm_HeartbeatComponent", cancellationToken),
            Summaries = await SummariesAsync(service, null, cancellationToken),
            Jobs = await JobsAsync(cancellationToken),
            Clustered = await ClusteredAsync(cancellationToken),
        };
        await calls.ServiceAsync(ManagementService, cancellationToken);
        return records;
    }

    /// <summary>Reads one VM.</summary>
    /// <returns>Null where the host answers and does not have it.</returns>
    public async Task<InventoryRecords?> ReadOneAsync(Guid id, CancellationToken cancellationToken)
    {
        var name = WmiIdentity.SystemName(id);
        var service = await calls.ServiceAsync(ManagementService, cancellationToken);
        var systems = await calls.QueryAsync(
            $"SELECT * FROM Msvm_ComputerSystem WHERE Name='{name}'",
            cancellationToken
        );
        var settings = await calls.QueryAsync(
            $"SELECT * FROM Msvm_VirtualSystemSettingData WHERE VirtualSystemIdentifier='{name}'",
            cancellationToken
        );
        var realized = settings.FirstOrDefault(VirtualMachineMapper.IsRealized);
        if (systems.Count == 0 || realized is null)
        {
            // The service is asked again, so that its going away in between does not read as the VM's.
            await calls.ServiceAsync(ManagementService, cancellationToken);
            return null;
        }

        List<CimObject> devices = [];
        foreach (var configuration in settings)
        {
            devices.AddRange(
                await calls.AssociatorsAsync(
                    configuration.Path,
                    Component,
                    null,
                    "GroupComponent",
                    "PartComponent",
                    cancellationToken
                )
            );
        }

        var records = new InventoryRecords
        {
            Systems = systems,
            Settings = settings,
            Devices = devices,
            Vlans = await VlansAsync(id, devices, cancellationToken),
            Switches = await AllAsync("Msvm_VirtualEthernetSwitch", cancellationToken),
            Heartbeats = await calls.QueryAsync(
                $"SELECT * FROM Msvm_HeartbeatComponent WHERE SystemName='{name}'",
                cancellationToken
            ),
            Summaries = await SummariesAsync(service, realized.Path, cancellationToken),
            Jobs = await JobsOfAsync(id, systems[0].Path, cancellationToken),
            Clustered = await ClusteredAsync(cancellationToken),
        };
        await calls.ServiceAsync(ManagementService, cancellationToken);
        return records;
    }

    /// <summary>Reads every realized configuration, to find VMs by name or owner.</summary>
    public async Task<IReadOnlyList<CimObject>> ReadRealizedAsync(CancellationToken cancellationToken)
    {
        await calls.ServiceAsync(ManagementService, cancellationToken);
        var settings = await calls.QueryAsync(
            $"SELECT * FROM Msvm_VirtualSystemSettingData WHERE VirtualSystemType='{Wmi.RealizedSystem}'",
            cancellationToken
        );
        await calls.ServiceAsync(ManagementService, cancellationToken);
        return settings;
    }

    private Task<IReadOnlyList<CimObject>> AllAsync(string className, CancellationToken cancellationToken) =>
        calls.QueryAsync($"SELECT * FROM {className}", cancellationToken);

    private async Task<IReadOnlyList<CimObject>> VlansAsync(
        Guid id,
        IEnumerable<CimObject> devices,
        CancellationToken cancellationToken
    )
    {
        List<CimObject> vlans = [];
        foreach (
            var connection in devices.Where(device =>
                device.ClassName == "Msvm_EthernetPortAllocationSettingData"
                && WmiIdentity.ConfigurationOf(device.Text("InstanceID")) == id
            )
        )
        {
            vlans.AddRange(
                await calls.AssociatorsAsync(
                    connection.Path,
                    PortComponent,
                    "Msvm_EthernetSwitchPortVlanSettingData",
                    "GroupComponent",
                    "PartComponent",
                    cancellationToken
                )
            );
        }

        return vlans;
    }

    private async Task<IReadOnlyList<CimObject>?> SummariesAsync(
        CimPath service,
        CimPath? of,
        CancellationToken cancellationToken
    )
    {
        var arguments = new Dictionary<string, CimValue>(StringComparer.Ordinal)
        {
            ["RequestedInformation"] = CimValue.UInt32Array(s_summaryFields),
        };
        if (of is not null)
        {
            arguments["SettingData"] = CimValue.ReferenceArray([of]);
        }

        var result = await calls.ReadByMethodAsync(
            "Reading the VMs' summaries",
            service,
            "GetSummaryInformation",
            arguments,
            cancellationToken
        );
        return
            result.ReturnValue == ReturnCodes.Done
            && result.Out.TryGetValue("SummaryInformation", out var summaries)
            && summaries.Value is ImmutableArray<object> items
            ? [.. items.OfType<CimObject>()]
            : null;
    }

    private async Task<ILookup<Guid, CimObject>> JobsAsync(CancellationToken cancellationToken)
    {
        var jobs = (await AllAsync("Msvm_ConcreteJob", cancellationToken))
            .Where(IsUnfinished)
            .ToDictionary(static job => job.Text("InstanceID") ?? string.Empty, StringComparer.OrdinalIgnoreCase);
        var affected = await AllAsync("Msvm_AffectedJobElement", cancellationToken);
        return affected
            .Select(link => (Element: link["AffectedElement"] as CimPath, Job: link["AffectingElement"] as CimPath))
            .Where(static link => link is { Element: not null, Job: not null })
            .Select(link =>
                (
                    Owner: WmiIdentity.OwnerOf(link.Element!),
                    Job: link.Job!.Keys.TryGetValue("InstanceID", out var id) ? jobs.GetValueOrDefault(id) : null
                )
            )
            .Where(static link => link is { Owner: not null, Job: not null })
            .ToLookup(static link => link.Owner!.Value, static link => link.Job!);
    }

    private async Task<ILookup<Guid, CimObject>> JobsOfAsync(
        Guid id,
        CimPath system,
        CancellationToken cancellationToken
    ) =>
        (
            await calls.AssociatorsAsync(
                system,
                "Msvm_AffectedJobElement",
                null,
                "AffectedElement",
                "AffectingElement",
                cancellationToken
            )
        )
            .Where(IsUnfinished)
            .ToLookup(_ => id);

    private static bool IsUnfinished(CimObject job) => !s_endedJobs.Contains(job.Number("JobState") ?? 0);

    private async Task<IReadOnlySet<Guid>?> ClusteredAsync(CancellationToken cancellationToken)
    {
        try
        {
            var resources = await calls.Session.QueryAsync(
                Wmi.Cluster,
                "SELECT * FROM MSCluster_Resource WHERE Type='Virtual Machine'",
                cancellationToken
            );
            return resources
                .Select(static resource => (resource["PrivateProperties"] as CimObject)?.Text("VmID"))
                .Select(static id => Guid.TryParse(id, out var guid) ? guid : Guid.Empty)
                .Where(static id => id != Guid.Empty)
                .ToHashSet();
        }
        catch (CimException failure) when (failure.Error is CimError.InvalidNamespace)
        {
            // Without the failover clustering feature the namespace does not exist: nothing here is clustered.
            return ImmutableHashSet<Guid>.Empty;
        }
        catch (CimException failure) when (!CimFaults.IsOfTheHost(failure))
        {
            return null;
        }
        catch (CimException failure)
        {
            throw CimFaults.OfRead(failure, "Reading the cluster's virtual machines");
        }
    }
}

using System.Collections.Immutable;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.CimXml;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.HyperV.Simulator.Model;
using ExchangeVirt.HyperV.Simulator.Schema;

namespace ExchangeVirt.HyperV.Simulator.Projection;

/// <summary>What WMI shows of one VM: its instances and the associations between them.</summary>
internal sealed class MachineProjection
{
    private readonly Lazy<ImmutableArray<CimObject>> _associations;

    /// <summary>Projects a VM.</summary>
    public MachineProjection(CimSchema schema, VirtualMachine machine)
    {
        var instances = ImmutableArray.CreateBuilder<CimObject>();
        System = ComputerSystem(schema, machine);
        instances.Add(System);
        instances.Add(machine.Configuration.System);
        instances.AddRange(machine.Configuration.Devices);
        foreach (var snapshot in machine.Snapshots)
        {
            instances.Add(snapshot.Configuration.System);
            instances.AddRange(snapshot.Configuration.Devices);
        }

        instances.AddRange(Components(schema, machine));
        Instances = instances.ToImmutable();
        ByPath = Instances.ToDictionary(instance => instance.Path);
        _associations = new(() => MachineAssociations.Of(schema, machine, Instances));
    }

    /// <summary>Gets the Msvm_ComputerSystem.</summary>
    public CimObject System { get; }

    /// <summary>Gets the instances.</summary>
    public ImmutableArray<CimObject> Instances { get; }

    /// <summary>Gets the instances by path.</summary>
    public IReadOnlyDictionary<CimPath, CimObject> ByPath { get; }

    /// <summary>Gets the associations as instances of their own classes.</summary>
    public ImmutableArray<CimObject> Associations => _associations.Value;

    private static CimObject ComputerSystem(CimSchema schema, VirtualMachine machine)
    {
        var health = Health(machine);
        return new InstanceBuilder(schema.Class("Msvm_ComputerSystem"))
            .Set("CreationClassName", "Msvm_ComputerSystem")
            .Set("Name", machine.Id)
            .Set("Caption", "Virtual Machine")
            .Set("Description", "Microsoft Virtual Computer System")
            .Set("ElementName", machine.Name)
            .Set("EnabledDefault", 2)
            .Set("EnabledState", machine.State)
            .Set("RequestedState", machine.RequestedState)
            .Set("HealthState", health.Health)
            .Set(
                "OperationalStatus",
                machine.Activity is { } activity ? new[] { health.Status, activity } : new[] { health.Status }
            )
            .Set("StatusDescriptions", Descriptions(health.Status, machine.Activity))
            .Set("InstallDate", machine.InstalledAt)
            .Set("TimeOfLastStateChange", machine.StateChangedAt)
            .Set("TimeOfLastConfigurationChange", machine.ConfigurationChangedAt)
            .Set("NumberOfNumaNodes", 1)
            .Set("ProcessID", PowerStates.HoldsMemory(machine.State) ? ProcessId(machine) : null)
            .Set("ReplicationMode", (int)machine.ReplicationMode)
            .Set("ReplicationState", machine.ReplicationMode is SimulatedReplicationMode.None ? 0 : 4)
            .Set("ReplicationHealth", machine.ReplicationMode is SimulatedReplicationMode.None ? 0 : 1)
            .Set("LastSuccessfulBackupTime", machine.LastBackupAt)
            .Set("Status", health.Status == 2 ? "OK" : "Degraded")
            .Build();
    }

    private static (ushort Status, ushort Health) Health(VirtualMachine machine) =>
        machine switch
        {
            { StorageGone: true } => (3, 20),
            { LowDisk: true } => (5, 25),
            _ => (2, 5),
        };

    private static string[] Descriptions(ushort status, ushort? activity)
    {
        var first = status switch
        {
            3 => "Degraded",
            5 => "Predictive Failure",
            _ => "Operating normally",
        };
        return activity switch
        {
            null => [first],
            32768 => [first, "Creating Checkpoint"],
            32769 => [first, "Applying Checkpoint"],
            32770 => [first, "Deleting Checkpoint"],
            32772 => [first, "Merging Disks"],
            32774 => [first, "Migrating Virtual Machine"],
            _ => [first, "Busy"],
        };
    }

    private static uint ProcessId(VirtualMachine machine) =>
        4000 + (uint)(Convert.ToUInt32(machine.Id[..8], 16) % 60_000 / 4 * 4);

    private static IEnumerable<CimObject> Components(CimSchema schema, VirtualMachine machine)
    {
        if (machine.State is not PowerStates.Running)
        {
            yield break;
        }

        yield return Component(schema, "Msvm_ShutdownComponent", "Shutdown", machine, 2);
        yield return Component(schema, "Msvm_HeartbeatComponent", "Heartbeat", machine, machine.GuestUp ? 2 : 12);
    }

    private static CimObject Component(
        CimSchema schema,
        string className,
        string name,
        VirtualMachine machine,
        int status
    ) =>
        new InstanceBuilder(schema.Class(className))
            .Set("CreationClassName", className)
            .Set("DeviceID", $@"Microsoft:{machine.Id}\{className}")
            .Set("SystemCreationClassName", "Msvm_ComputerSystem")
            .Set("SystemName", machine.Id)
            .Set("Caption", name)
            .Set("ElementName", name)
            .Set("EnabledState", 2)
            .Set("HealthState", 5)
            .Set("RequestedState", 12)
            .Set("OperationalStatus", new[] { status })
            .Set("StatusDescriptions", new[] { status == 2 ? "OK" : "No Contact" })
            .Build();
}

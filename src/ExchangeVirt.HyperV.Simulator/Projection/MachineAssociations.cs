using System.Collections.Immutable;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.CimXml;
using ExchangeVirt.HyperV.Simulator.Model;
using ExchangeVirt.HyperV.Simulator.Schema;

namespace ExchangeVirt.HyperV.Simulator.Projection;

/// <summary>The associations of one VM; the role names are the schema's own property names.</summary>
internal static class MachineAssociations
{
    /// <summary>Makes the association instances.</summary>
    public static ImmutableArray<CimObject> Of(
        CimSchema schema,
        VirtualMachine machine,
        ImmutableArray<CimObject> instances
    )
    {
        var links = ImmutableArray.CreateBuilder<CimObject>();
        var system = Names.ComputerSystem(machine.Id);
        var current = machine.Configuration.System.Path;
        links.Add(Link(schema, "Msvm_SettingsDefineState", ("ManagedElement", system), ("SettingData", current)));
        AddDevices(schema, links, machine.Configuration);
        foreach (var snapshot in machine.Snapshots)
        {
            var settings = snapshot.Configuration.System.Path;
            AddDevices(schema, links, snapshot.Configuration);
            links.Add(Link(schema, "Msvm_SnapshotOfVirtualSystem", ("Antecedent", system), ("Dependent", settings)));
            links.Add(
                new InstanceBuilder(schema.Class("Msvm_ElementSettingData"))
                    .Set("ManagedElement", system)
                    .Set("SettingData", settings)
                    .Set("IsCurrent", 0)
                    .Set("IsDefault", 0)
                    .Set("IsNext", 0)
                    .Build()
            );
            if (snapshot.ParentId is { } parent)
            {
                links.Add(
                    Link(
                        schema,
                        "Msvm_ParentChildSettingData",
                        ("Antecedent", Names.SystemSettings(parent)),
                        ("Dependent", settings)
                    )
                );
            }
        }

        if (machine.ParentSnapshotId is { } tip)
        {
            links.Add(
                Link(
                    schema,
                    "Msvm_MostCurrentSnapshotInBranch",
                    ("Antecedent", system),
                    ("Dependent", Names.SystemSettings(tip))
                )
            );
        }

        if (machine.LastAppliedSnapshotId is { } applied && machine.Snapshots.Exists(s => s.Id == applied))
        {
            links.Add(
                Link(
                    schema,
                    "Msvm_LastAppliedSnapshot",
                    ("Antecedent", Names.SystemSettings(applied)),
                    ("Dependent", system)
                )
            );
        }

        foreach (
            var component in instances.Where(i => i.ClassName is "Msvm_ShutdownComponent" or "Msvm_HeartbeatComponent")
        )
        {
            links.Add(Link(schema, "Msvm_SystemDevice", ("GroupComponent", system), ("PartComponent", component.Path)));
        }

        return links.ToImmutable();
    }

    /// <summary>Makes one association instance.</summary>
    public static CimObject Link(
        CimSchema schema,
        string className,
        (string Role, CimPath Path) left,
        (string Role, CimPath Path) right
    ) => new InstanceBuilder(schema.Class(className)).Set(left.Role, left.Path).Set(right.Role, right.Path).Build();

    private static void AddDevices(
        CimSchema schema,
        ImmutableArray<CimObject>.Builder links,
        MachineConfiguration configuration
    )
    {
        foreach (var device in configuration.Devices)
        {
            if (schema.Class(device.ClassName).IsA("Msvm_FeatureSettingData"))
            {
                // The InstanceID of a feature is that of its connection, a backslash, and its own part.
                var id = device.Text("InstanceID")!;
                var connection = Names.Settings("Msvm_EthernetPortAllocationSettingData", id[..id.LastIndexOf('\\')]);
                links.Add(
                    Link(
                        schema,
                        "Msvm_EthernetPortSettingDataComponent",
                        ("GroupComponent", connection),
                        ("PartComponent", device.Path)
                    )
                );
            }
            else
            {
                links.Add(
                    Link(
                        schema,
                        "Msvm_VirtualSystemSettingDataComponent",
                        ("GroupComponent", configuration.System.Path),
                        ("PartComponent", device.Path)
                    )
                );
            }
        }
    }
}

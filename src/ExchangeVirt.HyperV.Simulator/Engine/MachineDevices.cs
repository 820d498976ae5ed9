using System.Collections.Immutable;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.CimXml;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.HyperV.Simulator.Model;

namespace ExchangeVirt.HyperV.Simulator.Engine;

/// <summary>Gives a described VM its disks and network adapters.</summary>
internal static class MachineDevices
{
    private const int IdeDisks = 3;

    /// <summary>Adds them; a disk's file is made unless it is missing on purpose.</summary>
    public static MachineConfiguration Add(
        Transaction transaction,
        string id,
        MachineConfiguration configuration,
        SimulatedMachine source
    )
    {
        var devices = configuration.Devices.ToBuilder();
        var controllers = devices.Where(d => d.Text("ResourceSubType") == ResourceSubTypes.Ide).ToList();
        CimObject? scsi = null;
        var (ideDisks, scsiDisks) = (0, 0);
        foreach (var disk in source.Disks)
        {
            if (!disk.Missing)
            {
                HostBuilder.AddFile(transaction, disk.Path, disk.Size, disk.Type, null);
            }

            var onIde =
                source.Generation == 1 && ideDisks < IdeDisks && disk.Controller is null or SimulatedController.Ide;
            if (!onIde && scsi is null)
            {
                scsi = transaction.Factory.Device(
                    "Msvm_ResourceAllocationSettingData",
                    ResourceSubTypes.Scsi,
                    id,
                    $@"{transaction.NewId()}\0"
                );
                devices.Add(scsi);
            }

            var slot = onIde ? ideDisks++ : scsiDisks++;
            var controller = onIde ? controllers[slot / 2] : scsi!;
            AddDisk(transaction, id, devices, controller, onIde ? slot % 2 : slot, disk.Path);
        }

        foreach (var adapter in source.NetworkAdapters)
        {
            AddAdapter(transaction, id, devices, adapter);
        }

        return configuration with
        {
            Devices = devices.ToImmutable(),
        };
    }

    private static void AddDisk(
        Transaction transaction,
        string id,
        ImmutableList<CimObject>.Builder devices,
        CimObject controller,
        int slot,
        string path
    )
    {
        var schema = transaction.Schema;
        var drive = transaction
            .Factory.Device(
                "Msvm_ResourceAllocationSettingData",
                ResourceSubTypes.DiskDrive,
                id,
                $@"{transaction.NewId()}\0\{slot}\D"
            )
            .Change(schema, "Parent", controller.Path.ToString())
            .Change(schema, "AddressOnParent", slot.ToString(null, null));
        devices.Add(drive);
        devices.Add(
            transaction
                .Factory.Device(
                    "Msvm_StorageAllocationSettingData",
                    ResourceSubTypes.Disk,
                    id,
                    $@"{transaction.NewId()}\0\{slot}\L"
                )
                .Change(schema, "Parent", drive.Path.ToString())
                .Change(schema, "HostResource", new[] { path })
        );
    }

    private static void AddAdapter(
        Transaction transaction,
        string id,
        ImmutableList<CimObject>.Builder devices,
        SimulatedAdapter adapter
    )
    {
        var schema = transaction.Schema;
        var port = transaction
            .Factory.Device("Msvm_SyntheticEthernetPortSettingData", null, id, transaction.NewId())
            .Change(schema, "ElementName", adapter.Name);
        devices.Add(port);
        var connection = transaction
            .Factory.Device("Msvm_EthernetPortAllocationSettingData", null, id, "0")
            .Change(schema, "InstanceID", $@"{port.Text("InstanceID")}\{transaction.NewId()}")
            .Change(schema, "Parent", port.Path.ToString());
        if (adapter.SwitchName is { } name)
        {
            var found = transaction.State.Switches.Find(s =>
                string.Equals(s.Name, name, StringComparison.OrdinalIgnoreCase)
            );
            connection = connection
                .Change(schema, "HostResource", found is null ? null : new[] { Names.Switch(found.Id).ToString() })
                .Change(schema, "LastKnownSwitchName", name);
        }

        devices.Add(connection);
        if (adapter.VlanId is { } vlan)
        {
            devices.Add(
                transaction
                    .Factory.Device("Msvm_EthernetSwitchPortVlanSettingData", null, id, "0")
                    .Change(schema, "InstanceID", $@"{connection.Text("InstanceID")}\{transaction.NewId()}")
                    .Change(schema, "OperationMode", 1)
                    .Change(schema, "AccessVlanId", vlan)
            );
        }
    }
}

using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.CimXml;
using ExchangeVirt.HyperV.Simulator.Model;

namespace ExchangeVirt.HyperV.Simulator.Engine;

/// <summary>Puts new devices where they belong: drives into slots, disks into drives, connections onto ports.</summary>
internal static class DeviceSlots
{
    private const int IdeSlots = 2;
    private const int ScsiSlots = 64;
    private const int ScsiControllers = 4;

    /// <summary>Makes the device out of what is wanted, or says why not.</summary>
    public static (CimObject? Device, Answer Refusal) Place(
        Transaction transaction,
        VirtualMachine machine,
        MachineConfiguration configuration,
        CimObject wanted
    )
    {
        var template = transaction.Templates.Find(wanted.ClassName, wanted.Text("ResourceSubType"));
        if (template is null || wanted.ClassName is "Msvm_MemorySettingData" or "Msvm_ProcessorSettingData")
        {
            return Refused(
                ReturnCodes.NotSupported,
                $"A {wanted.ClassName} '{wanted.Text("ResourceSubType")}' cannot be added."
            );
        }

        var device = template;
        foreach (var (property, value) in wanted.Properties)
        {
            if (value.Value is not null)
            {
                device = device.With(property, value);
            }
        }

        var parentId = ParentId(device);
        var parent = parentId is null ? null : configuration.Find(parentId);
        var (id, slot, refusal) = (device.ClassName, device.Text("ResourceSubType")) switch
        {
            ("Msvm_ResourceAllocationSettingData", ResourceSubTypes.Scsi) => Scsi(transaction, machine, configuration),
            ("Msvm_ResourceAllocationSettingData", ResourceSubTypes.DiskDrive or ResourceSubTypes.DvdDrive) => Drive(
                transaction,
                machine,
                configuration,
                device,
                parent
            ),
            ("Msvm_StorageAllocationSettingData", _) => Medium(transaction, machine, configuration, parent),
            ("Msvm_SyntheticEthernetPortSettingData", _) => (
                Names.DeviceId(machine.Id, transaction.NewId()),
                null,
                null
            ),
            ("Msvm_EthernetPortAllocationSettingData", _) => Connection(transaction, configuration, parent),
            _ => (null, null, "Devices of this kind cannot be added."),
        };
        if (id is null)
        {
            return Refused(ReturnCodes.InvalidParameter, $"'{machine.Name}': {refusal}");
        }

        device = device.Change(transaction.Schema, "InstanceID", id);
        device = slot is null ? device : device.Change(transaction.Schema, "AddressOnParent", slot);
        return Closed(machine, configuration, device) is { } closed
            ? Refused(ReturnCodes.InvalidState, closed)
            : (device, Answer.Done);
    }

    /// <summary>Says why a device cannot be added or removed in the VM's state; null where it can.</summary>
    public static string? Closed(VirtualMachine machine, MachineConfiguration configuration, CimObject device)
    {
        if (machine.State is PowerStates.Off)
        {
            return null;
        }

        var hot =
            machine.State is PowerStates.Running
            && device.ClassName switch
            {
                "Msvm_SyntheticEthernetPortSettingData" => machine.Generation == 2,
                "Msvm_EthernetPortAllocationSettingData" => true,
                "Msvm_StorageAllocationSettingData" => OnScsi(configuration, device),
                _ => device.Text("ResourceSubType") is ResourceSubTypes.DiskDrive && OnScsi(configuration, device),
            };
        return hot
            ? null
            : $"'{machine.Name}': {device.Text("ElementName")} cannot be added or removed while the virtual machine is {PowerStates.Name(machine.State)}.";
    }

    /// <summary>Gets the InstanceID that a device's Parent path names.</summary>
    public static string? ParentId(CimObject device) =>
        device.Properties.ContainsKey("Parent")
        && device.Text("Parent") is { } text
        && CimPathText.TryParse(text, out var path)
        && path.Keys.TryGetValue("InstanceID", out var id)
            ? id
            : null;

    private static bool OnScsi(MachineConfiguration configuration, CimObject device)
    {
        for (var at = device; at is not null; at = ParentId(at) is { } parent ? configuration.Find(parent) : null)
        {
            if (at.Text("ResourceSubType") == ResourceSubTypes.Scsi)
            {
                return true;
            }
        }

        return false;
    }

    private static (string?, string?, string?) Scsi(
        Transaction transaction,
        VirtualMachine machine,
        MachineConfiguration configuration
    ) =>
        configuration.Devices.Count(d => d.Text("ResourceSubType") == ResourceSubTypes.Scsi) >= ScsiControllers
            ? (null, null, $"a VM has at most {ScsiControllers} SCSI controllers.")
            : (Names.DeviceId(machine.Id, $@"{transaction.NewId()}\0"), null, null);

    private static (string?, string?, string?) Drive(
        Transaction transaction,
        VirtualMachine machine,
        MachineConfiguration configuration,
        CimObject drive,
        CimObject? controller
    )
    {
        var slots = controller?.Text("ResourceSubType") switch
        {
            ResourceSubTypes.Ide => IdeSlots,
            ResourceSubTypes.Scsi => ScsiSlots,
            _ => 0,
        };
        if (controller is null || slots == 0)
        {
            return (null, null, "a drive's Parent is the path of a controller of this VM.");
        }

        var controllerId = controller.Text("InstanceID")!;
        var taken = configuration
            .Devices.Where(d => string.Equals(ParentId(d), controllerId, StringComparison.OrdinalIgnoreCase))
            .Select(d => d.Text("AddressOnParent"))
            .ToHashSet(StringComparer.Ordinal);
        var slot =
            drive.Text("AddressOnParent")
            ?? Enumerable.Range(0, slots).Select(n => n.ToString(null, null)).FirstOrDefault(n => !taken.Contains(n));
        if (slot is null || !int.TryParse(slot, out var number) || number < 0 || number >= slots)
        {
            return (null, null, $"there is no slot '{slot}' on the controller.");
        }

        return taken.Contains(slot)
            ? (null, null, $"slot {slot} of the controller is taken.")
            : (Names.DeviceId(machine.Id, $@"{transaction.NewId()}\0\{slot}\D"), slot, null);
    }

    private static (string?, string?, string?) Medium(
        Transaction transaction,
        VirtualMachine machine,
        MachineConfiguration configuration,
        CimObject? drive
    )
    {
        if (drive?.Text("ResourceSubType") is not (ResourceSubTypes.DiskDrive or ResourceSubTypes.DvdDrive))
        {
            return (null, null, "a disk's Parent is the path of a drive of this VM: the drive is added first.");
        }

        var driveId = drive.Text("InstanceID")!;
        return configuration.Devices.Exists(d =>
            string.Equals(ParentId(d), driveId, StringComparison.OrdinalIgnoreCase)
        )
            ? (null, null, "the drive holds a disk already.")
            : (Names.DeviceId(machine.Id, $@"{transaction.NewId()}\0\0\L"), null, null);
    }

    private static (string?, string?, string?) Connection(
        Transaction transaction,
        MachineConfiguration configuration,
        CimObject? port
    )
    {
        if (port?.ClassName is not "Msvm_SyntheticEthernetPortSettingData")
        {
            return (null, null, "a connection's Parent is the path of a network adapter of this VM.");
        }

        var portId = port.Text("InstanceID")!;
        return configuration.Devices.Exists(d => string.Equals(ParentId(d), portId, StringComparison.OrdinalIgnoreCase))
            ? (null, null, "the network adapter has a connection already.")
            : ($@"{portId}\{transaction.NewId()}", null, null);
    }

    private static (CimObject?, Answer) Refused(uint code, string why) => (null, Answer.Refused(code, why));
}

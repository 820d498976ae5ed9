using System.Collections.Immutable;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.CimXml;
using ExchangeVirt.HyperV.Simulator.Model;

namespace ExchangeVirt.HyperV.Simulator.Engine;

/// <summary>What a change of settings would lead to: a configuration, or the refusal.</summary>
internal sealed record Edit(MachineConfiguration? Configuration, Answer Refusal)
{
    /// <summary>Makes an edit that is accepted.</summary>
    public static Edit To(MachineConfiguration configuration) => new(configuration, Answer.Done);

    /// <summary>Makes a refusal.</summary>
    public static Edit Refused(uint code, string why) => new(null, Answer.Refused(code, why));
}

/// <summary>Changes settings by the rules of the change matrix and of the values' ranges.</summary>
internal static class SettingsEditor
{
    private static readonly string[] s_fixed =
    [
        "InstanceID",
        "VirtualSystemIdentifier",
        "VirtualSystemType",
        "VirtualSystemSubType",
        "CreationTime",
        "ConfigurationID",
        "ConfigurationFile",
        "Version",
        "IsSaved",
        "IsAutomaticSnapshot",
        "ResourceType",
        "ResourceSubType",
        "AllocationUnits",
    ];

    /// <summary>Says whether a VM can be changed at all now; null where it can.</summary>
    public static Answer? Closed(Transaction transaction, VirtualMachine machine)
    {
        if (machine.StorageGone)
        {
            return Answer.Refused(
                ReturnCodes.InvalidState,
                $"'{machine.Name}': its configuration storage cannot be reached."
            );
        }

        if (transaction.PendingJob(machine.Id) is { } job)
        {
            return Answer.Refused(
                ReturnCodes.InvalidState,
                $"'{machine.Name}' is busy with {Projection.JobProjection.Name(job.Type)}."
            );
        }

        return PowerStates.IsPersistent(machine.State)
            ? null
            : Answer.Refused(ReturnCodes.InvalidState, $"'{machine.Name}' is {PowerStates.Name(machine.State)}.");
    }

    /// <summary>
    /// Lays the properties of an embedded instance over the settings that its InstanceID selects. A property that is null is
    /// left as it is; one that has the present value already is no change.
    /// </summary>
    public static Edit Modify(
        Transaction transaction,
        VirtualMachine machine,
        MachineConfiguration configuration,
        CimObject wanted
    )
    {
        var id = wanted.Text("InstanceID");
        if (id is null || configuration.Find(id) is not { } present || present.ClassName != wanted.ClassName)
        {
            return Edit.Refused(ReturnCodes.InvalidParameter, $"'{machine.Name}' has no {wanted.ClassName} '{id}'.");
        }

        var changed = present;
        foreach (var (property, value) in wanted.Properties)
        {
            if (value.Value is null || CimValues.Same(value.Value, present[property]))
            {
                continue;
            }

            if (s_fixed.Contains(property, StringComparer.OrdinalIgnoreCase))
            {
                return Edit.Refused(ReturnCodes.InvalidParameter, $"{present.ClassName}.{property} cannot be changed.");
            }

            if (Forbidden(transaction, machine, configuration, present, property, value.Value) is { } why)
            {
                return Edit.Refused(ReturnCodes.InvalidState, why);
            }

            changed = changed.With(property, value);
        }

        var edited = configuration.Replace(changed);
        return SettingsRanges.Wrong(transaction, machine, edited, changed) is { } wrong
            ? Edit.Refused(ReturnCodes.InvalidParameter, wrong)
            : Edit.To(edited);
    }

    /// <summary>Adds a device or a feature to a configuration.</summary>
    public static (Edit Edit, CimPath? Added) Add(
        Transaction transaction,
        VirtualMachine machine,
        MachineConfiguration configuration,
        CimObject wanted
    )
    {
        var (device, refusal) = DeviceSlots.Place(transaction, machine, configuration, wanted);
        if (device is null)
        {
            return (new Edit(null, refusal), null);
        }

        if (SettingsRanges.Wrong(transaction, machine, configuration, device) is { } wrong)
        {
            return (Edit.Refused(ReturnCodes.InvalidParameter, wrong), null);
        }

        return (Edit.To(configuration with { Devices = configuration.Devices.Add(device) }), device.Path);
    }

    /// <summary>Removes a device and what hangs on it.</summary>
    public static Edit Remove(
        Transaction transaction,
        VirtualMachine machine,
        MachineConfiguration configuration,
        CimPath path
    )
    {
        var device = path.Keys.TryGetValue("InstanceID", out var id) ? configuration.Find(id) : null;
        if (device is null || device.ClassName is "Msvm_VirtualSystemSettingData")
        {
            return Edit.Refused(ReturnCodes.InvalidParameter, $"'{machine.Name}' has no device '{path}'.");
        }

        if (device.ClassName is "Msvm_MemorySettingData" or "Msvm_ProcessorSettingData")
        {
            return Edit.Refused(ReturnCodes.NotSupported, "A VM's memory and processor cannot be removed.");
        }

        if (DeviceSlots.Closed(machine, configuration, device) is { } why)
        {
            return Edit.Refused(ReturnCodes.InvalidState, why);
        }

        var gone = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { device.Text("InstanceID")! };
        for (var before = 0; before != gone.Count; )
        {
            before = gone.Count;
            gone.UnionWith(configuration.Devices.Where(d => HangsOn(d, gone)).Select(d => d.Text("InstanceID")!));
        }

        return Edit.To(
            configuration with
            {
                Devices = configuration.Devices.RemoveAll(d => gone.Contains(d.Text("InstanceID")!)),
            }
        );
    }

    private static bool HangsOn(CimObject device, HashSet<string> gone)
    {
        var id = device.Text("InstanceID")!;
        if (device.ClassName is "Msvm_EthernetSwitchPortVlanSettingData")
        {
            return gone.Contains(id[..id.LastIndexOf('\\')]);
        }

        return DeviceSlots.ParentId(device) is { } parent && gone.Contains(parent);
    }

    private static string? Forbidden(
        Transaction transaction,
        VirtualMachine machine,
        MachineConfiguration configuration,
        CimObject present,
        string property,
        object value
    )
    {
        var dynamicMemory = configuration.Memory.Flag("DynamicMemoryEnabled") == true;
        var row = ChangeMatrix.Row(present.ClassName, property, dynamicMemory, present.Text("ResourceSubType"));
        var verdict =
            row?.In(machine.State)
            ?? (machine.State is PowerStates.Off ? ChangeVerdict.Allowed : ChangeVerdict.Refused);
        var old = present.Number(property) ?? 0;
        var wanted = value is string or bool or ImmutableArray<object> or TimeSpan or DateTimeOffset
            ? 0
            : Convert.ToInt64(value, null);
        var allowed = verdict switch
        {
            ChangeVerdict.Allowed => true,
            ChangeVerdict.OnlyLower => wanted < old,
            ChangeVerdict.OnlyHigher => wanted > old,
            ChangeVerdict.WithRuntimeResize => machine.Guest.SupportsMemoryResize
                && wanted - old <= PowerControl.FreeMegabytes(transaction.State),
            _ => false,
        };
        return allowed
            ? null
            : $"'{machine.Name}': {present.ClassName}.{property} cannot be changed like that while the virtual machine is {PowerStates.Name(machine.State)}.";
    }
}

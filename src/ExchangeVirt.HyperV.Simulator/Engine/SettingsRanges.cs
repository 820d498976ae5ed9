using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.CimXml;
using ExchangeVirt.HyperV.Simulator.Model;

namespace ExchangeVirt.HyperV.Simulator.Engine;

/// <summary>Checks the values of settings against their documented ranges.</summary>
/// <remarks>Source: the pages of Msvm_ProcessorSettingData, Msvm_MemorySettingData and Msvm_VirtualSystemSettingData.</remarks>
internal static class SettingsRanges
{
    private static readonly (string Property, long[] Values)[] s_systemValues =
    [
        ("AutomaticStartupAction", [2, 3, 4]),
        ("AutomaticShutdownAction", [2, 3, 4]),
        ("AutomaticRecoveryAction", [2, 3, 4]),
        ("AutomaticCriticalErrorAction", [0, 1]),
        ("UserSnapshotType", [2, 3, 4, 5]),
    ];

    /// <summary>Says what is wrong with a setting data; null where nothing is.</summary>
    public static string? Wrong(
        Transaction transaction,
        VirtualMachine machine,
        MachineConfiguration configuration,
        CimObject settings
    ) =>
        settings.ClassName switch
        {
            "Msvm_VirtualSystemSettingData" => System(settings),
            "Msvm_ProcessorSettingData" => Processor(transaction, machine, settings),
            "Msvm_MemorySettingData" => Memory(settings),
            "Msvm_StorageAllocationSettingData" => Storage(transaction, settings),
            "Msvm_EthernetPortAllocationSettingData" => Connection(transaction, settings),
            "Msvm_EthernetSwitchPortVlanSettingData" => Vlan(settings),
            _ => null,
        };

    private static string? System(CimObject settings)
    {
        if (settings.Text("ElementName") is not { Length: > 0 and <= 100 })
        {
            return "A virtual machine's name has 1 to 100 characters.";
        }

        foreach (var (property, values) in s_systemValues)
        {
            if (settings.Number(property) is { } value && !values.Contains(value))
            {
                return $"{property} {value} is none of {string.Join(", ", values)}.";
            }
        }

        return Outside(settings, "LowMmioGapSize", 128, 3584);
    }

    private static string? Processor(Transaction transaction, VirtualMachine machine, CimObject settings)
    {
        var most =
            machine.Generation == 1 ? 64
            : transaction.Description.OperatingSystem.Build >= 26100 ? 2048
            : 240;
        return Outside(settings, "VirtualQuantity", 1, most)
            ?? Outside(settings, "Limit", 0, 100_000)
            ?? Outside(settings, "Reservation", 0, 100_000)
            ?? Outside(settings, "Weight", 0, 10_000);
    }

    private static string? Memory(CimObject settings)
    {
        var wrong =
            Outside(settings, "VirtualQuantity", 32, 12L << 20)
            ?? Outside(settings, "TargetMemoryBuffer", 5, 2000)
            ?? Outside(settings, "Weight", 0, 10_000);
        if (wrong is not null)
        {
            return wrong;
        }

        var (quantity, least, most) = (
            settings.Number("VirtualQuantity") ?? 0,
            settings.Number("Reservation") ?? 0,
            settings.Number("Limit") ?? 0
        );
        if (quantity % 2 != 0)
        {
            return $"Memory of {quantity} MB is not aligned to 2 MB.";
        }

        return
            settings.Flag("DynamicMemoryEnabled") == true
            && (least > quantity || quantity > most || least % 2 != 0 || most % 2 != 0)
            ? $"Dynamic memory needs minimum {least} <= startup {quantity} <= maximum {most} MB, all aligned to 2 MB."
            : null;
    }

    private static string? Storage(Transaction transaction, CimObject settings)
    {
        if (settings.Texts("HostResource") is not [var path, ..])
        {
            return "A storage allocation names its file in HostResource.";
        }

        return settings.Text("ResourceSubType") != ResourceSubTypes.Disk || transaction.State.File(path) is not null
            ? null
            : $"The file '{path}' was not found.";
    }

    private static string? Connection(Transaction transaction, CimObject settings)
    {
        foreach (var text in settings.Texts("HostResource"))
        {
            var known =
                CimPathText.TryParse(text, out var path)
                && path.ClassName.Equals("Msvm_VirtualEthernetSwitch", StringComparison.OrdinalIgnoreCase)
                && path.Keys.TryGetValue("Name", out var id)
                && transaction.State.Switches.Exists(s => s.Id.Equals(id, StringComparison.OrdinalIgnoreCase));
            if (!known)
            {
                return $"There is no virtual switch '{text}' on this host.";
            }
        }

        return null;
    }

    private static string? Vlan(CimObject settings)
    {
        var mode = settings.Number("OperationMode") ?? 0;
        return mode switch
        {
            0 => null,
            1 => Outside(settings, "AccessVlanId", 1, 4094),
            2 => Outside(settings, "NativeVlanId", 0, 4094),
            3 => Outside(settings, "PrimaryVlanId", 1, 4094),
            _ => $"OperationMode {mode} is none of 0, 1, 2, 3.",
        };
    }

    private static string? Outside(CimObject settings, string property, long least, long most) =>
        settings.Number(property) is { } value && (value < least || value > most)
            ? $"{settings.ClassName}.{property} {value} is not from {least} to {most}."
            : null;
}

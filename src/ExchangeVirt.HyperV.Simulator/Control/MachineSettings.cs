using System.Globalization;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.CimXml;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.HyperV.Simulator.Engine;
using ExchangeVirt.HyperV.Simulator.Model;

namespace ExchangeVirt.HyperV.Simulator;

/// <summary>The settings that the control surface changes, by the rules of Hyper-V.</summary>
internal static class MachineSettings
{
    private const string Boolean = "true or false";

    /// <summary>Gets each setting with what it takes.</summary>
    public static IReadOnlyDictionary<string, string> Help { get; } =
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["checkpoints"] = Words<SimulatedCheckpointType>(),
            ["automaticCheckpoints"] = Boolean,
            ["stopAction"] = Words<SimulatedStopAction>(),
            ["startAction"] = Words<SimulatedStartAction>(),
            ["startDelay"] = "seconds",
            ["recoveryAction"] = Words<SimulatedRecoveryAction>(),
            ["name"] = "text",
            ["notes"] = "text",
            ["processors"] = "a number",
            ["memory"] = "a size such as 64Gi",
            ["dynamicMemory"] = Boolean,
            ["switch"] = "a switch's name, of the first network adapter",
            ["vlan"] = "0 (untagged) to 4094, of the first network adapter",
        };

    /// <summary>Changes one setting at once.</summary>
    public static ControlOutcome Set(Transaction transaction, VirtualMachine machine, string setting, string value)
    {
        if (!Help.TryGetValue(setting, out var takes))
        {
            return ControlOutcome.Refused($"Unknown setting '{setting}'; known: {string.Join(", ", Help.Keys)}.");
        }

        if (SettingsEditor.Closed(transaction, machine) is { } closed)
        {
            return ControlOutcome.Refused(closed.Why);
        }

        CimObject? wanted;
        try
        {
            wanted = Wanted(transaction, machine, setting, value);
        }
        catch (Exception wrong) when (wrong is FormatException or ArgumentException or OverflowException)
        {
            wanted = null;
        }

        if (wanted is null)
        {
            return ControlOutcome.Refused($"'{value}' is nothing that {setting} takes on '{machine.Name}': {takes}.");
        }

        var edit = machine.Configuration.Find(wanted.Text("InstanceID")!) is null
            ? Edit.To(machine.Configuration with { Devices = machine.Configuration.Devices.Add(wanted) })
            : SettingsEditor.Modify(transaction, machine, machine.Configuration, wanted);
        if (edit.Configuration is null)
        {
            return ControlOutcome.Refused(edit.Refusal.Why);
        }

        transaction.Put(machine with { Configuration = edit.Configuration, ConfigurationChangedAt = transaction.Now });
        return ControlOutcome.Accepted();
    }

    private static CimObject? Wanted(Transaction t, VirtualMachine machine, string setting, string value)
    {
        var system = machine.Configuration.System;
        var memory = machine.Configuration.Memory;
        return setting.ToUpperInvariant() switch
        {
            "CHECKPOINTS" => system.Change(t.Schema, "UserSnapshotType", Word<SimulatedCheckpointType>(value)),
            "AUTOMATICCHECKPOINTS" => t
                .Schema.Class(system.ClassName)
                .Properties.ContainsKey("AutomaticSnapshotsEnabled")
                ? system.Change(t.Schema, "AutomaticSnapshotsEnabled", bool.Parse(value))
                : null,
            "STOPACTION" => system.Change(t.Schema, "AutomaticShutdownAction", Word<SimulatedStopAction>(value)),
            "STARTACTION" => system.Change(t.Schema, "AutomaticStartupAction", Word<SimulatedStartAction>(value)),
            "STARTDELAY" => system.Change(
                t.Schema,
                "AutomaticStartupActionDelay",
                TimeSpan.FromSeconds(uint.Parse(value, CultureInfo.InvariantCulture))
            ),
            "RECOVERYACTION" => system.Change(
                t.Schema,
                "AutomaticRecoveryAction",
                Word<SimulatedRecoveryAction>(value)
            ),
            "NAME" => system.Change(t.Schema, "ElementName", value),
            "NOTES" => system.Change(t.Schema, "Notes", new[] { value }),
            "PROCESSORS" => machine.Configuration.Processor.Change(
                t.Schema,
                "VirtualQuantity",
                uint.Parse(value, CultureInfo.InvariantCulture)
            ),
            "MEMORY" => ByteSize.TryParse(value, out var bytes)
                ? memory.Change(t.Schema, "VirtualQuantity", bytes >> 20)
                : null,
            "DYNAMICMEMORY" => Dynamic(t, memory, bool.Parse(value)),
            "SWITCH" => Connected(t, machine, value),
            "VLAN" => Tagged(t, machine, ushort.Parse(value, CultureInfo.InvariantCulture)),
            _ => null,
        };
    }

    private static CimObject Dynamic(Transaction t, CimObject memory, bool on)
    {
        var size = (ulong)(memory.Number("VirtualQuantity") ?? 0);
        var changed = memory.Change(t.Schema, "DynamicMemoryEnabled", on);
        return on
            ? changed
                .Change(t.Schema, "Reservation", Math.Min((ulong)(memory.Number("Reservation") ?? 0), size))
                .Change(t.Schema, "Limit", Math.Max((ulong)(memory.Number("Limit") ?? 0), size))
            : changed;
    }

    private static CimObject? Connection(VirtualMachine machine) =>
        machine.Configuration.Of("Msvm_EthernetPortAllocationSettingData").FirstOrDefault();

    private static CimObject? Connected(Transaction t, VirtualMachine machine, string name) =>
        t.State.Switches.Find(s => string.Equals(s.Name, name, StringComparison.OrdinalIgnoreCase)) is { } found
            ? Connection(machine)?.Change(t.Schema, "HostResource", new[] { Names.Switch(found.Id).ToString() })
            : null;

    private static CimObject? Tagged(Transaction t, VirtualMachine machine, ushort vlan)
    {
        if (vlan > 4094 || Connection(machine) is not { } connection)
        {
            return null;
        }

        var prefix = connection.Text("InstanceID") + '\\';
        var present =
            machine
                .Configuration.Of("Msvm_EthernetSwitchPortVlanSettingData")
                .FirstOrDefault(v => v.Text("InstanceID")!.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            ?? t.Factory.Device("Msvm_EthernetSwitchPortVlanSettingData", null, machine.Id, "0")
                .Change(t.Schema, "InstanceID", prefix + t.NewId());
        return present.Change(t.Schema, "OperationMode", vlan == 0 ? 0 : 1).Change(t.Schema, "AccessVlanId", vlan);
    }

    private static int Word<T>(string value)
        where T : struct, Enum =>
        Enum.TryParse<T>(value, ignoreCase: true, out var word) && Enum.IsDefined(word)
            ? Convert.ToInt32(word, CultureInfo.InvariantCulture)
            : throw new FormatException();

    private static string Words<T>()
        where T : struct, Enum => string.Join(", ", Enum.GetNames<T>());
}

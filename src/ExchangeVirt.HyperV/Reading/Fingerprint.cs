using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.HyperV.Reading;

/// <summary>
/// Digests the settings of a VM, so that an action planned from other settings is noticed. Power state, load and what comes and goes by
/// itself stay out: they are checked for what they are.
/// </summary>
internal static class Fingerprint
{
    public static string Of(ObservedVirtualMachine vm)
    {
        StringBuilder text = new();
        Add(text, "id", vm.Id, vm.Name, vm.Generation, vm.ReplicationMode, vm.Owner?.Installation, vm.Owner?.Object);
        Add(text, "cpu", vm.ProcessorCount);
        Add(
            text,
            "memory",
            vm.Memory?.Startup.Bytes,
            vm.Memory?.Dynamic,
            vm.Memory?.Minimum?.Bytes,
            vm.Memory?.Maximum?.Bytes
        );
        Add(
            text,
            "actions",
            vm.AutomaticStopAction,
            vm.AutomaticStartAction,
            vm.AutomaticStartDelay,
            vm.AutomaticRecoveryAction
        );
        Add(text, "checkpoints", vm.CheckpointType, vm.AutomaticCheckpoints, vm.CreationIncomplete);
        foreach (var checkpoint in (vm.Checkpoints ?? []).OrderBy(static item => item.Id, StringComparer.Ordinal))
        {
            Add(text, "checkpoint", checkpoint.Id, checkpoint.Kind);
        }

        foreach (
            var disk in (vm.Disks ?? [])
                .OrderBy(static item => item.Controller, StringComparer.Ordinal)
                .ThenBy(static item => item.Slot)
                .ThenBy(static item => item.Path, StringComparer.OrdinalIgnoreCase)
        )
        {
            Add(text, "disk", disk.Controller, disk.Slot, disk.Path?.ToUpperInvariant());
        }

        foreach (var adapter in (vm.NetworkAdapters ?? []).OrderBy(static item => item.Id, StringComparer.Ordinal))
        {
            Add(text, "adapter", adapter.Id, adapter.Name, adapter.SwitchName, adapter.VlanId);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 16));
    }

    // Lengths are written too, so that no two lists of values read alike.
    private static void Add(StringBuilder text, string name, params ReadOnlySpan<object?> values)
    {
        text.Append(name);
        foreach (var value in values)
        {
            var written = Convert.ToString(value, CultureInfo.InvariantCulture);
            text.Append('|').Append(value is null ? -1 : written!.Length).Append(':').Append(written);
        }

        text.Append('\n');
    }
}

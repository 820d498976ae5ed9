using System.Text;
using ExchangeVirt.HyperV.Cim;

namespace ExchangeVirt.HyperV.Reading;

/// <summary>Reads identities out of the texts by which Hyper-V's classes point at one another.</summary>
/// <remarks>
/// Settings are named <c>Microsoft:GUID\device…</c>, templates <c>Microsoft:Definition\…</c>; Parent and HostResource hold
/// object paths as text. Source: msvm-resourceallocationsettingdata.
/// </remarks>
internal static class WmiIdentity
{
    private const string Prefix = "Microsoft:";

    /// <summary>Finds the configuration (a VM's or a checkpoint's) that a setting belongs to.</summary>
    /// <returns>Null for templates and for anything that is not named so.</returns>
    public static Guid? ConfigurationOf(string? instanceId)
    {
        if (instanceId is null || !instanceId.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var rest = instanceId.AsSpan(Prefix.Length);
        var end = rest.IndexOf('\\');
        return Guid.TryParse(end < 0 ? rest : rest[..end], out var id) ? id : null;
    }

    /// <summary>Gets what stands after the configuration's GUID: the device, the same in a VM and in its checkpoints.</summary>
    public static string DeviceOf(string instanceId)
    {
        var end = instanceId.IndexOf('\\', StringComparison.Ordinal);
        return end < 0 ? string.Empty : instanceId[(end + 1)..];
    }

    /// <summary>Writes a configuration's InstanceID.</summary>
    public static string InstanceId(Guid configuration) => $"{Prefix}{configuration.ToString("D").ToUpperInvariant()}";

    /// <summary>Writes a GUID as Msvm_ComputerSystem.Name has it.</summary>
    public static string SystemName(Guid id) => id.ToString("D").ToUpperInvariant();

    /// <summary>Reads one key's value out of an object path.</summary>
    /// <param name="path">The path as text, <c>\\HOST\root\virtualization\v2:Class.Key="value"</c>; quotes and backslashes in values are escaped.</param>
    /// <param name="key">The key's name.</param>
    /// <returns>Null where the text is no path or has no such key.</returns>
    public static string? KeyOf(string? path, string key)
    {
        if (path is null)
        {
            return null;
        }

        // One key's name may end another's (Name, CreationClassName): it begins after the class's dot or another key's comma. Quotes in
        // values are escaped, so this is never found inside one.
        var sought = $"{key}=\"";
        var start = path.IndexOf(sought, StringComparison.OrdinalIgnoreCase);
        while (start > 0 && path[start - 1] is not ('.' or ','))
        {
            start = path.IndexOf(sought, start + 1, StringComparison.OrdinalIgnoreCase);
        }

        if (start < 0)
        {
            return null;
        }

        StringBuilder value = new();
        for (var i = start + key.Length + 2; i < path.Length; i++)
        {
            switch (path[i])
            {
                case '"':
                    return value.ToString();
                case '\\' when i + 1 < path.Length:
                    value.Append(path[++i]);
                    break;
                default:
                    value.Append(path[i]);
                    break;
            }
        }

        return null;
    }

    /// <summary>Finds the VM or configuration that a path of any class names.</summary>
    public static Guid? OwnerOf(CimPath path) =>
        path.Keys.TryGetValue("InstanceID", out var instanceId) ? ConfigurationOf(instanceId)
        : path.Keys.TryGetValue("SystemName", out var system) && Guid.TryParse(system, out var owner) ? owner
        : path.Keys.TryGetValue("Name", out var name) && Guid.TryParse(name, out var id) ? id
        : null;
}

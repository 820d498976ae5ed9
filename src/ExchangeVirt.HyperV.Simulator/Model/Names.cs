using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.Schema;

namespace ExchangeVirt.HyperV.Simulator.Model;

/// <summary>Spells identifiers, paths and file names as Hyper-V does.</summary>
internal static class Names
{
    /// <summary>Writes a GUID as Hyper-V writes those of VMs: upper case, without braces.</summary>
    public static string Of(Guid id) => id.ToString("D").ToUpperInvariant();

    /// <summary>Makes the InstanceID of a VM's or a snapshot's settings.</summary>
    public static string SettingsId(string id) => $"Microsoft:{id}";

    /// <summary>Makes the InstanceID of a device.</summary>
    public static string DeviceId(string id, string device) => $@"Microsoft:{id}\{device}";

    /// <summary>Makes the path of a setting data.</summary>
    public static CimPath Settings(string className, string instanceId) =>
        CimPath.Of(CimSchema.Virtualization, className, ("InstanceID", instanceId));

    /// <summary>Makes the path of a VM's or a snapshot's settings.</summary>
    public static CimPath SystemSettings(string id) => Settings("Msvm_VirtualSystemSettingData", SettingsId(id));

    /// <summary>Makes the path of a VM, or of the host.</summary>
    public static CimPath ComputerSystem(string name) =>
        CimPath.Of(
            CimSchema.Virtualization,
            "Msvm_ComputerSystem",
            ("CreationClassName", "Msvm_ComputerSystem"),
            ("Name", name)
        );

    /// <summary>Makes the path of a virtual switch.</summary>
    public static CimPath Switch(string id) =>
        CimPath.Of(
            CimSchema.Virtualization,
            "Msvm_VirtualEthernetSwitch",
            ("CreationClassName", "Msvm_VirtualEthernetSwitch"),
            ("Name", id)
        );

    /// <summary>Makes the path of a job.</summary>
    public static CimPath Job(string className, string id) => Settings(className, id);

    /// <summary>Gets the folder part of a Windows path, with the closing backslash.</summary>
    public static string Folder(string path) => path[..(path.LastIndexOf('\\') + 1)];

    /// <summary>Makes the path of the disk that holds the changes since a snapshot.</summary>
    public static string Avhdx(string disk, string id)
    {
        var name = disk[(disk.LastIndexOf('\\') + 1)..];
        var dot = name.LastIndexOf('.');
        var stem = dot < 0 ? name : name[..dot];
        var mark = stem.LastIndexOf('_');
        var isLeaf = mark > 0 && Guid.TryParseExact(stem[(mark + 1)..], "D", out _);
        return $"{Folder(disk)}{(isLeaf ? stem[..mark] : stem)}_{id}.avhdx";
    }
}

using System.Globalization;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.HyperV.Cim;

namespace ExchangeVirt.HyperV.Reading;

/// <summary>Joins a VM's disks with their drives and controllers, and finds the file at the root of a checkpoint chain.</summary>
internal sealed class DiskMapper(
    IReadOnlyList<CimObject> devices,
    IReadOnlyList<CimObject> checkpoints,
    CimObject settings,
    ILookup<Guid, CimObject> allDevices,
    Func<string, DiskFacts?> diskFacts
)
{
    private const int LongestChain = 128;

    private readonly Dictionary<string, CimObject> _byId = devices
        .Where(static device => device.Text("InstanceID") is not null)
        .GroupBy(static device => device.Text("InstanceID")!, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(static group => group.Key, static group => group.First(), StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<ObservedDisk> Map()
    {
        List<ObservedDisk> disks = [];
        foreach (var device in devices)
        {
            var disk = device.Text("ResourceSubType") switch
            {
                Wmi.VirtualHardDisk when PathOf(device) is { } path && ParentOf(device) is { } drive => Placed(drive)
                    is { } place
                    ? WithFile(place, device, path)
                    : null,
                Wmi.PhysicalDiskDrive => Placed(device),
                _ => null,
            };
            if (disk is not null)
            {
                disks.Add(disk);
            }
        }

        return disks;
    }

    /// <summary>Gets the file of a storage allocation.</summary>
    public static string? PathOf(CimObject storage) =>
        storage.Texts("HostResource") is [{ Length: > 0 } path, ..] ? path : null;

    /// <summary>Tells whether a file is a checkpoint's differencing file, by the extensions that Hyper-V itself gives them.</summary>
    public static bool IsCheckpointFile(string path) =>
        path.EndsWith(".avhdx", StringComparison.OrdinalIgnoreCase)
        || path.EndsWith(".avhd", StringComparison.OrdinalIgnoreCase);

    private ObservedDisk WithFile(ObservedDisk place, CimObject storage, string path)
    {
        var root = RootOf(storage, path);
        var facts = root is null ? null : diskFacts(root);
        return place with
        {
            Path = path,
            RootPath = root,
            Type = facts?.Type,
            Format = facts?.Format ?? FormatOf(root),
            Size = facts?.Size,
        };
    }

    // What files say of their parents is only known once each was asked. The checkpoints' own settings name the same files without
    // asking: the oldest checkpoint on the way down still names the file that was in use before it.
    private string? RootOf(CimObject storage, string leaf)
    {
        if (ByParents(leaf) is { } known)
        {
            return known;
        }

        if (!IsCheckpointFile(leaf))
        {
            return leaf;
        }

        var device = WmiIdentity.DeviceOf(storage.Text("InstanceID") ?? string.Empty);
        var root = leaf;
        var below = WmiIdentity.KeyOf(settings.Text("Parent"), "InstanceID");
        for (var depth = 0; below is not null && depth < LongestChain; depth++)
        {
            var checkpoint = checkpoints.FirstOrDefault(item =>
                below.Equals(item.Text("InstanceID"), StringComparison.OrdinalIgnoreCase)
            );
            if (checkpoint is null || WmiIdentity.ConfigurationOf(below) is not { } id)
            {
                break;
            }

            root =
                allDevices[id]
                    .Where(item => item.Text("ResourceSubType") == Wmi.VirtualHardDisk)
                    .Where(item => WmiIdentity.DeviceOf(item.Text("InstanceID") ?? string.Empty) == device)
                    .Select(PathOf)
                    .FirstOrDefault(static path => path is not null)
                ?? root;
            below = WmiIdentity.KeyOf(checkpoint.Text("Parent"), "InstanceID");
        }

        return IsCheckpointFile(root) ? null : root;
    }

    private string? ByParents(string leaf)
    {
        var path = leaf;
        for (var depth = 0; depth < LongestChain; depth++)
        {
            if (diskFacts(path) is not { } facts)
            {
                return null;
            }

            if (facts.Type is not VirtualDiskType.Differencing || facts.ParentPath is not { Length: > 0 } parent)
            {
                return path;
            }

            path = parent;
        }

        return null;
    }

    private ObservedDisk? Placed(CimObject drive)
    {
        if (
            ParentOf(drive) is not { } controller
            || !int.TryParse(
                drive.Text("AddressOnParent"),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var slot
            )
        )
        {
            return null;
        }

        return controller.Text("ResourceSubType") switch
        {
            Wmi.ScsiController => new ObservedDisk
            {
                Controller = "SCSI",
                // SCSI controllers have no address; Hyper-V counts them as it lists them.
                ControllerNumber = devices
                    .Where(static item => item.Text("ResourceSubType") == Wmi.ScsiController)
                    .TakeWhile(item => !ReferenceEquals(item, controller))
                    .Count(),
                Slot = slot,
            },
            Wmi.IdeController => new ObservedDisk
            {
                Controller = "IDE",
                ControllerNumber = int.TryParse(
                    controller.Text("Address"),
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out var address
                )
                    ? address
                    : 0,
                Slot = slot,
            },
            _ => null,
        };
    }

    private CimObject? ParentOf(CimObject device) =>
        WmiIdentity.KeyOf(device.Text("Parent"), "InstanceID") is { } id ? _byId.GetValueOrDefault(id) : null;

    // Hyper-V goes by the extension when it creates a file and refuses one whose content differs.
    private static VirtualDiskFormat? FormatOf(string? path) =>
        Path.GetExtension(path)?.ToUpperInvariant() switch
        {
            ".VHDX" => VirtualDiskFormat.Vhdx,
            ".VHD" => VirtualDiskFormat.Vhd,
            ".VHDS" => VirtualDiskFormat.VhdSet,
            _ => null,
        };
}

using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Resources.Rules;

public static partial class ResourceRules
{
    private static ResourceRule[] DiskRules() =>
        [
            Rule<DiskSpec>(
                "disk-exactly-one-source",
                "[has(self.virtualHardDisk), has(self.passThrough), has(self.iscsi)].filter(given, given).size() == 1",
                "must have exactly one of virtualHardDisk, passThrough and iscsi",
                "",
                ["virtualHardDisk", "passThrough", "iscsi"],
                self => ExactlyOne(self.VirtualHardDisk, self.PassThrough, self.Iscsi)
            ),
            Rule<VirtualHardDiskSpec>(
                "virtual-hard-disk-extension",
                "self.path.lowerAscii().endsWith('.vhdx') || self.path.lowerAscii().endsWith('.vhd')",
                "must end in .vhdx or .vhd; checkpoint files (.avhdx) and VHD sets (.vhds) are not declared",
                "path",
                ["path"],
                self => IsVirtualHardDisk(self.Path)
            ),
            Rule<VirtualHardDiskSourceSpec>(
                "virtual-hard-disk-source-extension",
                "self.path.lowerAscii().endsWith('.vhdx') || self.path.lowerAscii().endsWith('.vhd')",
                "must end in .vhdx or .vhd",
                "path",
                ["path"],
                self => IsVirtualHardDisk(self.Path)
            ),
            Rule<VirtualHardDiskSpec>(
                "virtual-hard-disk-size",
                "!has(self.size) || (isQuantity(self.size) && quantity(self.size).isInteger() && quantity(self.size).asInteger() % 512 == 0 && quantity(self.size).compareTo(quantity('3Mi')) >= 0 && quantity(self.size).compareTo(quantity(self.path.lowerAscii().endsWith('.vhd') ? '2040Gi' : '64Ti')) <= 0)",
                "must be a whole multiple of 512 bytes from 3Mi to 64Ti, or to 2040Gi for a .vhd file",
                "size",
                ["size", "path"],
                self => self.Size is null || IsSizeOf(self.Path, Bytes(self.Size))
            ),
            Rule<ExchangeVirtualMachineSpec>(
                "generation-2-needs-vhdx",
                "!has(self.virtualMachineGeneration) || self.virtualMachineGeneration != 2 || !has(self.disks) || self.disks.all(disk, !has(disk.virtualHardDisk) || disk.virtualHardDisk.path.lowerAscii().endsWith('.vhdx'))",
                "must be .vhdx files only where virtualMachineGeneration is 2: such machines have no controller for .vhd files",
                "disks",
                ["virtualMachineGeneration", "disks"],
                self =>
                    self.VirtualMachineGeneration is not 2
                    || VirtualHardDisks(self.Disks ?? []).All(disk => Ends(disk.Path, ".vhdx"))
            ),
            Rule<IReadOnlyList<DiskSpec>>(
                "disk-files-unique",
                "self.all(disk, !has(disk.virtualHardDisk) || self.exists_one(other, has(other.virtualHardDisk) && other.virtualHardDisk.path.lowerAscii() == disk.virtualHardDisk.path.lowerAscii()))",
                "must not name one virtual hard disk file twice; Windows ignores case",
                "",
                [],
                self => AreUnique(VirtualHardDisks(self).Select(disk => disk.Path))
            ),
            Rule<IReadOnlyList<DiskSpec>>(
                "disk-luns-unique",
                "self.all(disk, !has(disk.passThrough) || self.exists_one(other, has(other.passThrough) && other.passThrough.uniqueId.lowerAscii() == disk.passThrough.uniqueId.lowerAscii()))",
                "must not name one pass-through disk twice",
                "",
                [],
                self => AreUnique(self.Select(disk => disk.PassThrough?.UniqueId).OfType<string>())
            ),
            Rule<IReadOnlyList<DiskSpec>>(
                "operating-system-disk-once",
                "self.filter(disk, has(disk.purposes) && 'OperatingSystem' in disk.purposes).size() <= 1",
                "must hold the purpose OperatingSystem on at most one disk",
                "",
                [],
                self => self.Count(disk => disk.Purposes?.Contains(DiskPurpose.OperatingSystem) is true) <= 1
            ),
            Rule<IscsiSpec>(
                "iscsi-in-guest",
                "self.inGuest",
                "must be true: a disk that the host reaches by iSCSI is declared as passThrough or virtualHardDisk",
                "inGuest",
                ["inGuest"],
                self => self.InGuest
            ),
        ];

    private static IEnumerable<VirtualHardDiskSpec> VirtualHardDisks(IReadOnlyList<DiskSpec> disks) =>
        disks.Select(disk => disk.VirtualHardDisk).OfType<VirtualHardDiskSpec>();

    private static bool IsVirtualHardDisk(string path) => Ends(path, ".vhdx") || Ends(path, ".vhd");

    /// <remarks>Source of the greatest sizes: https://learn.microsoft.com/windows-server/virtualization/hyper-v/plan/plan-hyper-v-scalability-in-windows-server</remarks>
    private static bool IsSizeOf(string path, long bytes) =>
        bytes % 512 == 0
        && bytes >= 3 * Mebibyte
        && bytes <= (Ends(path, ".vhd") ? 2040 * Gibibyte : 64 * 1024 * Gibibyte);

    private static bool Ends(string path, string extension) =>
        path.EndsWith(extension, StringComparison.OrdinalIgnoreCase);

    private static bool AreUnique(IEnumerable<string> names)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        return names.All(seen.Add);
    }

    private static bool ExactlyOne(params ReadOnlySpan<object?> values)
    {
        var given = 0;
        foreach (var value in values)
        {
            given += value is null ? 0 : 1;
        }

        return given == 1;
    }
}

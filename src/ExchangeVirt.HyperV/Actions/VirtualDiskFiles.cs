using ExchangeVirt.Domain.Model;
using ExchangeVirt.HyperV.Calls;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Reading;

namespace ExchangeVirt.HyperV.Actions;

/// <summary>Checks the files of a VM to be created, and makes those that are not there. What exists is never written over.</summary>
internal sealed class VirtualDiskFiles(ActionContext context)
{
    /// <summary>Finds which files have to be made, and everything that speaks against it, before anything is made.</summary>
    /// <returns>The files to make.</returns>
    public async Task<IReadOnlySet<string>> CheckAsync(
        IEnumerable<DesiredDisk> disks,
        List<string> problems,
        CancellationToken cancellationToken
    )
    {
        HashSet<string> missing = new(StringComparer.OrdinalIgnoreCase);
        IReadOnlyList<HostVolume>? volumes = null;
        foreach (var disk in disks.Where(static disk => disk.VirtualHardDisk is not null))
        {
            var file = disk.VirtualHardDisk!;
            if (!IsAbsolute(file.Path))
            {
                problems.Add($"the disk \"{disk.Name}\" needs an absolute path on the host, not {file.Path}");
                continue;
            }

            var (_, code) = await context.DiskFacts.AskAsync(file.Path, cancellationToken);
            if (code == ReturnCodes.Done)
            {
                continue;
            }

            if (code != ReturnCodes.FileNotFound)
            {
                throw ReturnCodes.Refused($"Reading the virtual disk {file.Path}", code);
            }

            volumes ??= await context.Volumes.ReadAsync(cancellationToken);
            await CheckMissingAsync(disk, file, volumes, problems, cancellationToken);
            missing.Add(file.Path);
        }

        return missing;
    }

    private async Task CheckMissingAsync(
        DesiredDisk disk,
        DesiredVirtualHardDisk file,
        IReadOnlyList<HostVolume>? volumes,
        List<string> problems,
        CancellationToken cancellationToken
    )
    {
        // An offline volume looks like a missing file, and a file made in its place would hide the real one.
        if (!IsShare(file.Path) && (volumes is null || VolumeReader.Holding(volumes, file.Path) is null))
        {
            problems.Add(
                volumes is null
                    ? $"the volumes of this host cannot be read, so it is not known whether {file.Path} can be made"
                    : $"{file.Path} of the disk \"{disk.Name}\" does not exist, and neither does its volume"
            );
        }
        else if (IsClusterStorageRoot(file.Path, volumes))
        {
            problems.Add($"{file.Path} of the disk \"{disk.Name}\" is under no cluster shared volume that is online");
        }

        if (file.SourcePath is { } source)
        {
            var (facts, code) = await context.DiskFacts.AskAsync(source, cancellationToken);
            if (code == ReturnCodes.FileNotFound)
            {
                problems.Add($"the source {source} of the disk \"{disk.Name}\" does not exist");
            }
            else if (facts?.Size is { } has && file.Size is { } asked && has > asked)
            {
                problems.Add(
                    $"the source {source} of the disk \"{disk.Name}\" has {has}, more than the {asked} that are declared; a disk is never shrunk"
                );
            }
        }
        else if (file.Size is null)
        {
            problems.Add(
                $"{file.Path} of the disk \"{disk.Name}\" does not exist, and neither size nor source is declared"
            );
        }

        if (file.Type is VirtualDiskType.Differencing)
        {
            problems.Add($"the disk \"{disk.Name}\" cannot be made as a differencing disk");
        }

        if (FormatOf(file.Path) is null)
        {
            problems.Add($"the disk \"{disk.Name}\" needs a .vhdx or .vhd file, not {file.Path}");
        }
    }

    /// <summary>Makes one file, copied from its source or blank.</summary>
    /// <remarks>Hyper-V refuses to create or convert into a file that exists, so nothing is written over even in a race.</remarks>
    public async Task<string?> MakeAsync(DesiredVirtualHardDisk file, CancellationToken cancellationToken)
    {
        var settings = context
            .Calls.Session.NewInstance(Wmi.Virtualization, "Msvm_VirtualHardDiskSettingData")
            .With("Path", CimValue.Text(file.Path))
            .With("Type", CimValue.UInt16(file.Type is VirtualDiskType.Dynamic ? (ushort)3 : (ushort)2))
            .With("Format", CimValue.UInt16(FormatOf(file.Path) is VirtualDiskFormat.Vhd ? (ushort)2 : (ushort)3));
        Dictionary<string, CimValue> arguments = new(StringComparer.Ordinal);
        if (file.SourcePath is { } source)
        {
            arguments["SourcePath"] = CimValue.Text(source);
        }
        else
        {
            settings = settings.With("MaxInternalSize", CimValue.UInt64((ulong)file.Size!.Value.Bytes));
        }

        arguments["VirtualDiskSettingData"] = context.Embedded(settings);
        var what = file.SourcePath is { } from ? $"Copying {from} to {file.Path}" : $"Creating {file.Path}";
        var outcome = await context.Calls.InvokeAsync(
            what,
            await context.Calls.ServiceAsync("Msvm_ImageManagementService", cancellationToken),
            file.SourcePath is null ? "CreateVirtualHardDisk" : "ConvertVirtualHardDisk",
            arguments,
            cancellationToken
        );

        var facts = await ReadMadeAsync(what, file.Path, outcome, cancellationToken);
        var warning = outcome.Warning;
        if (file.Size is { } size && facts.Size is { } made && made < size)
        {
            warning = await ExpandAsync(file.Path, size, cancellationToken) ?? warning;
        }

        return warning;
    }

    private async Task<string?> ExpandAsync(string path, ByteSize size, CancellationToken cancellationToken)
    {
        var what = $"Expanding {path} to {size}";
        var outcome = await context.Calls.InvokeAsync(
            what,
            await context.Calls.ServiceAsync("Msvm_ImageManagementService", cancellationToken),
            "ResizeVirtualHardDisk",
            new Dictionary<string, CimValue>(StringComparer.Ordinal)
            {
                ["Path"] = CimValue.Text(path),
                ["MaxInternalSize"] = CimValue.UInt64((ulong)size.Bytes),
            },
            cancellationToken
        );
        await ReadMadeAsync(what, path, outcome, cancellationToken);
        return outcome.Warning;
    }

    // Right after its creation a file may still be in use.
    private async Task<DiskFacts> ReadMadeAsync(
        string what,
        string path,
        CallOutcome outcome,
        CancellationToken cancellationToken
    )
    {
        context.DiskFacts.Forget(path);
        DiskFacts? facts = null;
        await context.UntilAsync(
            async () => (facts = (await context.DiskFacts.AskAsync(path, cancellationToken)).Facts) is not null,
            cancellationToken
        );
        return facts ?? throw context.NotShown(what, outcome);
    }

    private static bool IsShare(string path) =>
        path.StartsWith(@"\\", StringComparison.Ordinal) && !path.StartsWith(@"\\?\", StringComparison.Ordinal);

    private static bool IsAbsolute(string path) =>
        IsShare(path) || (path.Length > 3 && char.IsAsciiLetter(path[0]) && path[1] == ':' && path[2] == '\\');

    // Without its volume, C:\ClusterStorage\name is an ordinary directory of the system volume.
    private static bool IsClusterStorageRoot(string path, IEnumerable<HostVolume>? volumes) =>
        VolumeReader.IsClusterShared(path)
        && volumes is not null
        && VolumeReader.Holding(volumes, path)?.Kind != "ClusterSharedVolume";

    private static VirtualDiskFormat? FormatOf(string path) =>
        Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".VHDX" => VirtualDiskFormat.Vhdx,
            ".VHD" => VirtualDiskFormat.Vhd,
            _ => null,
        };
}

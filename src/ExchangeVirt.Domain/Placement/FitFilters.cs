using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Rules;

namespace ExchangeVirt.Domain.Placement;

/// <summary>Refuses a host that lacks a virtual switch of the VM's adapters.</summary>
internal sealed class VirtualSwitchesFilter : IPlacementFilter
{
    public string Name => "VirtualSwitches";

    public FilterFailure? Check(PlacementQuery query, HostCandidate host)
    {
        if (query.Machine.NetworkAdapters is not { Count: > 0 } adapters || host.Observed is null)
        {
            return null;
        }

        if (host.Switches is not { } switches)
        {
            return new FilterFailure(Name, "its virtual switches are not known", "wait for its agent to report them");
        }

        List<string>? missing = null;
        for (var index = 0; index < adapters.Count; index++)
        {
            var adapter = adapters[index];
            if (!switches.Contains(adapter.SwitchName) && missing?.Contains(adapter.SwitchName) != true)
            {
                (missing ??= []).Add(adapter.SwitchName);
            }
        }

        return missing is null
            ? null
            : new FilterFailure(
                Name,
                $"it has no virtual switch {string.Join(", ", missing)} (it has {(switches.Count == 0 ? "none" : string.Join(", ", switches.Order(StringComparer.Ordinal)))})",
                $"create virtual switch {string.Join(", ", missing)} on it"
            );
    }
}

/// <summary>Refuses a host on which a disk's path lies on no volume.</summary>
internal sealed class StoragePathsFilter : IPlacementFilter
{
    public string Name => "StoragePaths";

    public FilterFailure? Check(PlacementQuery query, HostCandidate host)
    {
        if (query.Machine.Disks is not { Count: > 0 } disks || host.Observed is not { } observed)
        {
            return null;
        }

        List<string>? missing = null;
        for (var index = 0; index < disks.Count; index++)
        {
            if (disks[index].VirtualHardDisk is not { } file)
            {
                continue;
            }

            if (observed.Volumes is not { } volumes)
            {
                return new FilterFailure(Name, "its volumes are not known", "wait for its agent to report them");
            }

            if (WindowsPath.VolumeOf(file.Path, volumes) is null)
            {
                (missing ??= []).Add(file.Path);
            }

            if (
                query.Request.CreatesDisks
                && file.SourcePath is { } source
                && WindowsPath.VolumeOf(source, volumes) is null
            )
            {
                (missing ??= []).Add(source);
            }
        }

        return missing is null
            ? null
            : new FilterFailure(
                Name,
                $"no volume of it holds {string.Join(", ", missing.Distinct(StringComparer.OrdinalIgnoreCase))}",
                "connect that storage to it"
            );
    }
}

/// <summary>Refuses a host whose Windows is too old for the guest's, or is no server.</summary>
/// <remarks>Rule sup-guest-on-host: a guest of 2025 needs a host of 2022 or later, a guest of 2022 one of 2019 or later. For older
/// guests Microsoft's page names no bound: a host at least as new passes, an older one is unknown, which is no pass.</remarks>
internal sealed class GuestOperatingSystemFilter : IPlacementFilter
{
    public string Name => "GuestOperatingSystem";

    public FilterFailure? Check(PlacementQuery query, HostCandidate host)
    {
        if (host.Observed is not { } observed)
        {
            return null;
        }

        if (host.Build is not { } build)
        {
            return new FilterFailure(Name, "its Windows version is not known", "wait for its agent to report it");
        }

        if (observed.OperatingSystem!.ProductType == 1)
        {
            return new FilterFailure(
                Name,
                $"it runs a client Windows ({observed.OperatingSystem.Caption}); Exchange needs Windows Server with Hyper-V",
                "take a host with Windows Server"
            )
            {
                Distance = 30,
            };
        }

        var guest = query.Machine.GuestOperatingSystem;
        var least = guest switch
        {
            GuestOperatingSystem.WindowsServer2025 => HostBuild.WindowsServer2022,
            GuestOperatingSystem.WindowsServer2022 => HostBuild.WindowsServer2019,
            _ => HostBuild.Of(guest),
        };
        return build >= least
            ? null
            : new FilterFailure(
                Name,
                $"a guest with {guest} needs a host of build {least} or later, it has {build}",
                "take a host with a later Windows Server"
            )
            {
                Distance = 30,
            };
    }
}

/// <summary>Refuses a host on which the VM would break the policy's hard ratio, by its accounting.</summary>
internal sealed class ProcessorRatioFilter : IPlacementFilter
{
    public string Name => "ProcessorRatio";

    public FilterFailure? Check(PlacementQuery query, HostCandidate host)
    {
        if (host.Observed is null)
        {
            return null;
        }

        if (host.Budget is not { } budget)
        {
            return new FilterFailure(Name, "its physical cores are not known", "wait for its agent to report them");
        }

        if (host.Load.UnknownProcessors > 0)
        {
            return new FilterFailure(
                Name,
                $"the vCPU of {host.Load.UnknownProcessors} guests on it are not known, and without them its ratio",
                "wait for its agent to report them"
            );
        }

        var wanted = query.Machine.ProcessorCount;
        var taken = host.Load.VirtualProcessors - query.OwnOn(host).VirtualProcessors;
        var left = budget.HardLimit - taken;
        if (wanted <= left)
        {
            return null;
        }

        var percent = Math.Clamp(host.Definition.Policy.MaxRatioPercent, 0, RatioBudget.SupportedPercent);
        var change =
            left > 0
                ? $"lower processors.count to {left}, or free {wanted - left} vCPU on it"
                : $"free {wanted - left} vCPU on it";
        return new FilterFailure(
            Name,
            $"needs {wanted} vCPU, {Math.Max(0, left)} of {budget.HardLimit} left ({budget.Explain(percent)}; {taken} taken)",
            change
        )
        {
            Distance = 1 + Amounts.Share(wanted - left, wanted),
        };
    }
}

/// <summary>Refuses a host whose memory does not cover the VM beside its guests, their overhead and its own reserve.</summary>
internal sealed class MemoryFilter : IPlacementFilter
{
    public string Name => "Memory";

    public FilterFailure? Check(PlacementQuery query, HostCandidate host)
    {
        if (host.Observed is not { } observed)
        {
            return null;
        }

        if (host.GuestMemory is not { } room)
        {
            return new FilterFailure(Name, "its memory is not known", "wait for its agent to report it");
        }

        if (host.Load.UnknownMemory > 0)
        {
            return new FilterFailure(
                Name,
                $"the memory of {host.Load.UnknownMemory} guests on it is not known",
                "wait for its agent to report it"
            );
        }

        var policy = host.Definition.Policy;
        var wanted = query.Machine.Memory + policy.PerVirtualMachineOverhead;
        var taken = host.Load.Memory - query.OwnOn(host).Memory;
        var left = room - taken;
        if (taken + wanted <= room)
        {
            return null;
        }

        var most = left - policy.PerVirtualMachineOverhead;
        var missing = taken + wanted - room;
        var free = $"free {Amount.Of(missing, up: true)} on it";
        return new FilterFailure(
            Name,
            $"needs {Amount.Of(wanted, up: true)} memory ({Amount.Of(query.Machine.Memory, up: true)} and {Amount.Of(policy.PerVirtualMachineOverhead)} overhead), {Amount.Of(left)} of {Amount.Of(room)} left ({Amount.Of(observed.Memory!.Value)} − {Amount.Of(MemoryBudget.Reserve(observed.Memory.Value, policy), up: true)} for the host)",
            most.Bytes >= 1L << 30 ? $"lower memory.size to {most.Bytes >> 30}Gi, or {free}" : free
        )
        {
            Distance = 1 + Amounts.Share(missing.Bytes, wanted.Bytes),
        };
    }
}

/// <summary>Refuses a host on which a volume has not the space for the disks to be made there.</summary>
internal sealed class DiskSpaceFilter : IPlacementFilter
{
    public string Name => "DiskSpace";

    public FilterFailure? Check(PlacementQuery query, HostCandidate host)
    {
        if (query.NewDisks.Count == 0 || host.Observed?.Volumes is not { } volumes)
        {
            return null;
        }

        foreach (var volume in volumes)
        {
            long wanted = 0;
            foreach (var disk in query.NewDisks)
            {
                if (ReferenceEquals(WindowsPath.VolumeOf(disk.Path, volumes), volume))
                {
                    wanted += disk.Size.Bytes;
                }
            }

            if (wanted > 0 && Check(query, host, volume, new ByteSize(wanted)) is { } failure)
            {
                return failure;
            }
        }

        return null;
    }

    private FilterFailure? Check(PlacementQuery query, HostCandidate host, HostVolume volume, ByteSize wanted)
    {
        if (volume.Free is not { } free)
        {
            return new FilterFailure(
                Name,
                $"the free space of {volume.Path} is not known",
                "wait for its agent to report it"
            );
        }

        var pending = Pending(query, host, volume);
        if (wanted + pending <= free)
        {
            return null;
        }

        var missing = wanted + pending - free;
        return new FilterFailure(
            Name,
            $"needs {Amount.Of(wanted, up: true)} on {volume.Path}, {Amount.Of(free - pending)} left ({Amount.Of(free)} free, {Amount.Of(pending, up: true)} promised)",
            $"free {Amount.Of(missing, up: true)} on {volume.Path}"
        )
        {
            Distance = 1 + Amounts.Share(missing.Bytes, wanted.Bytes),
        };
    }

    private static ByteSize Pending(PlacementQuery query, HostCandidate host, HostVolume volume)
    {
        if (SharedVolumes.Identify(volume) is { } shared)
        {
            return query.Request.PendingOnSharedVolumes.GetValueOrDefault(shared);
        }

        var pending = ByteSize.Zero;
        foreach (var disk in host.Load.PendingDisks)
        {
            if (
                disk.VirtualMachine != query.Machine.Key
                && ReferenceEquals(WindowsPath.VolumeOf(disk.Disk.Path, host.Observed!.Volumes!), volume)
            )
            {
                pending += disk.Disk.Size;
            }
        }

        return pending;
    }
}

/// <summary>Tells storage that several hosts share from a host's own.</summary>
internal static class SharedVolumes
{
    public static SharedVolume? Identify(HostVolume volume) =>
        string.Equals(volume.Kind, "Local", StringComparison.OrdinalIgnoreCase)
            ? null
            : new SharedVolume(volume.Path.TrimEnd('\\', '/').ToUpperInvariant(), volume.Size);
}

/// <summary>Compares amounts of different units.</summary>
internal static class Amounts
{
    /// <summary>Reckons what is missing as a share of what is wanted, at most 1.</summary>
    public static double Share(long missing, long wanted) => wanted <= 0 ? 0 : Math.Min(1, (double)missing / wanted);
}

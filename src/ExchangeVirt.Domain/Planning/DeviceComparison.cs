using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Planning;

/// <summary>Compares network adapters and disks. What is not declared is reported and never removed.</summary>
internal static class DeviceComparison
{
    public static void AddNetworkAdapters(Comparison comparison, PlanningInput input, ObservedVirtualMachine observed)
    {
        if (input.Desired.NetworkAdapters is not { } declared)
        {
            return;
        }

        foreach (var adapter in declared)
        {
            comparison.Differences.Add(CompareAdapter(comparison, adapter, observed));
        }

        foreach (
            var extra in (observed.NetworkAdapters ?? []).Where(found =>
                !declared.Any(d => SameText(d.Name, found.Name))
            )
        )
        {
            comparison.Notices.Add(
                new PlanProblem(
                    PlanReasons.UndeclaredNetworkAdapter,
                    $"{observed.Name} has the network adapter \"{extra.Name}\" "
                        + $"({SettingWords.Adapter(extra.SwitchName, extra.VlanId)}), which spec.networkAdapters does not list. It is left alone.",
                    Stalled: false,
                    SettingNames.NetworkAdapter(extra.Name)
                )
            );
        }
    }

    public static void AddDisks(Comparison comparison, PlanningInput input, ObservedVirtualMachine observed)
    {
        if (input.Desired.Disks is not { } declared)
        {
            return;
        }

        var attachable = declared.Where(disk => Identity(disk) is not null).ToList();
        foreach (var disk in attachable)
        {
            comparison.Differences.Add(CompareDisk(comparison, disk, input, observed));
        }

        foreach (var extra in (observed.Disks ?? []).Where(found => !attachable.Any(disk => IsThisDisk(disk, found))))
        {
            var identity = extra.PassThroughUniqueId ?? extra.RootPath ?? extra.Path ?? "unknown";
            comparison.Notices.Add(
                new PlanProblem(
                    PlanReasons.UndeclaredDisk,
                    $"{observed.Name} has {identity} attached at {extra.Controller} {extra.ControllerNumber}:{extra.Slot}, "
                        + "which spec.disks does not list. It is left alone.",
                    Stalled: false,
                    SettingNames.Disk(identity)
                )
            );
        }
    }

    private static SettingDifference CompareAdapter(
        Comparison comparison,
        DesiredNetworkAdapter adapter,
        ObservedVirtualMachine observed
    )
    {
        var name = SettingNames.NetworkAdapter(adapter.Name);
        var desired = SettingWords.Adapter(adapter.SwitchName, adapter.VlanId);
        if (observed.NetworkAdapters is not { } adapters)
        {
            return SettingDifference.Unknown(name, desired);
        }

        var found = adapters.Where(candidate => SameText(candidate.Name, adapter.Name)).ToList();
        if (found.Count > 1)
        {
            comparison.Problems.Add(
                new PlanProblem(
                    PlanReasons.AmbiguousNetworkAdapter,
                    $"{observed.Name} has {found.Count} network adapters named \"{adapter.Name}\", so that nobody can tell which one "
                        + "is declared. Rename all but one.",
                    Stalled: true,
                    name
                )
            );
            return SettingDifference.Blocked(
                name,
                desired,
                $"{found.Count} adapters",
                PlanReasons.AmbiguousNetworkAdapter
            );
        }

        if (found is not [var existing])
        {
            return Rollout(
                name,
                desired,
                SettingWords.None,
                new AddNetworkAdapter(adapter),
                SettingPowerRequirement.NetworkAdapter
            );
        }

        var words = SettingWords.Adapter(existing.SwitchName, existing.VlanId);
        return SameText(adapter.SwitchName, existing.SwitchName) && adapter.VlanId == existing.VlanId
            ? SettingDifference.InSync(name, desired, words)
            : Rollout(
                name,
                desired,
                words,
                new ConnectNetworkAdapter(existing.Id, adapter),
                SettingPowerRequirement.NetworkAdapter
            );
    }

    private static SettingDifference CompareDisk(
        Comparison comparison,
        DesiredDisk disk,
        PlanningInput input,
        ObservedVirtualMachine observed
    )
    {
        const string Attached = "attached";
        var name = SettingNames.Disk(disk.Name);
        var identity = Identity(disk)!;
        var desired = $"{identity} {Attached}";
        if (observed.Disks is not { } disks)
        {
            return SettingDifference.Unknown(name, desired);
        }

        if (disks.Any(found => IsThisDisk(disk, found)))
        {
            return SettingDifference.InSync(name, desired, desired);
        }

        // An attached disk that hides what it is may be this one.
        if (disks.Any(found => HidesItsIdentity(disk, found)))
        {
            return SettingDifference.Unknown(name, desired);
        }

        if (input.DisksElsewhere.FirstOrDefault(other => SameText(other.Identity, identity)) is { } elsewhere)
        {
            comparison.Problems.Add(
                new PlanProblem(
                    PlanReasons.DiskAttachedElsewhere,
                    $"Disk {disk.Name} of {input.Desired.Key} ({identity}) is attached to {elsewhere.VirtualMachine}. "
                        + "Detach it there, or correct spec.disks.",
                    Stalled: true,
                    name
                )
            );
            return SettingDifference.Blocked(
                name,
                desired,
                $"attached to {elsewhere.VirtualMachine}",
                PlanReasons.DiskAttachedElsewhere
            );
        }

        return Rollout(name, desired, "not attached", new AttachDisk(disk), SettingPowerRequirement.ScsiDisk);
    }

    /// <summary>Gets what the disk is found by; null for one that the guest connects to by itself.</summary>
    private static string? Identity(DesiredDisk disk) =>
        disk.InGuestIscsi ? null : disk.VirtualHardDisk?.Path ?? disk.PassThroughUniqueId;

    private static bool IsThisDisk(DesiredDisk disk, ObservedDisk found) =>
        disk.VirtualHardDisk is { } file
            ? SameText(file.Path, found.RootPath) || SameText(file.Path, found.Path)
            : SameText(disk.PassThroughUniqueId, found.PassThroughUniqueId);

    private static bool HidesItsIdentity(DesiredDisk disk, ObservedDisk found) =>
        disk.VirtualHardDisk is null
            ? found is { Path: null, PassThroughUniqueId: null }
            : found is { RootPath: null, PassThroughUniqueId: null };

    private static SettingDifference Rollout(
        string name,
        string desired,
        string observed,
        VirtualMachineAction action,
        SettingPowerRequirement requirement
    ) =>
        new()
        {
            Name = name,
            Desired = desired,
            Observed = observed,
            Action = action,
            Requirement = requirement,
            IsRollout = true,
        };

    private static bool SameText(string? left, string? right) =>
        left is not null && string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}

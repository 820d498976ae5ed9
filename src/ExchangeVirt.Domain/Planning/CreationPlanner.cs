using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Planning;

/// <summary>Plans for a VM that no host has.</summary>
internal static class CreationPlanner
{
    private const int DefaultGeneration = 2;

    public static VirtualMachinePlan Plan(PlanningInput input)
    {
        List<PlanProblem> problems =
        [
            .. Preconditions.CheckDesired(input),
            .. Preconditions.CheckNamesakes(input),
            .. CheckAbsence(input),
            .. CheckDisks(input),
        ];
        return new VirtualMachinePlan { Actions = problems.Count == 0 ? [.. Actions(input)] : [], Problems = problems };
    }

    /// <summary>Plans for a VM of ours whose creation was cut off: the same creation again, which completes it.</summary>
    public static VirtualMachinePlan PlanCompletion(PlanningInput input, ObservedVirtualMachine half)
    {
        List<PlanProblem> problems = [.. Preconditions.Check(input, half), .. CheckDisks(input)];
        return new VirtualMachinePlan { Actions = problems.Count == 0 ? [.. Actions(input)] : [], Problems = problems };
    }

    private static IEnumerable<PlannedAction> Actions(PlanningInput input)
    {
        var desired = input.Desired;
        yield return new PlannedAction
        {
            Action = new CreateVirtualMachine(
                new VirtualMachineBlueprint
                {
                    Name = desired.VirtualMachineName,
                    Generation = desired.Generation ?? DefaultGeneration,
                    ProcessorCount = desired.ProcessorCount,
                    Memory = desired.Memory,
                    Disks = [.. (desired.Disks ?? []).Where(disk => !disk.InGuestIscsi)],
                    NetworkAdapters = desired.NetworkAdapters ?? [],
                    AutomaticStart = desired.AutomaticStart,
                    Owner = input.Owner,
                }
            ),
            Cause = ActionCause.Creation,
        };
        if (desired.PowerState == DesiredPowerState.Running)
        {
            yield return new PlannedAction { Action = new StartVirtualMachine(), Cause = ActionCause.Creation };
        }
    }

    private static IEnumerable<PlanProblem> CheckAbsence(PlanningInput input)
    {
        var key = input.Desired.Key;
        var name = input.Desired.VirtualMachineName;
        if (!input.InventoryComplete)
        {
            yield return new PlanProblem(
                PlanReasons.InventoryIncomplete,
                $"{name} is on no host that answers, and a host that does not answer may have it. Nothing is created until its agent "
                    + "is back.",
                Stalled: false
            );
        }
        else if (input.VirtualMachineId is { } bound && input.RecreateInPlaceOf != bound)
        {
            yield return new PlanProblem(
                PlanReasons.MissingVirtualMachine,
                $"{name} ({bound}) is on no host. It is never made anew by itself: import it again, or, if it is lost for good, annotate "
                    + $"{key} with exchangevirt.io/recreate: {bound}.",
                Stalled: true
            );
        }
    }

    private static IEnumerable<PlanProblem> CheckDisks(PlanningInput input)
    {
        foreach (var disk in input.Desired.Disks ?? [])
        {
            var identity = disk.VirtualHardDisk?.Path ?? disk.PassThroughUniqueId;
            var elsewhere = input.DisksElsewhere.FirstOrDefault(other =>
                string.Equals(other.Identity, identity, StringComparison.OrdinalIgnoreCase)
            );
            if (elsewhere is not null)
            {
                yield return new PlanProblem(
                    PlanReasons.DiskAttachedElsewhere,
                    $"Disk {disk.Name} of {input.Desired.Key} ({identity}) is attached to {elsewhere.VirtualMachine}. Detach it there, "
                        + "or correct spec.disks.",
                    Stalled: true,
                    SettingNames.Disk(disk.Name)
                );
            }
        }
    }
}

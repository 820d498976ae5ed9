using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Planning;

/// <summary>Plans for a VM whose declared object is being deleted: it is left, or unregistered once it is off.</summary>
internal static class DeletionPlanner
{
    public static VirtualMachinePlan Plan(PlanningInput input, DeletionPolicy policy)
    {
        if (policy == DeletionPolicy.Retain)
        {
            return new VirtualMachinePlan();
        }

        if (input.Observed is not { } observed)
        {
            // One that was never made, or that is on no host any more, leaves nothing to unregister.
            return input.VirtualMachineId is null || input.InventoryComplete
                ? new VirtualMachinePlan()
                : Refuse(
                    PlanReasons.InventoryIncomplete,
                    $"{input.Desired.VirtualMachineName} is on no host that answers; one that does not answer may have it. Bring its agent "
                        + "back, or set spec.deletionPolicy: Retain to let the object go.",
                    stalled: false
                );
        }

        if (observed.Owner != input.Owner || (input.VirtualMachineId is { } bound && bound != observed.Id))
        {
            // Not ours to delete: letting go of it is all that is asked.
            return new VirtualMachinePlan();
        }

        return Unregister(input, observed);
    }

    private static VirtualMachinePlan Unregister(PlanningInput input, ObservedVirtualMachine observed)
    {
        List<PlanProblem> refusals = [.. Preconditions.Check(input with { DesiredVerdicts = [] }, observed)];
        refusals.RemoveAll(problem =>
            problem.Reason is PlanReasons.UnsupportedDesiredValue or PlanReasons.GenerationMismatch
        );
        if (refusals.Count > 0)
        {
            return new VirtualMachinePlan { Problems = refusals };
        }

        if (observed.PowerState != PowerState.Off || observed.HasSavedState != false)
        {
            return Refuse(
                PlanReasons.DeletionWaitsForOff,
                $"{observed.Name} is {observed.PowerState}; it is unregistered once it is off, without a saved state. Shut it down, or "
                    + "set spec.deletionPolicy: Retain to let the object go and keep the VM.",
                stalled: true
            );
        }

        if (observed.Checkpoints is not { Count: 0 })
        {
            return Refuse(
                PlanReasons.DeletionWaitsForCheckpoints,
                $"{observed.Name} has checkpoints, or the host did not say; unregistering it would touch them. Let a backup end, delete "
                    + "users' checkpoints in Hyper-V, or set spec.deletionPolicy: Retain.",
                stalled: true
            );
        }

        return new VirtualMachinePlan
        {
            Actions =
            [
                new PlannedAction
                {
                    Action = new UnregisterVirtualMachine(),
                    NeedsOff = true,
                    Disruptive = true,
                    Reversible = false,
                    Cause = ActionCause.Deletion,
                },
            ],
        };
    }

    private static VirtualMachinePlan Refuse(string reason, string message, bool stalled) =>
        new() { Problems = [new PlanProblem(reason, message, stalled)] };
}

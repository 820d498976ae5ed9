using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Planning;

/// <summary>Turns the difference between what is asked and what is into ordered actions. Pure: the same facts give the same plan.</summary>
/// <remarks>
/// The plan knows no gate. Its first action is what comes next; the host is then observed and planned again.
/// It never holds an action that cuts power, resets, saves, pauses or resumes: none exists.
/// </remarks>
public static class Planner
{
    /// <summary>Plans for one declared VM.</summary>
    public static VirtualMachinePlan Plan(PlanningInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Observed switch
        {
            null => CreationPlanner.Plan(input),
            { CreationIncomplete: true } half when half.Owner == input.Owner => CreationPlanner.PlanCompletion(
                input,
                half
            ),
            var observed => PlanExisting(input, observed),
        };
    }

    /// <summary>Plans what becomes of the VM whose declared object is being deleted.</summary>
    /// <param name="input">The facts.</param>
    /// <param name="policy">What the object asks for on its deletion.</param>
    /// <returns>No actions and no problems: the object may go.</returns>
    public static VirtualMachinePlan PlanDeletion(PlanningInput input, DeletionPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(input);
        return DeletionPlanner.Plan(input, policy);
    }

    private static VirtualMachinePlan PlanExisting(PlanningInput input, ObservedVirtualMachine observed)
    {
        var comparison = new Comparison();
        CheckpointComparison.AddSettings(comparison, input, observed);
        HardwareComparison.Add(comparison, input, observed);
        DeviceComparison.AddNetworkAdapters(comparison, input, observed);
        DeviceComparison.AddDisks(comparison, input, observed);
        Withhold(comparison.Differences, input);

        var phase = RestartProgress.PhaseOf(input, observed);
        var power = PowerPlanner.Decide(input, observed, phase, comparison.Differences);
        phase = Finish(phase, observed, power, comparison.Differences);

        var existing = new Comparison();
        CheckpointComparison.AddExisting(
            existing,
            input,
            observed,
            powerStepsAhead: input.Restart is not null
                || (power.Start is not null && observed.PowerState != PowerState.Running)
        );
        Withhold(existing.Differences, input);
        comparison.Differences.InsertRange(2, existing.Differences);
        comparison.Problems.AddRange(existing.Problems);

        var refusals = Preconditions.Check(input, observed);
        return new PlanAssembly(input, observed, phase, comparison, power, refusals).Build();
    }

    private static void Withhold(List<SettingDifference> differences, PlanningInput input)
    {
        for (var i = 0; i < differences.Count; i++)
        {
            var difference = differences[i];
            if (difference.IsDrifted && input.Withheld.TryGetValue(difference.Name, out var reason))
            {
                differences[i] = SettingDifference.Blocked(
                    difference.Name,
                    difference.Desired,
                    difference.Observed,
                    reason
                );
            }
        }
    }

    /// <summary>A restart whose reason went away, or that has nothing left to do, is over.</summary>
    private static RestartPhase Finish(
        RestartPhase phase,
        ObservedVirtualMachine observed,
        PowerDecision power,
        List<SettingDifference> differences
    ) =>
        (phase, observed.PowerState) switch
        {
            (RestartPhase.Begun, PowerState.Running) when power.TakeDown is null => RestartPhase.Returned,
            (RestartPhase.Off, PowerState.Off)
                when power.Start is null && power.Problems.Count == 0 && !differences.Any(d => d.IsDrifted) =>
                RestartPhase.Returned,
            _ => phase,
        };
}

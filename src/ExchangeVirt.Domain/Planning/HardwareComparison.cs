using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Planning;

/// <summary>Compares processors, memory, and what the host does with the VM by itself.</summary>
internal static class HardwareComparison
{
    /// <summary>Below half of what a VM has, and below this, a smaller size looks mistyped.</summary>
    /// <remarks>Source: Microsoft's recommended memory for Exchange 2019 and later; rule mem-below-recommended.</remarks>
    private static readonly ByteSize s_mailboxRecommended = ByteSize.FromGibibytes(128);
    private static readonly ByteSize s_edgeRecommended = ByteSize.FromGibibytes(64);

    public static void Add(Comparison comparison, PlanningInput input, ObservedVirtualMachine observed)
    {
        var desired = input.Desired;
        comparison.Differences.Add(
            SettingDifference.Compare(
                SettingNames.ProcessorCount,
                $"{desired.ProcessorCount}",
                observed.ProcessorCount?.ToString(),
                new SetProcessorCount(desired.ProcessorCount),
                SettingPowerRequirement.ProcessorCount
            )
        );
        AddMemory(comparison, desired, observed);
        comparison.Differences.Add(
            SettingDifference.Compare(
                SettingNames.AutomaticStopAction,
                nameof(AutomaticStopAction.ShutDown),
                observed.AutomaticStopAction?.ToString(),
                new SetAutomaticStopAction(AutomaticStopAction.ShutDown),
                SettingPowerRequirement.AutomaticStopAction
            )
        );
        AddAutomaticStart(comparison, desired, observed);
        AddAutomaticRecovery(comparison, observed);
    }

    private static void AddMemory(Comparison comparison, DesiredVirtualMachine desired, ObservedVirtualMachine observed)
    {
        var difference = SettingDifference.Compare(
            SettingNames.Memory,
            SettingWords.FixedMemory(desired.Memory),
            observed.Memory is { } memory ? SettingWords.Memory(memory) : null,
            new SetFixedMemory(desired.Memory),
            observed.Memory is { Dynamic: true }
                ? SettingPowerRequirement.MemoryType
                : SettingPowerRequirement.FixedMemorySize
        );
        if (difference.IsDrifted && LooksMistyped(desired, observed.Memory!, out var has))
        {
            difference = SettingDifference.Blocked(
                difference.Name,
                difference.Desired,
                difference.Observed,
                PlanReasons.MemoryShrinksTooFar
            );
            comparison.Problems.Add(
                new PlanProblem(
                    PlanReasons.MemoryShrinksTooFar,
                    $"spec.memory.size of {desired.Key} asks for {desired.Memory}; {observed.Name} has {has}. "
                        + "Less than half, and below what Microsoft recommends, looks mistyped, so the memory is left as it is. "
                        + "Correct the size; if it is meant, go down in steps of at most a half.",
                    Stalled: true,
                    SettingNames.Memory
                )
            );
        }

        comparison.Differences.Add(difference);
    }

    private static bool LooksMistyped(DesiredVirtualMachine desired, ObservedMemory memory, out ByteSize has)
    {
        // A dynamic maximum says nothing: 1Ti is Hyper-V's default. What the guest holds or starts with does.
        has = memory.Startup;
        if (memory is { Dynamic: true, Assigned: { } assigned } && assigned > has)
        {
            has = assigned;
        }

        var recommended =
            desired.Exchange.Role == ExchangeRole.EdgeTransport ? s_edgeRecommended : s_mailboxRecommended;
        return desired.Memory < recommended && desired.Memory.Bytes < has.Bytes / 2;
    }

    private static void AddAutomaticStart(
        Comparison comparison,
        DesiredVirtualMachine desired,
        ObservedVirtualMachine observed
    )
    {
        if (desired.AutomaticStart is not { } start || observed.Clustered == true)
        {
            return;
        }

        var delayKnown = start.Delay is null || observed.AutomaticStartDelay is not null;
        comparison.Differences.Add(
            SettingDifference.Compare(
                SettingNames.AutomaticStartAction,
                SettingWords.AutomaticStart(start.Action, start.Delay),
                observed.AutomaticStartAction is { } action && delayKnown
                    ? SettingWords.AutomaticStart(action, start.Delay is null ? null : observed.AutomaticStartDelay)
                    : null,
                new SetAutomaticStartAction(start.Action, start.Delay),
                SettingPowerRequirement.AutomaticStartAction
            )
        );
    }

    private static void AddAutomaticRecovery(Comparison comparison, ObservedVirtualMachine observed)
    {
        const string NotRevert = "not Revert";
        comparison.Differences.Add(
            observed.AutomaticRecoveryAction switch
            {
                null => SettingDifference.Unknown(SettingNames.AutomaticRecoveryAction, NotRevert),
                AutomaticRecoveryAction.Revert => SettingDifference.Compare(
                    SettingNames.AutomaticRecoveryAction,
                    NotRevert,
                    nameof(AutomaticRecoveryAction.Revert),
                    new SetAutomaticRecoveryAction(AutomaticRecoveryAction.Restart),
                    SettingPowerRequirement.AutomaticRecoveryAction
                ),
                { } fine => SettingDifference.InSync(SettingNames.AutomaticRecoveryAction, NotRevert, fine.ToString()),
            }
        );
    }
}

using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Rules;

namespace ExchangeVirt.Domain.Planning;

/// <summary>What forbids any action on a VM, whatever is asked. All that applies is listed, so that a person mends it in one go.</summary>
internal static class Preconditions
{
    public static IReadOnlyList<PlanProblem> Check(PlanningInput input, ObservedVirtualMachine observed) =>
        [
            .. CheckDesired(input),
            .. CheckNamesakes(input),
            .. CheckKind(observed),
            .. CheckOwner(input, observed),
            .. CheckGeneration(input.Desired, observed),
        ];

    /// <summary>Checks what the manifest asks for by itself.</summary>
    public static IEnumerable<PlanProblem> CheckDesired(PlanningInput input)
    {
        var desired = input.Desired;
        if (input.Invalid is { } invalid)
        {
            // What it asks for is not known, so it is not judged either.
            yield return Stalled(
                PlanReasons.Invalid,
                $"{desired.Key} cannot be acted on: {invalid} Nothing is done until the manifest is corrected."
            );
            yield break;
        }

        foreach (
            var verdict in input.DesiredVerdicts.Where(v =>
                v is { Verdict: Verdict.Violated, Severity: Severity.Unsupported }
            )
        )
        {
            yield return Stalled(
                PlanReasons.UnsupportedDesiredValue,
                $"What {desired.Key} asks for breaks {verdict.Rule}: {verdict.Message} Nothing is done until the manifest is corrected."
            );
        }

        // Held here as well as in the rules, because a plan must not depend on somebody having asked them.
        var minimum = ByteSize.FromGibibytes(desired.Exchange.Role == ExchangeRole.EdgeTransport ? 4 : 8);
        const string Rule = "mem-below-minimum";
        if (
            desired.Memory < minimum
            && !input.DesiredVerdicts.Any(v => v.Rule == Rule && v.Verdict == Verdict.Violated)
        )
        {
            yield return Stalled(
                PlanReasons.UnsupportedDesiredValue,
                $"spec.memory.size of {desired.Key} asks for {desired.Memory}; no Exchange server of role {desired.Exchange.Role} is "
                    + $"supported below {minimum} ({Rule}). Correct the manifest."
            );
        }
    }

    /// <summary>Checks that the VM's name means one VM.</summary>
    public static IEnumerable<PlanProblem> CheckNamesakes(PlanningInput input)
    {
        if (input.Namesakes.Count > 0)
        {
            yield return Stalled(
                PlanReasons.DuplicateVirtualMachine,
                $"{input.Desired.VirtualMachineName} is seen more than once, also at {string.Join(", ", input.Namesakes)}. "
                    + "Nobody can tell which one is meant: rename or remove all but one."
            );
        }
    }

    private static IEnumerable<PlanProblem> CheckKind(ObservedVirtualMachine observed)
    {
        switch (observed.ReplicationMode)
        {
            case null:
                yield return new PlanProblem(
                    PlanReasons.ReplicationUnknown,
                    $"The host did not say whether {observed.Name} is a Hyper-V Replica copy. Nothing is done until it does.",
                    Stalled: false
                );
                break;
            case ReplicationMode.Replica or ReplicationMode.TestReplica or ReplicationMode.ExtendedReplica:
                yield return Stalled(
                    PlanReasons.ReplicaCopy,
                    $"{observed.Name} ({observed.Id}) is a Hyper-V Replica copy ({observed.ReplicationMode}) and is never touched. "
                        + "Point the manifest to the primary, or end the replication."
                );
                break;
        }

        switch (observed.Clustered)
        {
            case null:
                yield return new PlanProblem(
                    PlanReasons.ClusterStateUnknown,
                    $"The host did not say whether a failover cluster runs {observed.Name}. Nothing is done until it does.",
                    Stalled: false
                );
                break;
            case true:
                yield return Stalled(
                    PlanReasons.ClusteredNotAvailableYet,
                    $"A failover cluster runs {observed.Name}; clustered VMs are not available yet, so it is only watched."
                );
                break;
        }
    }

    private static IEnumerable<PlanProblem> CheckOwner(PlanningInput input, ObservedVirtualMachine observed)
    {
        if (observed.Owner is { } owner && owner != input.Owner)
        {
            yield return Stalled(
                PlanReasons.OwnedByAnother,
                $"{observed.Name} ({observed.Id}) carries the mark of {owner.Object} of installation {owner.Installation}; this is "
                    + $"{input.Owner.Object} of {input.Owner.Installation}. If that owner is gone, remove its line from the VM's Notes."
            );
            yield break;
        }

        if (input.VirtualMachineId is { } bound && bound != observed.Id && input.RecreateInPlaceOf != bound)
        {
            yield return Stalled(
                PlanReasons.VirtualMachineReplaced,
                $"{input.Desired.Key} is bound to VM {bound}; the {observed.Name} that is there is {observed.Id}, perhaps a restored "
                    + $"copy. Remove it, or annotate {input.Desired.Key} with exchangevirt.io/recreate: {bound} to give the old one up."
            );
            yield break;
        }

        if (observed.Owner is null && input.VirtualMachineId != observed.Id && !input.Desired.AdoptIfExists)
        {
            yield return Stalled(
                PlanReasons.AdoptionRefused,
                $"A VM named {observed.Name} ({observed.Id}) is already there and was not made from {input.Desired.Key}. "
                    + "Set spec.adoption: IfExists to take it over, or choose another spec.virtualMachineName."
            );
        }
    }

    private static IEnumerable<PlanProblem> CheckGeneration(
        DesiredVirtualMachine desired,
        ObservedVirtualMachine observed
    )
    {
        if (desired.Generation is { } wanted && observed.Generation is { } has && wanted != has)
        {
            yield return Stalled(
                PlanReasons.GenerationMismatch,
                $"spec.virtualMachineGeneration of {desired.Key} is {wanted}; {observed.Name} is generation {has}, which Hyper-V "
                    + "cannot change. Correct the manifest, or make a new VM."
            );
        }
    }

    private static PlanProblem Stalled(string reason, string message) => new(reason, message, Stalled: true);
}

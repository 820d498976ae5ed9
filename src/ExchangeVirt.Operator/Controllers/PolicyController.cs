using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Operator.Controllers;

/// <summary>Says whether a policy can be understood on this machine: its schedules and its time zones.</summary>
public sealed class PolicyController(IResourceStore store, TimeProvider time) : IEntityController<VirtualizationPolicy>
{
    /// <inheritdoc />
    public async Task<ReconciliationResult<VirtualizationPolicy>> ReconcileAsync(
        VirtualizationPolicy entity,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var generation = entity.Metadata.Generation ?? 0;
        entity.Status = new VirtualizationPolicyStatus
        {
            ObservedGeneration = generation,
            Conditions = Conditions.After(entity.Status?.Conditions, Findings(entity, now), generation, now),
        };
        entity = await store.UpdateStatusAsync(entity, cancellationToken);
        return ReconciliationResult<VirtualizationPolicy>.Success(entity);
    }

    /// <inheritdoc />
    public Task<ReconciliationResult<VirtualizationPolicy>> DeletedAsync(
        VirtualizationPolicy entity,
        CancellationToken cancellationToken
    ) => Task.FromResult(ReconciliationResult<VirtualizationPolicy>.Success(entity));

    private static IReadOnlyList<Finding> Findings(VirtualizationPolicy entity, DateTimeOffset now)
    {
        if (Soundness.Describe(Soundness.Check(entity)) is { } unsound)
        {
            return Refused($"{unsound} Until it is corrected, nothing is done for the VMs that follow this policy.");
        }

        try
        {
            MaintenanceSchedule.Intervals(entity.Spec.MaintenanceWindows, now);
            return [new Finding(ConditionTypes.Ready, true, Reasons.Accepted, "The policy is in force.")];
        }
        catch (FormatException exception)
        {
            return Refused($"{exception.Message} Until it is corrected no maintenance window opens.");
        }
    }

    private static IReadOnlyList<Finding> Refused(string message) =>
        [
            new Finding(ConditionTypes.Ready, false, Reasons.Invalid, message),
            new Finding(ConditionTypes.Stalled, true, Reasons.Invalid, message),
        ];
}

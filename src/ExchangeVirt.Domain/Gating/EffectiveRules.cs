using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Gating;

/// <summary>What a VM and its policy allow together: the stricter of both.</summary>
/// <param name="Enforcement">Whether differences are corrected.</param>
/// <param name="Disruption">When the VM may be disrupted.</param>
/// <param name="RemoveUserCheckpoints">When users' checkpoints may be merged; only the policy says.</param>
public sealed record EffectiveRules(
    Enforcement Enforcement,
    Disruption Disruption,
    CheckpointRemoval RemoveUserCheckpoints
)
{
    /// <summary>Takes the stricter of policy and VM, field by field.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="enforcement">The VM's own word; null: the policy's.</param>
    /// <param name="disruption">The VM's own word; null: the policy's.</param>
    public static EffectiveRules Of(Policy policy, Enforcement? enforcement, Disruption? disruption)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return new EffectiveRules(
            Stricter(policy.Enforcement, enforcement),
            Stricter(policy.Disruption, disruption),
            policy.RemoveUserCheckpoints
        );
    }

    // Both enumerations are declared strictest first.
    private static T Stricter<T>(T policy, T? own)
        where T : struct, Enum => own is { } value && Comparer<T>.Default.Compare(value, policy) < 0 ? value : policy;
}

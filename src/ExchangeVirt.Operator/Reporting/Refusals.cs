using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Planning;

namespace ExchangeVirt.Operator.Reporting;

/// <summary>
/// Words what declarations are refused for, as long as they are as they are: in status, and in what is told of manifests that
/// are not applied yet.
/// </summary>
public static class Refusals
{
    /// <summary>Says that a VM's own manifest cannot be acted on.</summary>
    /// <param name="wrong">What is wrong with it.</param>
    public static PlanProblem Invalid(string wrong) =>
        Of(Reasons.Invalid, $"{wrong} Nothing is done until the manifest is corrected.");

    /// <summary>Says that a VM's policy cannot be followed.</summary>
    /// <param name="policy">Its name.</param>
    /// <param name="wrong">What is wrong with it.</param>
    public static PlanProblem InvalidPolicy(string policy, string wrong) =>
        Of(
            GateReasons.PolicyInvalid,
            $"The VirtualizationPolicy '{policy}' cannot be followed: {wrong} Correct it; nothing is done until then."
        );

    /// <summary>Says that a VM's DAG cannot be reckoned with.</summary>
    /// <param name="group">Its name.</param>
    /// <param name="wrong">What is wrong with it.</param>
    public static PlanProblem InvalidGroup(string? group, string wrong) =>
        Of(
            GateReasons.AvailabilityGroupInvalid,
            $"The DatabaseAvailabilityGroup '{group}' cannot be reckoned with: {wrong} Correct it; nothing is done until then."
        );

    /// <summary>Says that a VM's policy does not exist.</summary>
    /// <param name="policy">Its name.</param>
    public static PlanProblem MissingPolicy(string policy) =>
        Of(
            Reasons.UnknownPolicy,
            $"spec.policyName names the VirtualizationPolicy '{policy}', which does not exist. Apply it, or correct the name; nothing is done until then."
        );

    /// <summary>Says that a VM's DAG does not exist.</summary>
    /// <param name="group">Its name.</param>
    /// <param name="inNamespace">The VM's namespace.</param>
    public static PlanProblem MissingGroup(string group, string inNamespace) =>
        Of(
            Reasons.UnknownAvailabilityGroup,
            $"spec.exchange.databaseAvailabilityGroup names '{group}', which does not exist in namespace {inNamespace}. Apply it, or correct the name; nothing is done until then."
        );

    private static PlanProblem Of(string reason, string message) => new(reason, message, Stalled: true);
}

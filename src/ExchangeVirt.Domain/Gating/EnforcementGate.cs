using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Gating;

/// <summary>Gate 2: the stricter of policy and VM says whether anything is changed.</summary>
internal static class EnforcementGate
{
    // Observe, like an off switch, must not leave down what we took down ourselves.
    public static GateDecision.Closed? Check(GateInput input, bool bringsBack) =>
        input.Rules.Enforcement == Enforcement.Enforce || bringsBack
            ? null
            : new GateDecision.Closed(
                GateName.Enforcement,
                GateReasons.ObserveOnly,
                $"{input.VirtualMachine.Key} is only observed. Set enforcement: Enforce on its policy, and not Observe on itself, to have it "
                    + "corrected."
            );
}

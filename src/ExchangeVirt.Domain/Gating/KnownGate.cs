namespace ExchangeVirt.Domain.Gating;

/// <summary>Gate 3: nothing is done on facts that are missing or old.</summary>
internal static class KnownGate
{
    public static GateDecision.Closed? Check(GateInput input, bool bringsBack)
    {
        var host = input.Host;
        if (!host.Reachable)
        {
            var why = host.UnreachableReason is { Length: > 0 } reason ? $": {reason}" : "";
            return Closed(
                GateReasons.HostUnreachable,
                $"The agent on {host.Name} does not answer{why}. Look at the exvirt-agent service there."
            );
        }

        if (host.FactAge is not { } age || age > host.MaximumFactAge)
        {
            // No age that grows from pass to pass: what stands in status is written only when it changes.
            var old = host.FactAge is null ? "missing" : $"older than {host.MaximumFactAge.TotalSeconds:0} s";
            return Closed(
                GateReasons.FactsTooOld,
                $"What is known of {host.Name} is {old}. It opens with the next full read."
            );
        }

        if (!host.ClusterStateKnown)
        {
            return Closed(
                GateReasons.ClusterUnknown,
                $"The failover cluster of {host.Name} does not tell its state. Look at the cluster service and the agent's rights in it."
            );
        }

        // A policy or a DAG that is pruned or goes wrong in mid-restart must not leave down what we took down ourselves.
        return bringsBack ? null : CheckReferences(input);
    }

    private static GateDecision.Closed? CheckReferences(GateInput input)
    {
        var key = input.VirtualMachine.Key;
        if (input.MissingPolicy is { } policy)
        {
            return Closed(
                GateReasons.PolicyNotFound,
                $"{key} names the policy {policy}, which does not exist. Create it or correct spec.policyName."
            );
        }

        if (input.InvalidPolicy is { } wrongPolicy)
        {
            return Closed(
                GateReasons.PolicyInvalid,
                $"The policy of {key} cannot be followed: {wrongPolicy} Correct the policy; nothing is done until then."
            );
        }

        if (input.VirtualMachine.Exchange.AvailabilityGroup is not { } group)
        {
            return null;
        }

        if (input.InvalidAvailabilityGroup is { } wrongGroup)
        {
            return Closed(
                GateReasons.AvailabilityGroupInvalid,
                $"The DAG {group} of {key} cannot be reckoned with: {wrongGroup} Correct the DAG; nothing is done until then."
            );
        }

        return input.AvailabilityGroup is null
            ? Closed(
                GateReasons.AvailabilityGroupNotFound,
                $"{key} names the DAG {group}, which does not exist. Create it or correct "
                    + "spec.exchange.databaseAvailabilityGroup."
            )
            : null;
    }

    private static GateDecision.Closed Closed(string reason, string message) => new(GateName.Known, reason, message);
}

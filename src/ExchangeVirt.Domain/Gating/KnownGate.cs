namespace ExchangeVirt.Domain.Gating;

/// <summary>Gate 3: nothing is done on facts that are missing or old.</summary>
internal static class KnownGate
{
    public static GateDecision.Closed? Check(GateInput input)
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
            var old = host.FactAge is { } known ? $"{known.TotalSeconds:0} s old" : "missing";
            return Closed(
                GateReasons.FactsTooOld,
                $"What is known of {host.Name} is {old} (at most {host.MaximumFactAge.TotalSeconds:0} s). It opens with the next full read."
            );
        }

        if (!host.ClusterStateKnown)
        {
            return Closed(
                GateReasons.ClusterUnknown,
                $"The failover cluster of {host.Name} does not tell its state. Look at the cluster service and the agent's rights in it."
            );
        }

        if (input.MissingPolicy is { } policy)
        {
            return Closed(
                GateReasons.PolicyNotFound,
                $"{input.VirtualMachine.Key} names the policy {policy}, which does not exist. Create it or correct spec.policyName."
            );
        }

        return input.VirtualMachine.Exchange.AvailabilityGroup is { } group && input.AvailabilityGroup is null
            ? Closed(
                GateReasons.AvailabilityGroupNotFound,
                $"{input.VirtualMachine.Key} names the DAG {group}, which does not exist. Create it or correct "
                    + "spec.exchange.databaseAvailabilityGroup."
            )
            : null;
    }

    private static GateDecision.Closed Closed(string reason, string message) => new(GateName.Known, reason, message);
}

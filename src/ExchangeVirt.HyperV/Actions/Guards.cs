using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.HyperV.Reading;

namespace ExchangeVirt.HyperV.Actions;

/// <summary>Refuses what must not be done, whoever asks and whatever was planned.</summary>
internal static class Guards
{
    /// <summary>Gets the installation that the agent serves.</summary>
    public static string Installation(HyperVDriverOptions options) =>
        options.Installation()
        ?? throw new HyperVException(
            FaultKind.Forbidden,
            HyperVReasons.AgentNotBound,
            "This agent is bound to no installation yet, so it changes nothing. The first operator that connects binds it."
        );

    public static void RequireInstallation(OwnerMark owner, string installation)
    {
        if (owner.Installation != installation)
        {
            throw new HyperVException(
                FaultKind.Forbidden,
                HyperVReasons.OtherInstallation,
                $"{owner.Object} belongs to the installation {owner.Installation}; this host's agent serves {installation}."
            );
        }
    }

    public static void RequireBound(VirtualMachineReading vm, VirtualMachineAction action, string installation)
    {
        if (action is MarkOwner mark)
        {
            RequireInstallation(mark.Owner, installation);
            if (vm.Observed.Owner is { } present && present != mark.Owner)
            {
                throw new HyperVException(
                    FaultKind.Forbidden,
                    HyperVReasons.OwnedByAnother,
                    $"{vm.Label} is bound to {present.Object} of the installation {present.Installation}. Remove that line from its "
                        + $"Notes by hand if {mark.Owner.Object} is to take it over."
                );
            }

            return;
        }

        if (vm.Observed.Owner is not { } owner)
        {
            throw new HyperVException(
                FaultKind.Forbidden,
                HyperVReasons.NotBound,
                $"{vm.Label} carries no owner mark: this product neither created nor adopted it, so {action.Name} is refused."
            );
        }

        RequireInstallation(owner, installation);
    }

    public static void RequireNotReplica(VirtualMachineReading vm)
    {
        switch (vm.Observed.ReplicationMode)
        {
            case ReplicationMode.None or ReplicationMode.Primary:
                return;
            case null:
                throw new HyperVException(
                    FaultKind.FailedPrecondition,
                    HyperVReasons.ReplicationUnknown,
                    $"The host does not say whether {vm.Label} is a Hyper-V Replica copy, and a copy is never touched."
                );
            case var mode:
                throw new HyperVException(
                    FaultKind.Forbidden,
                    HyperVReasons.ReplicaCopy,
                    $"{vm.Label} is a Hyper-V Replica copy ({mode}); copies are never touched."
                );
        }
    }

    public static void RequireFingerprint(VirtualMachineReading vm, string expected)
    {
        if (vm.Observed.Fingerprint != expected)
        {
            throw new HyperVException(
                FaultKind.FailedPrecondition,
                HyperVReasons.FactsChanged,
                $"The settings of {vm.Label} are not those that the action was planned from. Observe and plan afresh."
            );
        }
    }

    public static void RequireNotBusy(VirtualMachineReading vm, Exception? because = null)
    {
        if (vm.Observed.Operation is not VirtualMachineOperation.None)
        {
            throw new HyperVException(
                FaultKind.Busy,
                HyperVReasons.VirtualMachineBusy,
                $"{vm.Label} is busy ({vm.Observed.Operation}); nothing is asked of it until that has ended.",
                null,
                because
            );
        }
    }

    /// <summary>Refuses what must go through the failover cluster, and what cannot be told from it.</summary>
    public static void RequireNotClustered(VirtualMachineReading vm, string action)
    {
        if (vm.Observed.Clustered is null)
        {
            throw new HyperVException(
                FaultKind.FailedPrecondition,
                HyperVReasons.ClusterUnknown,
                $"The cluster service on this host did not answer, so it is not known whether it runs {vm.Label}; {action} waits."
            );
        }

        if (vm.Observed.Clustered is true)
        {
            throw new HyperVException(
                FaultKind.Forbidden,
                HyperVReasons.ClusteredVirtualMachine,
                $"A failover cluster runs {vm.Label}; {action} goes through the cluster and never around it."
            );
        }
    }

    /// <summary>Refuses a power state that an action is not made for.</summary>
    public static HyperVException WrongState(VirtualMachineReading vm, string action, string wanted) =>
        new(
            FaultKind.FailedPrecondition,
            HyperVReasons.WrongPowerState,
            $"{vm.Label} is {vm.Observed.PowerState}; {action} is done only while it is {wanted}."
        );
}

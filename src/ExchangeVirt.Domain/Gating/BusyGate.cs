using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;

namespace ExchangeVirt.Domain.Gating;

/// <summary>Gate 4: while Hyper-V, a backup or an action of ours is at work on the VM, nothing else is asked of it.</summary>
internal static class BusyGate
{
    public static GateDecision.Closed? Check(GateInput input, PlannedAction action)
    {
        var name = input.VirtualMachine.VirtualMachineName;

        // A VM that is yet to be made has nobody at work on it.
        if (action.Action is not CreateVirtualMachine && input.Operation is null)
        {
            return Closed(
                GateReasons.OperationUnknown,
                $"{input.Host.Name} did not say whether Hyper-V is at work on {name}. It opens with the next full read."
            );
        }

        if (input.Operation is { } operation and not VirtualMachineOperation.None)
        {
            return Closed(
                GateReasons.HyperVBusy,
                $"Hyper-V is at work on {name} ({operation}). It opens when that has ended; nothing is cut short."
            );
        }

        if (input.OperationsInFlight is [var flight, ..])
        {
            return Closed(
                GateReasons.ActionInFlight,
                $"The agent on {input.Host.Name} is still busy with {flight.Action} on {name} since {flight.StartedAt:u}."
            );
        }

        return action.Action is MergeCheckpoint && input.MergingNeighbour is { } neighbour
            ? Closed(
                GateReasons.VolumeMerging,
                $"A checkpoint of {neighbour} is being merged on a volume of {name}; one merge per volume."
            )
            : null;
    }

    private static GateDecision.Closed Closed(string reason, string message) => new(GateName.Busy, reason, message);
}

using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;

namespace ExchangeVirt.Domain.Gating;

/// <summary>Gate 8: one slot in a DAG, and quorum; a Mailbox server in no DAG must be declared standalone.</summary>
internal static class AvailabilityGroupGate
{
    public static GateDecision.Closed? Check(GateInput input, PlannedAction action)
    {
        if (!action.Disruptive)
        {
            return null;
        }

        var exchange = input.VirtualMachine.Exchange;
        if (input.AvailabilityGroup is { } facts)
        {
            return AvailabilityGroupBudget.Check(
                    facts,
                    input.VirtualMachine.Key.Name,
                    input.Restart?.Id,
                    input.MaintenanceAttested,
                    input.Now
                ) as GateDecision.Closed;
        }

        return exchange is { Role: ExchangeRole.Mailbox, Standalone: false }
            ? new GateDecision.Closed(
                GateName.AvailabilityGroup,
                GateReasons.NoAvailabilityGroup,
                $"{input.VirtualMachine.Key} is a Mailbox server in no DAG and not declared standalone, so that it is never disrupted. Set "
                    + "spec.exchange.databaseAvailabilityGroup, or standalone: true."
            )
            : null;
    }

    /// <summary>Checks what recovery and a restart once begun are still asked: the member's own lock, and another copy before a saved state is lost.</summary>
    public static GateDecision.Closed? CheckRecovery(GateInput input, PlannedAction action)
    {
        if (input.AvailabilityGroup is not { } facts)
        {
            return null;
        }

        var member = input.VirtualMachine.Key.Name;
        return AvailabilityGroupBudget.CheckOwnLock(facts, member, input.Restart?.Id)
            ?? (
                action.Action is DiscardSavedState
                    ? AvailabilityGroupBudget.CheckOtherCopy(facts, member, input.Now)
                    : null
            );
    }
}

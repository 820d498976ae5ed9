namespace ExchangeVirt.Domain.Gating;

/// <summary>Gate 1: a person stopped it. Asked again before each action.</summary>
internal static class PausedGate
{
    public static GateDecision.Closed? Check(GateInput input, bool bringsBack)
    {
        if (input.HoldReason is { } hold)
        {
            var why = hold.Length == 0 ? "" : $" ({hold})";
            return Closed(
                GateReasons.Held,
                $"{input.VirtualMachine.Key} is held{why}. Remove its annotation exchangevirt.io/hold."
            );
        }

        // An off switch pulled in mid-restart must not leave the member down; the host's own switch stops even that.
        var pause = input
            .Pauses.Where(pause => !bringsBack || pause.Scope == PauseScope.Agent)
            .OrderBy(pause => pause.Scope)
            .FirstOrDefault();
        return pause is null ? null : Describe(input, pause);
    }

    private static GateDecision.Closed Describe(GateInput input, Pause pause)
    {
        var who =
            (pause.By is { } by ? $" by {by}" : "") + (pause.Reason is { Length: > 0 } reason ? $": {reason}" : "");
        return pause.Scope switch
        {
            PauseScope.VirtualMachine => Closed(
                GateReasons.VirtualMachineOnPause,
                $"{input.VirtualMachine.Key} is paused{who}. Set spec.paused: false."
            ),
            PauseScope.Policy => Closed(
                GateReasons.PolicyOnPause,
                $"The policy of {input.VirtualMachine.Key} is paused{who}. Set its spec.paused: false."
            ),
            PauseScope.Everywhere when pause is { Assumed: true, Reason: { } why } => Closed(
                GateReasons.EverythingOnPause,
                why
            ),
            PauseScope.Everywhere => Closed(
                GateReasons.EverythingOnPause,
                $"Everything is paused{who}. Go on with exvirt resume --all{pause.CommandOptions}."
            ),
            _ => Closed(
                GateReasons.AgentOnPause,
                $"The agent on {input.Host.Name} is paused{who}. Go on with exvirt-agent resume on that host."
            ),
        };
    }

    private static GateDecision.Closed Closed(string reason, string message) => new(GateName.Paused, reason, message);
}

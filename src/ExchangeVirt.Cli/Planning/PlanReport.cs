using ExchangeVirt.Operator.Previewing;

namespace ExchangeVirt.Cli.Planning;

/// <summary>Says what would be done about an estate, for people and for programs.</summary>
/// <param name="VirtualMachines">Each machine, by name.</param>
/// <param name="UnreachableHosts">The hosts that could not be read, each with the reason.</param>
internal sealed record PlanReport(
    IReadOnlyList<MachinePlan> VirtualMachines,
    IReadOnlyDictionary<string, string> UnreachableHosts
)
{
    /// <summary>Reads the report off a plan.</summary>
    public static PlanReport Of(EstatePlan plan) =>
        new([.. plan.VirtualMachines.Select(MachinePlan.Of)], plan.UnreachableHosts);

    /// <summary>Writes it for people.</summary>
    public void Write(TextWriter output)
    {
        foreach (var (host, reason) in UnreachableHosts)
        {
            output.WriteLine($"{host} cannot be read, so nothing is planned on it: {reason}");
        }

        foreach (var machine in VirtualMachines)
        {
            machine.Write(output);
        }

        var actions = VirtualMachines.SelectMany(static machine => machine.Actions).ToList();
        output.WriteLine();
        output.WriteLine(
            $"{actions.Count} actions on {VirtualMachines.Count(static machine => machine.Actions.Count > 0)} of {VirtualMachines.Count} machines, "
                + $"{VirtualMachines.Count(static machine => machine.Restart)} restarts; {actions.Count(static action => action.BlockedBy is not null)} actions wait. Nothing was changed."
        );
    }
}

/// <summary>Says what would be done about one machine.</summary>
/// <param name="Name">Its namespace and name.</param>
/// <param name="Host">Where it is or would go; null where nowhere.</param>
/// <param name="Placement">Why it fits nowhere, or why it goes there; null where placement was not asked.</param>
/// <param name="Restart">Whether the plan restarts it.</param>
/// <param name="Actions">The actions in order.</param>
/// <param name="Problems">What only a person can solve.</param>
internal sealed record MachinePlan(
    string Name,
    string? Host,
    string? Placement,
    bool Restart,
    IReadOnlyList<PlannedStep> Actions,
    IReadOnlyList<string> Problems
)
{
    /// <summary>Reads it off a preview.</summary>
    public static MachinePlan Of(VirtualMachinePreview preview)
    {
        var decision = preview.Decision;
        return new MachinePlan(
            decision.Situation.Key.ToString(),
            preview.Host,
            decision.Placement?.Message,
            decision.Plan.NeedsRestart,
            [
                .. decision.Actions.Select(static action => new PlannedStep(
                    action.Planned.Action.Name,
                    action.Planned.Setting,
                    action.Planned.NeedsOff,
                    action.Planned.Disruptive,
                    action.Closed?.Gate.ToString(),
                    action.Closed?.Message,
                    action.Closed?.OpensAt
                )),
            ],
            [.. decision.Plan.Problems.Select(static problem => $"{problem.Reason}: {problem.Message}")]
        );
    }

    /// <summary>Writes it for people.</summary>
    public void Write(TextWriter output)
    {
        output.WriteLine();
        output.WriteLine(
            $"{Name}: {(Host is null ? "on no host" : $"on {Host}")}{(Restart ? ", with one restart" : "")}"
        );
        if (Placement is not null && Host is null)
        {
            output.WriteLine($"  {Placement.ReplaceLineEndings("\n  ")}");
        }

        foreach (var problem in Problems)
        {
            output.WriteLine($"  ! {problem}");
        }

        if (Actions.Count == 0 && Problems.Count == 0 && Host is not null)
        {
            output.WriteLine("  as declared");
        }

        string? said = null;
        var number = 0;
        foreach (var action in Actions)
        {
            number++;
            var marks = (action.NeedsOff, action.Disruptive) switch
            {
                (true, _) => " (off)",
                (_, true) => " (disruptive)",
                _ => "",
            };
            output.WriteLine(
                $"  {number}. {action.Name}{marks}{(action.BlockedBy is null ? "" : $"  waits: {action.BlockedBy}")}"
            );
            if (action.Message is { } message && message != said)
            {
                said = message;
                output.WriteLine($"     {message}");
            }
        }
    }
}

/// <summary>One action of a plan.</summary>
/// <param name="Name">The action.</param>
/// <param name="Setting">The setting that it corrects; null where it corrects none.</param>
/// <param name="NeedsOff">Whether the machine must be off.</param>
/// <param name="Disruptive">Whether Exchange notices.</param>
/// <param name="BlockedBy">The gate that it waits for; null where it would be done now.</param>
/// <param name="Message">Why it waits.</param>
/// <param name="OpensAt">When the gate opens; null where nobody knows.</param>
internal sealed record PlannedStep(
    string Name,
    string? Setting,
    bool NeedsOff,
    bool Disruptive,
    string? BlockedBy,
    string? Message,
    DateTimeOffset? OpensAt
);

using System.Text.Json.Serialization;
using ExchangeVirt.Cli.Demo;
using ExchangeVirt.Cli.Estates;
using ExchangeVirt.Operator.Previewing;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Cli.Planning;

/// <summary>What a plan rests on; it always says so.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PlanBasis>))]
internal enum PlanBasis
{
    /// <summary>Every host's agent was asked.</summary>
    Hosts,

    /// <summary>What the operator last wrote into status; no host was asked.</summary>
    Status,
}

/// <summary>Says what would be done about an estate, for people and for programs.</summary>
/// <param name="Basis">What it rests on.</param>
/// <param name="VirtualMachines">Each machine, by name.</param>
/// <param name="UnreachableHosts">The hosts that could not be read, each with the reason.</param>
internal sealed record PlanReport(
    PlanBasis Basis,
    IReadOnlyList<MachinePlan> VirtualMachines,
    IReadOnlyDictionary<string, string> UnreachableHosts
)
{
    /// <summary>What was not known when it was worked out.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>Reads the report off a plan.</summary>
    public static PlanReport Of(EstatePlan plan) =>
        new(PlanBasis.Hosts, [.. plan.VirtualMachines.Select(MachinePlan.Of)], plan.UnreachableHosts);

    /// <summary>Reads what is pending off the machines' status, as the operator last wrote it.</summary>
    public static PlanReport Of(EstateObjects objects) =>
        new(
            PlanBasis.Status,
            [.. objects.Machines.Select(MachinePlan.Of)],
            new SortedDictionary<string, string>(
                objects
                    .Hosts.Select(static host =>
                        (host.Metadata.Name, Ready: MachineLine.Condition(host.Status, "Ready"))
                    )
                    .Where(static host => host.Ready is { Status: "False" })
                    .ToDictionary(
                        static host => host.Name,
                        static host => $"{host.Ready!.Reason}: {host.Ready.Message}",
                        StringComparer.Ordinal
                    ),
                StringComparer.Ordinal
            )
        );

    /// <summary>Writes it for people.</summary>
    public void Write(TextWriter output)
    {
        if (Basis is PlanBasis.Status)
        {
            output.WriteLine("From status as the operator last wrote it; no host was asked.");
        }

        foreach (var remark in Remarks)
        {
            output.WriteLine(remark);
        }

        foreach (var (host, reason) in UnreachableHosts)
        {
            output.WriteLine(
                Basis is PlanBasis.Hosts
                    ? $"{host} cannot be read, so nothing is planned on it: {reason}"
                    : $"{host} is not Ready: {reason}"
            );
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
/// <param name="Problems">What is in the way, for people to solve.</param>
/// <param name="Operation">What is under way; null where nothing is, or where it was not asked for.</param>
internal sealed record MachinePlan(
    string Name,
    string? Host,
    string? Placement,
    bool Restart,
    IReadOnlyList<PlannedStep> Actions,
    IReadOnlyList<string> Problems,
    string? Operation = null
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

    /// <summary>Reads it off a machine's status.</summary>
    public static MachinePlan Of(ExchangeVirtualMachine machine)
    {
        var status = machine.Status;
        var ready = MachineLine.Condition(status, "Ready");
        var placed = MachineLine.Condition(status, "Placed");
        return new MachinePlan(
            $"{machine.Metadata.NamespaceProperty}/{machine.Metadata.Name}",
            status?.Host ?? status?.Placement?.Host,
            placed is { Status: "False" } ? placed.Message : null,
            status?.Pending?.Restart == true,
            [
                .. (status?.Pending?.Actions ?? []).Select(action => new PlannedStep(
                    action.Name,
                    action.Subject,
                    action.NeedsOff,
                    // Status does not tell.
                    Disruptive: null,
                    action.BlockedBy,
                    action.Message,
                    action.BlockedBy is null ? null : status!.Pending!.NotBefore
                )),
            ],
            [.. InTheWay(machine, ready, placed)],
            status?.Operation is { } operation
                ? $"{operation.Name}{(operation.Stage is null ? "" : $", {operation.Stage}")}{(operation.StartedAt is { } since ? $", since {since:u}" : "")}"
                : null
        );
    }

    private static IEnumerable<string> InTheWay(
        ExchangeVirtualMachine machine,
        StatusCondition? ready,
        StatusCondition? placed
    )
    {
        if (machine.Status is not { } status || status.ObservedGeneration < 0)
        {
            yield return "the operator has not looked at it yet";
        }
        else if (status.ObservedGeneration < machine.Metadata.Generation)
        {
            yield return $"the operator has looked at generation {status.ObservedGeneration}, and not yet at {machine.Metadata.Generation}, which is declared";
        }

        // What placement or an action says already is not said twice.
        if (
            ready is { Status: not "True" }
            && ready.Message != placed?.Message
            && machine.Status?.Pending?.Actions?.Any(action => action.Message == ready.Message) is not true
        )
        {
            yield return $"{ready.Reason}: {ready.Message}";
        }
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

        if (Operation is not null)
        {
            output.WriteLine($"  under way: {Operation}");
        }

        if (Actions.Count == 0 && Problems.Count == 0 && Operation is null && Host is not null)
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
/// <param name="Disruptive">Whether Exchange notices; null where that is not told.</param>
/// <param name="BlockedBy">The gate that it waits for, or its reason as status has it; null where it would be done now.</param>
/// <param name="Message">Why it waits.</param>
/// <param name="OpensAt">When the gate opens; null where nobody knows.</param>
internal sealed record PlannedStep(
    string Name,
    string? Setting,
    bool NeedsOff,
    bool? Disruptive,
    string? BlockedBy,
    string? Message,
    DateTimeOffset? OpensAt
);

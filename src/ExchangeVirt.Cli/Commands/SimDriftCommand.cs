using System.CommandLine;
using ExchangeVirt.Agent.Contract.Wire;
using ExchangeVirt.Cli.Output;
using ExchangeVirt.Cli.Simulation;

namespace ExchangeVirt.Cli.Commands;

/// <summary>Changes a VM on a simulated host behind the operator's back.</summary>
internal static class SimDriftCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        var host = new Option<string>("--host")
        {
            Description = "The simulated host.",
            HelpName = "NAME",
            Required = true,
        };
        var machine = new Option<string>("--vm")
        {
            Description = "The VM, by its name in Hyper-V.",
            HelpName = "NAME",
            Required = true,
        };
        var set = new Option<string[]>("--set")
        {
            Description =
                "What is changed, to what; may be given more than once. A wrong one is answered with all there are.",
            HelpName = "KEY=VALUE",
        };
        var act = new Option<string[]>("--do")
        {
            Description = "What is done, such as takeCheckpoint or takeCheckpoint=NAME; after what is set.",
            HelpName = "ACTION[=ARGUMENT]",
        };
        var wait = new Option<bool>("--wait")
        {
            Description = "Watch the host until the change is undone, and print how long that took.",
        };
        var timeout = new Option<int>("--timeout")
        {
            Description = "With --wait: seconds after which to give up; then the exit code is 1.",
            DefaultValueFactory = static _ => 60,
        };
        var directory = SimCommand.DirectoryOption();
        var command = new TaughtCommand(
            "drift",
            """
            Changes a VM on a simulated host behind the operator's back, as a person at its console would.

            With --wait the change is followed on the agent's own event stream, so what is printed is the time from the
            change to the correction on the host, not to some later report of it.

            Examples:
              exvirt sim drift --host hv01 --vm EX01 --set checkpoints=Production --wait
              exvirt sim drift --host hv01 --vm EX01 --set checkpoints=Production --do takeCheckpoint --wait
              exvirt sim drift --host hv01 --vm EX01 --set automaticStopAction=Save       (waits for a restart: see get -o yaml)
            """
        )
        {
            host,
            machine,
            set,
            act,
            wait,
            timeout,
            directory,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var estate = SimulatedEstateFile.Read(parsed.GetRequiredValue(directory));
                var target = estate.Host(parsed.GetRequiredValue(host));
                var name = parsed.GetRequiredValue(machine);
                var changes = Changes(parsed.GetValue(set) ?? [], parsed.GetValue(act) ?? []);
                using var control = new HostControl(target, estate.Operator, context.Clock);
                if (!parsed.GetValue(wait))
                {
                    await control.ChangeAsync(name, changes, cancellationToken);
                    await context.Out.WriteLineAsync($"Changed {name} on {target.Name}.");
                    return ExitCode.Success;
                }

                var outcome = await new DriftMeasurement(target, control, estate.Reader, context.Clock).RunAsync(
                    name,
                    changes,
                    TimeSpan.FromSeconds(parsed.GetValue(timeout)),
                    cancellationToken
                );
                return Tell(context.Out, name, outcome, parsed.GetValue(timeout));
            }
        );
        return command;
    }

    private static IReadOnlyList<SimulatedChange> Changes(string[] set, string[] act)
    {
        IReadOnlyList<SimulatedChange> changes =
        [
            .. SimCommand.Pairs(set).Select(static pair => SimulatedChanges.Set(pair.Key, pair.Value)),
            .. act.Select(static word => word.Split('=', 2))
                .Select(static word => SimulatedChanges.Do(word[0], word.ElementAtOrDefault(1))),
        ];
        return changes.Count > 0
            ? changes
            : throw new CommandException("Say what changes: --set KEY=VALUE, or --do ACTION.", ExitCode.Usage);
    }

    private static int Tell(TextWriter output, string name, DriftOutcome outcome, int timeout)
    {
        var what = string.Join("; ", outcome.Differences);
        if (outcome.UndoneAfter is { } after)
        {
            output.WriteLine($"{name}: {what}. Undone after {Age.Measured(after)}.");
            return ExitCode.Success;
        }

        output.WriteLine(
            $"{name}: {what}. Not undone within {timeout} s. Its status says why: 'exvirt get exvm -o yaml --state DIR', settings and pending."
        );
        return ExitCode.NotReady;
    }
}

using System.CommandLine;
using ExchangeVirt.Runtime.Directories;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Cli.Commands;

/// <summary>Pulls and releases the switch that stops every action everywhere.</summary>
internal static class PauseCommand
{
    /// <summary>Makes the command that pulls the switch.</summary>
    public static Command CreatePause(CommandContext context)
    {
        var reason = new Option<string?>("--reason")
        {
            Description = "Why, for the status of every machine.",
            HelpName = "TEXT",
        };
        return Create(
            context,
            "pause",
            """
            Stops every action on every host before the next one begins; an action already under way ends. A member of a
            DAG that is down for its restart is brought back up first. Works with and without an operator running.

            Narrower switches: spec.paused on a machine or a policy, and 'exvirt-agent pause' on one host.

            Examples:
              exvirt pause --all --state state/ --reason 'storage firmware update'
              exvirt resume --all --state state/
            """,
            paused: true,
            reason
        );
    }

    /// <summary>Makes the command that releases the switch.</summary>
    public static Command CreateResume(CommandContext context) =>
        Create(
            context,
            "resume",
            """
            Releases the switch that 'exvirt pause --all' pulled. What waited is planned afresh.

            Example:
              exvirt resume --all --state state/
            """,
            paused: false,
            reason: null
        );

    private static TaughtCommand Create(
        CommandContext context,
        string name,
        string description,
        bool paused,
        Option<string?>? reason
    )
    {
        var all = new Option<bool>("--all")
        {
            Description = "Everything. Must be said, so that nobody says it by accident.",
        };
        var state = StateOptions.State();
        var command = new TaughtCommand(name, description) { all, state };
        if (reason is not null)
        {
            command.Add(reason);
        }

        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                if (!parsed.GetValue(all))
                {
                    throw new CommandException(
                        $"'exvirt {name}' acts on everything: say --all. For one machine, set spec.paused in its manifest.",
                        ExitCode.Usage
                    );
                }

                var directory = parsed.GetRequiredValue(state);
                StateOptions.Open(directory);
                var control = new DirectoryControlState(directory, context.Clock);
                await new PauseSwitch(control).WriteAsync(
                    new PauseState(
                        paused,
                        (reason is null ? null : parsed.GetValue(reason)) ?? "",
                        Environment.UserName,
                        context.Clock.GetUtcNow()
                    ),
                    cancellationToken
                );
                await context.Out.WriteLineAsync(
                    paused
                        ? "Paused: no action begins on any host until 'exvirt resume --all'."
                        : "Resumed: what waited is planned afresh."
                );
                return ExitCode.Success;
            }
        );
        return command;
    }
}

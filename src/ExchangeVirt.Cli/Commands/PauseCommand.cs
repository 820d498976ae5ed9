using System.CommandLine;
using ExchangeVirt.Cli.Estates;
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

            In a cluster the switch is the ConfigMap exchangevirt-pause in the operator's namespace; the Role exchangevirt-pause
            of that namespace lets people pull it.

            Narrower switches: spec.paused on a machine or a policy, and 'exvirt-agent pause' on one host.

            Exit codes:
              0   it is pulled
              1   it is pulled, but no operator ever ran in that namespace of the cluster, or that could not be looked up: none may see it
              3   it could not be pulled

            Examples:
              exvirt pause --all --reason 'storage firmware update'
              exvirt pause --all --state state/               of the operator of a directory
              exvirt resume --all
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

            Examples:
              exvirt resume --all
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
        var source = new SourceOptions(ofOperator: true);
        var command = new TaughtCommand(name, description) { all };
        if (reason is not null)
        {
            command.Add(reason);
        }

        source.AddTo(command);
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

                using var estate = source.Open(parsed, context);
                var state = new PauseState(
                    paused,
                    (reason is null ? null : parsed.GetValue(reason)) ?? "",
                    Environment.UserName,
                    context.Clock.GetUtcNow()
                );
                return await ThrowAsync(context, estate, state, cancellationToken);
            }
        );
        return command;
    }

    private static async Task<int> ThrowAsync(
        CommandContext context,
        IEstateSource estate,
        PauseState state,
        CancellationToken cancellationToken
    )
    {
        if (estate is not ClusterSource cluster)
        {
            await new PauseSwitch(estate.Control).WriteAsync(state, cancellationToken);
            await context.Out.WriteLineAsync(context.Invocation.Say(Done(state, estate)));
            return ExitCode.Success;
        }

        // First it is pulled, whatever is wrong otherwise.
        await cluster.Operator.WritePauseAsync(state, cancellationToken);
        await context.Out.WriteLineAsync(context.Invocation.Say(Done(state, cluster)));
        if (await DoubtAsync(cluster, cancellationToken) is not { } doubt)
        {
            return ExitCode.Success;
        }

        await context.Error.WriteLineAsync($"exvirt: {context.Invocation.Say(doubt)}");
        return ExitCode.NotReady;
    }

    private static string Done(PauseState state, IEstateSource estate) =>
        state.IsPaused
            ? $"Paused: no action begins on any host{(estate.IsCluster ? $" of {estate.Place}" : "")} until 'exvirt resume --all{estate.CommandOptions}'."
            : $"Resumed: what waited{(estate.IsCluster ? $" at {estate.Place}" : "")} is planned afresh.";

    // A switch that nobody reads stops nothing, and whoever pulls it has to know.
    private static async Task<string?> DoubtAsync(ClusterSource cluster, CancellationToken cancellationToken)
    {
        try
        {
            return await cluster.Operator.GetControlAsync("installation", cancellationToken) is not null
                ? null
                : $"{cluster.Operator.NoOperator} One that runs in another namespace does not see this switch; name its namespace with "
                    + "--operator-namespace.";
        }
        catch (CommandException refused)
        {
            return $"Whether an operator reads this switch could not be looked up. {refused.Message}";
        }
    }
}

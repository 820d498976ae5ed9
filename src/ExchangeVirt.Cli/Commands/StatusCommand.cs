using System.CommandLine;
using System.Text.Json;
using ExchangeVirt.Cli.Estates;
using ExchangeVirt.Cli.Output;
using ExchangeVirt.Cli.Status;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Cli.Commands;

/// <summary>Shows on one screen how an estate stands.</summary>
internal static class StatusCommand
{
    private const int NarrowScreen = 80;
    private const int WideScreen = 120;

    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(5);

    // Enumerations are words to whoever reads JSON.
    private static readonly JsonSerializerOptions s_json = new(ResourceJson.Options)
    {
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() },
    };

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        var source = new SourceOptions(
            "all, or in a cluster the context's where all may not be read",
            ofOperator: true
        );
        var output = CommonOptions.Output("text", "json");
        var watch = new Option<bool>("--watch", "-w")
        {
            Description = $"Look again every {s_rest.TotalSeconds:0} s, until it is ended by Ctrl-C.",
        };
        var command = new TaughtCommand(
            "status",
            """
            Shows on one screen how an estate stands. The operator and its pause, hosts with their ratios, DAGs, windows, what is not
            as declared and since when, restarts and what they wait for, what is unsupported, and what is not Ready.

            A bar is full at the limit that the host's policy sets. Everything is read off the objects' status as the operator
            last wrote it; nothing is asked of any host.

            Exit codes:
              0   every object that you may see is Ready
              1   something is not, or no operator works
              3   the estate could not be read

            Examples:
              exvirt status
              exvirt status -n messaging
              exvirt status --state state/ -o json
            """
        )
        {
            output,
            watch,
        };
        source.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var estate = source.Open(parsed, context, allNamespaces: true);
                var isJson = parsed.GetRequiredValue(output) == "json";
                var isFirst = true;
                while (true)
                {
                    var overview = await LookAsync(
                        context,
                        estate,
                        parsed.GetValue(source.AllNamespaces),
                        cancellationToken
                    );
                    Show(context, overview, isJson, clears: parsed.GetValue(watch) && !isFirst);
                    if (!parsed.GetValue(watch))
                    {
                        return overview.AllWell ? ExitCode.Success : ExitCode.NotReady;
                    }

                    isFirst = false;
                    await Task.Delay(s_rest, context.Clock, cancellationToken);
                }
            }
        );
        return command;
    }

    private static async Task<EstateOverview> LookAsync(
        CommandContext context,
        IEstateSource estate,
        bool isEverywhere,
        CancellationToken cancellationToken
    )
    {
        // Who said nothing of namespaces sees what is his own.
        var objects =
            estate.Namespace is null && !isEverywhere
                ? await EstateObjects.ReadReadableAsync(estate, [estate.ManifestNamespace], cancellationToken)
                : await EstateObjects.ReadAsync(estate, everywhere: false, cancellationToken);
        var inNamespace = objects.Narrowed.Count > 0 ? estate.ManifestNamespace : estate.Namespace;
        var sight = await estate.SeeOperatorAsync(cancellationToken);
        return OverviewReader.Of(estate.Place, inNamespace, objects, sight, estate.ListRemarks(), estate.Now) with
        {
            CommandOptions = estate.CommandOptions,
        };
    }

    private static void Show(CommandContext context, EstateOverview overview, bool isJson, bool clears)
    {
        if (isJson)
        {
            context.Out.WriteLine(ResourceList.Json(JsonSerializer.SerializeToNode(overview, s_json)));
            return;
        }

        var width = context.IsTerminal
            ? Math.Clamp(context.Screen.Profile.Width, NarrowScreen, WideScreen)
            : WideScreen;
        var lines = new StatusScreen(overview, width).Lines();
        if (!context.IsTerminal)
        {
            foreach (var line in lines)
            {
                context.Out.WriteLine(context.Invocation.Say(line.Text));
            }

            return;
        }

        if (clears)
        {
            context.Screen.Clear(home: true);
        }

        foreach (var line in lines)
        {
            line.Write(context.Screen);
        }
    }
}

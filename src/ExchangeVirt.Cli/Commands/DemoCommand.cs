using System.CommandLine;
using ExchangeVirt.Cli.Demo;
using ExchangeVirt.Cli.Output;
using ExchangeVirt.Cli.Simulation;
using ExchangeVirt.Operator;
using ExchangeVirt.Runtime.Directories;
using Microsoft.Extensions.Logging;
using Spectre.Console;

namespace ExchangeVirt.Cli.Commands;

/// <summary>Shows all of it on four simulated hosts.</summary>
internal static class DemoCommand
{
    private static readonly TimeSpan s_healing = TimeSpan.FromSeconds(90);

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        var output = CommonOptions.Output("text", "json");
        var command = new TaughtCommand(
            "demo",
            """
            Shows an estate healing: four simulated Hyper-V hosts, real agents, the real operator, in under a minute.

            The estate is deploy/samples/contoso: two racks, other people's guests, Exchange servers that are wrong in every
            way (too many processors, dynamic memory, saved with the host, with checkpoints, one in saved state), two that do
            not exist yet, and one that fits nowhere. Then three things are changed behind the operator's back, and at last
            the same is shown under the shipped default policy, which only observes. Nothing is left running or on disk.

            Examples:
              exvirt demo
              exvirt demo -o json > estate.json        every resource with its status, as one Kubernetes List
            """
        )
        {
            output,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
                parsed.GetRequiredValue(output) == "json"
                    ? await RunAsync(
                        context,
                        new PlainScreen(context.Error, context.Clock),
                        PrintList,
                        cancellationToken
                    )
                    : await ShowAsync(context, cancellationToken)
        );
        return command;

        void PrintList(DemoSummary summary, string state)
        {
            context.Out.WriteLine(ResourceList.Json(ResourceList.Of(new DirectoryReader(state).ListJson())));
        }
    }

    private static async Task<int> ShowAsync(CommandContext context, CancellationToken cancellationToken)
    {
        DemoSummary? summary = null;
        void Keep(DemoSummary made, string state) => summary = made;
        var exitCode = context.IsTerminal
            ? await context
                .Screen.Live(new Text(""))
                .StartAsync(live => RunAsync(context, new LiveScreen(live, context.Clock), Keep, cancellationToken))
            : await RunAsync(context, new PlainScreen(context.Out, context.Clock), Keep, cancellationToken);
        summary?.Write(context.Out);
        return exitCode;
    }

    private static async Task<int> RunAsync(
        CommandContext context,
        IDemoScreen screen,
        Action<DemoSummary, string> finish,
        CancellationToken cancellationToken
    )
    {
        screen.Chapter("Starting four simulated hosts, each with its agent and its certificate");
        using var folder = PrivateFolder.Create("exvirt-demo-");
        var descriptions = SampleEstate.WriteHosts(folder.Combine("descriptions"));
        await using var estate = await SimulatedEstate.StartAsync(
            descriptions,
            folder.Path,
            context.Clock,
            screen.Say,
            cancellationToken
        );
        foreach (var host in estate.Hosts)
        {
            screen.Say($"{host.Name}: agent {host.ProcessId} at {host.Endpoint.GetLeftPart(UriPartial.Authority)}");
        }

        var manifests = folder.Combine("manifests");
        var state = folder.Combine("state");
        SampleEstate.WriteManifests(manifests, estate.Hosts);
        var log = new LogTailProvider(200);
        using var loggers = LoggerFactory.Create(builder =>
            builder.SetMinimumLevel(LogLevel.Information).AddProvider(log)
        );
        await using var running = await RunCommand.StartAsync(
            context,
            manifests,
            state,
            estate.Operator,
            loggers,
            cancellationToken
        );
        try
        {
            var script = new DemoScript(context, screen, estate, running, manifests).RunAsync(
                s_healing,
                cancellationToken
            );
            // An operator that fails would otherwise be waited for in vain.
            if (await Task.WhenAny(script, running.Completion) == running.Completion)
            {
                await running.Completion;
            }

            finish(await script, state);
            return ExitCode.Success;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            await ExplainAsync(context.Error, running, estate, log);
            throw;
        }
    }

    private static async Task ExplainAsync(
        TextWriter error,
        OperatorProcess running,
        SimulatedEstate estate,
        LogTailProvider log
    )
    {
        foreach (var problem in running.Problems)
        {
            await error.WriteLineAsync(problem.ToString());
        }

        foreach (var line in log.Tail.Lines.Concat(estate.LogTails()))
        {
            await error.WriteLineAsync(line);
        }
    }
}

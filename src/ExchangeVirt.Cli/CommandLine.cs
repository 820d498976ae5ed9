using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using ExchangeVirt.Cli.Commands;
using ExchangeVirt.Cli.Completion;

namespace ExchangeVirt.Cli;

/// <summary>Knows all commands, and turns what ends them into an exit code.</summary>
internal static class CommandLine
{
    /// <summary>How long a command may take to clean up after Ctrl-C or SIGTERM.</summary>
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(20);

    private const int HelpWidth = 120;

    /// <summary>Parses and runs one command line.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CommandContext context)
    {
        var root = Root(context);
        if (arguments is [ShellCompletion.CommandName, ..])
        {
            // What was typed is not parsed as this command's own options.
            return await new ShellCompletion(root, context).AnswerAsync([.. arguments.Skip(1)]);
        }

        var parsed = root.Parse(arguments);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var error in parsed.Errors)
            {
                await ComplainAsync(context, error.Message);
            }

            await context.Error.WriteLineAsync(
                context.Invocation.Say($"See '{Path(parsed.CommandResult.Command)} --help'.")
            );
            return ExitCode.Usage;
        }

        var configuration = new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = s_farewell,
            Output = context.Out,
            Error = context.Error,
        };
        try
        {
            return await parsed.InvokeAsync(configuration);
        }
        catch (CommandException refused)
        {
            await ComplainAsync(context, refused.Message);
            return refused.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            await ComplainAsync(context, error.Message);
            return ExitCode.Failure;
        }
    }

    private static Task ComplainAsync(CommandContext context, string message) =>
        context.Error.WriteLineAsync($"exvirt: {context.Invocation.Say(message)}");

    private static RootCommand Root(CommandContext context)
    {
        var root = new RootCommand(
            """
            Keeps Exchange virtual machines on Hyper-V hosts as declared.

            You write what each machine should be, in YAML. The operator compares it with what the agents on the hosts see,
            places what is missing, corrects what drifted, and restarts a machine only when the policy lets it.

            See it work, with nothing but this program:   exvirt demo
            See how a cluster's estate stands:            exvirt status

            The commands that look at an estate look at the cluster of your kubeconfig, or at the directory that --state names.
            """
        );
        foreach (var command in Commands(context))
        {
            root.Add(command);
        }

        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new LessonHelp(new HelpAction { MaxWidth = HelpWidth }, context.Invocation);
        return root;
    }

    private static IEnumerable<Command> Commands(CommandContext context) =>
        [
            DemoCommand.Create(context),
            RunCommand.Create(context),
            StatusCommand.Create(context),
            GetCommand.Create(context),
            PlanCommand.Create(context),
            LintCommand.Create(context),
            CrdsCommand.Create(context),
            CertsCommand.Create(context),
            SimCommand.Create(context),
            PauseCommand.CreatePause(context),
            PauseCommand.CreateResume(context),
            DeleteCommand.Create(context),
            VersionCommand.Create(context),
        ];

    private static string Path(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{Path(parent)} {command.Name}" : "exvirt";
}

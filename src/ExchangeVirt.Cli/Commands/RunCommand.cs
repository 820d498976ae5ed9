using System.CommandLine;
using ExchangeVirt.Agent.Contract.Security;
using ExchangeVirt.Operator;
using ExchangeVirt.Runtime.Directories;
using Microsoft.Extensions.Logging;

namespace ExchangeVirt.Cli.Commands;

/// <summary>Runs the operator on a directory of manifests.</summary>
internal static class RunCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        var manifests = new Option<string>("--manifests", "-m")
        {
            Description = "Directory of manifests; it is watched, and never written to.",
            HelpName = "DIR",
            Required = true,
        };
        var state = new Option<string>("--state", "-s")
        {
            Description =
                "Directory for what the operator remembers; one operator at a time. Made where it does not exist.",
            HelpName = "DIR",
            Required = true,
        };
        var once = new Option<bool>("--once")
        {
            Description = "Work until only gates are left, print what is not Ready, and end.",
        };
        var verbose = new Option<bool>("--verbose") { Description = "Log every step, to standard error." };
        var certificates = new CertificateOptions();
        var command = new TaughtCommand(
            "run",
            """
            Runs the operator on a directory of manifests, until it is ended by Ctrl-C. No Kubernetes is needed.

            Manifests are taken when they have been unchanged for two seconds. A file that becomes invalid keeps its last
            good content in force and is reported. A file that vanishes deletes nothing: see 'exvirt delete'.

            Exit codes with --once:
              0   everything is Ready
              1   something is not; it says what, and why
              2   a manifest is invalid; the rest was worked on
              3   the operator could not work: another one has the state directory, no certificate, …

            Examples:
              exvirt run --manifests manifests/ --state state/ --certificates pki/
              exvirt run --manifests manifests/ --state state/ --once          in a pipeline
            """
        )
        {
            manifests,
            state,
            once,
            verbose,
        };
        certificates.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var directory = parsed.GetRequiredValue(manifests);
                if (!Directory.Exists(directory))
                {
                    throw new CommandException(
                        $"There is no directory of manifests {Path.GetFullPath(directory)}.",
                        ExitCode.Invalid
                    );
                }

                var files = certificates.Find(parsed, context.Error);
                using var loggers = context.Loggers(parsed.GetValue(verbose) ? LogLevel.Debug : LogLevel.Information);
                await using var running = await StartAsync(
                    context,
                    directory,
                    parsed.GetRequiredValue(state),
                    files,
                    loggers,
                    cancellationToken
                );
                if (parsed.GetValue(once))
                {
                    return await SettleAsync(context, running, cancellationToken);
                }

                await context.Error.WriteLineAsync(
                    $"The operator runs on {directory}; Ctrl-C ends it, and hosts stay as they are."
                );
                try
                {
                    await running.Completion.WaitAsync(cancellationToken);
                }
                catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
                {
                    // Being ended is how a service's work ends well.
                    await context.Error.WriteLineAsync("The operator ends; hosts stay as they are.");
                }

                return ExitCode.Success;
            }
        );
        return command;
    }

    /// <summary>Starts an operator, and says for people why it does not start.</summary>
    /// <exception cref="CommandException">It does not start.</exception>
    public static async Task<OperatorProcess> StartAsync(
        CommandContext context,
        string manifests,
        string state,
        TlsFiles certificate,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await OperatorProcess.StartAsync(
                new OperatorOptions
                {
                    ManifestDirectory = manifests,
                    StateDirectory = state,
                    CertificateFile = certificate.CertificatePath,
                    KeyFile = certificate.KeyPath,
                    CertificateAuthorityFile = certificate.AuthorityPath,
                    Time = context.Clock,
                    NewGuid = context.NewGuid,
                    Random = context.Chance,
                    Loggers = loggers,
                },
                cancellationToken
            );
        }
        catch (Exception refused)
            when (refused is StateLockedException or StateVersionException or StateDamagedException or TlsFileException)
        {
            throw new CommandException(refused.Message, ExitCode.Failure, refused);
        }
    }

    private static async Task<int> SettleAsync(
        CommandContext context,
        OperatorProcess running,
        CancellationToken cancellationToken
    )
    {
        var settled = running.WaitUntilSettledAsync(cancellationToken);
        // An operator that fails never settles: its failure is what there is to say.
        if (await Task.WhenAny(settled, running.Completion) == running.Completion)
        {
            await running.Completion;
        }

        var report = await settled;
        foreach (var problem in running.Problems)
        {
            await context.Out.WriteLineAsync(problem.ToString());
        }

        foreach (var line in report.NotReady)
        {
            await context.Out.WriteLineAsync(line);
        }

        if (report.AllReady && running.Problems.Count == 0)
        {
            await context.Out.WriteLineAsync("Everything is Ready.");
        }

        return running.Problems.Count > 0 ? ExitCode.Invalid
            : report.AllReady ? ExitCode.Success
            : ExitCode.NotReady;
    }
}

using System.CommandLine;
using ExchangeVirt.Cli.Simulation;

namespace ExchangeVirt.Cli.Commands;

/// <summary>Starts the simulated hosts that a directory describes.</summary>
internal static class SimUpCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        var descriptions = new Argument<string>("DIR")
        {
            Description = "Directory of *.yaml files, one for each host.",
        };
        var directory = SimCommand.DirectoryOption();
        var command = new TaughtCommand(
            "up",
            """
            Starts the simulated hosts that a directory of files describes, and stays until it is ended by Ctrl-C.

            Prints each agent's endpoint and certificate, and a HyperVHost manifest that is ready to paste. Everything
            listens on the loopback interface only, with certificates made for this run. A killed agent is started again
            and finds its host as it was. At the end all agents are ended and everything is deleted.

            Example, in three terminals:
              exvirt sim up deploy/samples/contoso/simulated-hosts
              exvirt run --manifests manifests/ --state state/ --certificates …      (paste what sim up printed)
              exvirt sim drift --host hv01 --vm EX01 --set checkpoints=Production --wait
            """
        )
        {
            descriptions,
            directory,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                UpAsync(
                    context,
                    parsed.GetRequiredValue(descriptions),
                    parsed.GetRequiredValue(directory),
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<int> UpAsync(
        CommandContext context,
        string descriptions,
        string directory,
        CancellationToken cancellationToken
    )
    {
        if (!Directory.Exists(descriptions))
        {
            throw new CommandException($"There is no directory {descriptions}.");
        }

        var files = Directory
            .EnumerateFiles(descriptions)
            .Where(static file => Path.GetExtension(file) is ".yaml" or ".yml")
            .Select(Path.GetFullPath)
            .ToList();
        if (files.Count == 0)
        {
            throw new CommandException($"{descriptions} describes no host: it holds no *.yaml file.");
        }

        SimulatedEstateFile.Sweep(directory);
        using var folder = PrivateFolder.CreateAt(directory);
        SimulatedEstate? estate = null;
        void Announce(SimulatedEstate up) =>
            new SimulatedEstateFile(Environment.ProcessId, up.Hosts, up.Operator, up.Reader).Write(folder.Path);
        void Restarted(string message)
        {
            if (estate is { } up)
            {
                Announce(up);
            }

            context.Error.WriteLine(message);
        }

        await using (
            estate = await SimulatedEstate.StartAsync(files, folder.Path, context.Clock, Restarted, cancellationToken)
        )
        {
            Announce(estate);
            Tell(context.Out, estate);
            await WaitForEndAsync(cancellationToken);
        }

        return ExitCode.Success;
    }

    private static void Tell(TextWriter output, SimulatedEstate estate)
    {
        foreach (var host in estate.Hosts)
        {
            output.WriteLine(
                $"# {host.Name}: {host.Endpoint.GetLeftPart(UriPartial.Authority)}, process {host.ProcessId}, certificate {host.Certificate.CertificatePath}"
            );
        }

        output.WriteLine(
            $"# Operator: --certificate {estate.Operator.CertificatePath} --key {estate.Operator.KeyPath} --ca {estate.Operator.AuthorityPath}"
        );
        output.WriteLine("# Manifests of the hosts:");
        output.WriteLine(string.Join("---\n", estate.Hosts.Select(static host => host.Manifest() + "\n")));
        output.WriteLine("# Up. Ctrl-C ends all of it.");
        output.Flush();
    }

    private static async Task WaitForEndAsync(CancellationToken cancellationToken)
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (cancellationToken.Register(end.SetResult))
        {
            await end.Task;
        }
    }
}

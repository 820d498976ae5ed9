using System.CommandLine;
using System.Text.Json;
using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Agent.Contract.Client;
using ExchangeVirt.Agent.Contract.Security;
using ExchangeVirt.Cli.Output;
using ExchangeVirt.Cli.Planning;
using ExchangeVirt.Cli.Simulation;
using ExchangeVirt.Operator.Previewing;
using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Directories;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Cli.Commands;

/// <summary>Says what the operator would do now, and changes nothing.</summary>
internal static class PlanCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        var manifests = new Option<string>("--manifests", "-m")
        {
            Description = "Directory of manifests, with the HyperVHosts whose agents are asked.",
            HelpName = "DIR",
            Required = true,
        };
        var state = new Option<string?>("--state", "-s")
        {
            Description =
                "State directory of the operator: what is bound where, and what runs. Absent: as if it began afresh.",
            HelpName = "DIR",
        };
        var output = StateOptions.Output("text", "json");
        var certificates = new CertificateOptions();
        var command = new TaughtCommand(
            "plan",
            """
            Says what the operator would do now: for every machine the actions in order, which of them need it off, and what
            each one waits for. Reads every host through its agent, and changes nothing anywhere.

            Exit codes:
              0   it was worked out, whatever is in it
              2   a manifest is invalid; nothing was worked out
              3   it could not be worked out: no certificate, an unreadable state

            Examples:
              exvirt plan --manifests manifests/ --certificates pki/
              exvirt plan --manifests manifests/ --state state/ -o json | jq '.virtualMachines[] | select(.restart)'
            """
        )
        {
            manifests,
            state,
            output,
        };
        certificates.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var read = ManifestReader.ReadPaths([parsed.GetRequiredValue(manifests)]);
                if (read.Problems.Count > 0)
                {
                    foreach (var problem in read.Problems)
                    {
                        await context.Error.WriteLineAsync(problem.ToString());
                    }

                    return ExitCode.Invalid;
                }

                var plan = await ComputeAsync(
                    context,
                    read,
                    parsed.GetValue(state),
                    certificates.Find(parsed, context.Error),
                    cancellationToken
                );
                var report = PlanReport.Of(plan);
                if (parsed.GetRequiredValue(output) == "json")
                {
                    await context.Out.WriteLineAsync(
                        ResourceList.Json(JsonSerializer.SerializeToNode(report, ResourceJson.Options))
                    );
                }
                else
                {
                    report.Write(context.Out);
                }

                return ExitCode.Success;
            }
        );
        return command;
    }

    private static async Task<EstatePlan> ComputeAsync(
        CommandContext context,
        ManifestSet manifests,
        string? stateDirectory,
        TlsFiles certificate,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var known = stateDirectory is null ? null : StateOptions.Open(stateDirectory);
            var control = stateDirectory is null ? null : new DirectoryControlState(stateDirectory, context.Clock);
            var connector = new HostAgentConnector(AgentConnection.Options(certificate, context.Clock));
            var installation = control is null
                ? null
                : await control.GetControlAsync("installation", cancellationToken);
            return await PlanPreview.ComputeAsync(
                PlannedEntities.Merge(manifests, known),
                new InstallationEpoch(installation?.Value ?? "", 0),
                control is null ? null : await new PauseSwitch(control).ReadAsync(cancellationToken),
                connector,
                context.Clock,
                cancellationToken
            );
        }
        catch (Exception refused) when (refused is TlsFileException or StateVersionException or StateDamagedException)
        {
            throw new CommandException(refused.Message, ExitCode.Failure, refused);
        }
    }
}

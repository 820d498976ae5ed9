using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Agent.Contract.Client;
using ExchangeVirt.Agent.Contract.Security;
using ExchangeVirt.Cli.Estates;
using ExchangeVirt.Cli.Simulation;
using ExchangeVirt.Operator.Previewing;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Cli.Planning;

/// <summary>Works out what the operator would do by asking every host's agent.</summary>
internal static class HostPlan
{
    /// <summary>Asks and decides.</summary>
    /// <param name="context">The world.</param>
    /// <param name="entities">The declared objects, with their status where it is known.</param>
    /// <param name="sight">The operator whose marks count.</param>
    /// <param name="certificate">Whom the agents are asked as.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="CommandException">Whose the VMs are cannot be told, or the certificate cannot be used.</exception>
    public static async Task<EstatePlan> ComputeAsync(
        CommandContext context,
        IReadOnlyList<IKubernetesObject<V1ObjectMeta>> entities,
        OperatorSight sight,
        TlsFiles certificate,
        CancellationToken cancellationToken
    )
    {
        // Without the installation's id the marks on its own VMs would be taken for another's.
        if (sight.Installation is not { Length: > 0 } installation)
        {
            throw new CommandException(
                $"Which VMs are this installation's cannot be told, so nothing is planned on hosts. {sight.InstallationGap ?? "Its id is empty."}"
            );
        }

        try
        {
            return await PlanPreview.ComputeAsync(
                entities,
                new InstallationEpoch(installation, 0),
                sight.Pause,
                new HostAgentConnector(AgentConnection.Options(certificate, context.Clock)),
                context.Clock,
                cancellationToken
            );
        }
        catch (TlsFileException refused)
        {
            throw new CommandException(refused.Message, ExitCode.Failure, refused);
        }
    }
}

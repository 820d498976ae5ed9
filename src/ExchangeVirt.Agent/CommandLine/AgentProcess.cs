using ExchangeVirt.Agent.Hosting;
using ExchangeVirt.HyperV;
using ExchangeVirt.HyperV.Mmi;

namespace ExchangeVirt.Agent.CommandLine;

/// <summary>Runs an agent in this process.</summary>
internal static class AgentProcess
{
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        AgentConfiguration configuration,
        TimeProvider time,
        Func<Guid> newGuid,
        Func<double> chance,
        CancellationToken cancellationToken
    )
    {
        var settings = configuration.ToSettings(Environment.MachineName);
        await using var session = CimSessions.OpenLocal();
        await using var application = AgentApplication.Create(
            settings,
            new AgentEnvironment(
                installation => new HyperVDriver(
                    session,
                    time,
                    new HyperVDriverOptions { NewGuid = newGuid, Installation = installation }
                ),
                time,
                newGuid,
                chance
            )
        );
        await application.RunAsync(cancellationToken);
        return 0;
    }
}

using ExchangeVirt.Agent.Hosting;
using ExchangeVirt.HyperV;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Mmi;
using ExchangeVirt.HyperV.Simulator;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.Telemetry;

namespace ExchangeVirt.Agent.CommandLine;

/// <summary>Runs an agent in this process.</summary>
internal static class AgentProcess
{
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    /// <exception cref="ConfigurationException">The configuration, or the simulated host's description, is wrong.</exception>
    public static async Task<int> RunAsync(
        AgentConfiguration configuration,
        TimeProvider time,
        Func<Guid> newGuid,
        Func<double> chance,
        CancellationToken cancellationToken
    )
    {
        var settings = configuration.ToSettings(Environment.MachineName);
        using var tracing = OtlpTracing.Start(
            "exvirt-agent",
            AgentApplication.Version,
            "ExchangeVirt.*",
            "Microsoft.AspNetCore"
        );
        await using var session = OpenHost(configuration, settings, time);
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
            ),
            (session as SimulatedHost)?.Control
        );
        await application.RunAsync(cancellationToken);
        return ExitCode.Success;
    }

    private static ICimSession OpenHost(AgentConfiguration configuration, AgentSettings settings, TimeProvider time)
    {
        if (configuration.Simulate is not { } description)
        {
            return CimSessions.OpenLocal();
        }

        try
        {
            Directory.CreateDirectory(settings.StateDirectory);
            return SimulatedHost.Open(
                description,
                configuration.SimulateState ?? Path.Combine(settings.StateDirectory, "simulated-host.json"),
                time
            );
        }
        catch (Exception failure)
            when (failure is DescriptionException or InvalidDataException or FileNotFoundException)
        {
            throw new ConfigurationException(failure.Message, failure);
        }
    }
}

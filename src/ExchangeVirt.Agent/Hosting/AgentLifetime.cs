using ExchangeVirt.Agent.Operations;
using ExchangeVirt.Agent.State;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace ExchangeVirt.Agent.Hosting;

/// <summary>Says where the agent listens once it does, and lets operations end in the journal when it stops.</summary>
/// <param name="server">The server.</param>
/// <param name="runner">What acts on the host.</param>
/// <param name="settings">How the agent runs.</param>
/// <param name="lifetime">Says when it has started.</param>
/// <param name="logger">The log.</param>
internal sealed partial class AgentLifetime(
    IServer server,
    OperationRunner runner,
    AgentSettings settings,
    IHostApplicationLifetime lifetime,
    ILogger<AgentLifetime> logger
) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(Announce);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => runner.StopAsync();

    private void Announce()
    {
        var endpoint = AgentEndpoint.Of(server.Features.Get<IServerAddressesFeature>()!.Addresses);
        LogListening(endpoint, settings.HostName);
        if (settings.EndpointFile is { } path)
        {
            DurableFile.WriteText(path, endpoint + "\n");
        }
    }

    [LoggerMessage(EventId = 2002, Level = LogLevel.Information, Message = "Listening on {Endpoint} for {Host}")]
    private partial void LogListening(string endpoint, string host);
}

/// <summary>Tells where an agent listens.</summary>
public static class AgentEndpoint
{
    /// <summary>Gives the one address of a started agent, such as <c>https://127.0.0.1:7443</c>.</summary>
    public static string Of(IEnumerable<string> addresses) => addresses.Single();
}

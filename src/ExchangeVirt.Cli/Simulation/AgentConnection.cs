using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Agent.Contract.Client;
using ExchangeVirt.Agent.Contract.Security;

namespace ExchangeVirt.Cli.Simulation;

/// <summary>Connects to agents as somebody who looks on.</summary>
internal static class AgentConnection
{
    /// <summary>Makes the options of a connection.</summary>
    public static HostAgentConnectorOptions Options(TlsFiles certificate, TimeProvider clock) =>
        new()
        {
            Identity = new TlsIdentitySource(certificate),
            Epoch = static () => InstallationEpoch.Onlooker,
            Time = clock,
        };
}

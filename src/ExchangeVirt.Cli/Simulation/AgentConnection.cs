using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Agent.Contract.Client;
using ExchangeVirt.Agent.Contract.Security;
using ExchangeVirt.Agent.State;

namespace ExchangeVirt.Cli.Simulation;

/// <summary>Connects to the agents of simulated hosts as somebody who looks on.</summary>
internal static class AgentConnection
{
    /// <summary>Makes the options of a connection.</summary>
    public static HostAgentConnectorOptions Options(SimulatedHost host, TlsFiles certificate, TimeProvider clock)
    {
        // An agent obeys one installation, and tells nothing to another: whoever looks on names that one. Where none has
        // called yet any name will do, since a reader does not bind.
        var epoch = InstallationBinding.Read(host.State) ?? new InstallationEpoch("none", 0);
        return new HostAgentConnectorOptions
        {
            Identity = new TlsIdentitySource(certificate),
            Epoch = () => epoch,
            Time = clock,
        };
    }
}

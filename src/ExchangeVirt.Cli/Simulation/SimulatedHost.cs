using ExchangeVirt.Agent.Contract.Security;

namespace ExchangeVirt.Cli.Simulation;

/// <summary>Says how a simulated host is reached.</summary>
/// <param name="Name">Its name, which its certificate carries.</param>
/// <param name="Endpoint">Its agent's address on the loopback interface.</param>
/// <param name="ProcessId">The agent's process; another one after a restart.</param>
/// <param name="Description">The file that describes it.</param>
/// <param name="State">The directory of its state, which outlives the agent.</param>
/// <param name="Certificate">The agent's certificate, key and authority.</param>
internal sealed record SimulatedHost(
    string Name,
    Uri Endpoint,
    int ProcessId,
    string Description,
    string State,
    TlsFiles Certificate
)
{
    /// <summary>Writes the manifest that makes the host known to an operator.</summary>
    public string Manifest() =>
        $$"""
            apiVersion: exchangevirt.io/v1alpha1
            kind: HyperVHost
            metadata: { name: {{Name}} }
            spec:
              agent: { endpoint: "{{Endpoint.GetLeftPart(UriPartial.Authority)}}", serverName: {{Name}} }
            """;
}

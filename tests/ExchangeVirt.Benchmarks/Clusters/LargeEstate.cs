using System.Globalization;
using System.Text;

namespace ExchangeVirt.Benchmarks.Clusters;

/// <summary>Many hosts with many VMs that run, each with checkpoints as Hyper-V makes them by default: two actions put it right.</summary>
/// <param name="Hosts">How many hosts.</param>
/// <param name="Machines">How many VMs on each.</param>
internal sealed record LargeEstate(int Hosts, int Machines)
{
    private const int Processors = 4;
    private const int Gibibytes = 64;

    public int Count => Hosts * Machines;

    private static CultureInfo Invariant => CultureInfo.InvariantCulture;

    /// <summary>Writes the descriptions of the simulated hosts.</summary>
    /// <returns>Their folder.</returns>
    public string Describe(string folder)
    {
        Directory.CreateDirectory(folder);
        for (var host = 1; host <= Hosts; host++)
        {
            var text = new StringBuilder().AppendLine(
                Invariant,
                $$"""
                apiVersion: simulator.exchangevirt.io/v1alpha1
                kind: SimulatedHost
                hostName: {{Host(host)}}
                seed: {{host}}
                processor: { sockets: 4, coresPerSocket: {{Math.Max(2, Machines * Processors / 6)}} }
                memory: {{Machines * (Gibibytes + 4) * 5 / 4}}Gi
                volumes: [{ path: 'D:\', size: 64Ti, free: 32Ti }]
                switches: [{ name: prod }]
                virtualMachines:
                """
            );
            for (var machine = 1; machine <= Machines; machine++)
            {
                text.AppendLine(
                    Invariant,
                    $$"""
                      - { name: {{Machine(
                        host,
                        machine
                    )}}, state: Running, processors: {{Processors}}, memory: { size: {{Gibibytes}}Gi }, automaticStopAction: ShutDown, checkpointType: Production }
                    """
                );
            }

            File.WriteAllText(Path.Combine(folder, Host(host) + ".yaml"), text.ToString());
        }

        return folder;
    }

    /// <summary>Writes what is declared, in parts that kubectl takes at once.</summary>
    public IEnumerable<string> Declare(IReadOnlyDictionary<string, Uri> endpoints)
    {
        yield return """
            apiVersion: v1
            kind: Namespace
            metadata: { name: messaging }
            ---
            apiVersion: exchangevirt.io/v1alpha1
            kind: VirtualizationPolicy
            metadata: { name: default }
            spec: { enforcement: Enforce, disruption: Anytime, maxChangedPerHour: 100% }
            """;
        for (var host = 1; host <= Hosts; host++)
        {
            var name = Host(host);
            var text = new StringBuilder(
                $$"""
                apiVersion: exchangevirt.io/v1alpha1
                kind: HyperVHost
                metadata: { name: {{name}} }
                spec: { agent: { endpoint: "{{endpoints[name].GetLeftPart(
                    UriPartial.Authority
                )}}", serverName: {{name}} } }

                """
            );
            for (var machine = 1; machine <= Machines; machine++)
            {
                text.AppendLine(
                    Invariant,
                    $$"""
                    ---
                    apiVersion: exchangevirt.io/v1alpha1
                    kind: ExchangeVirtualMachine
                    metadata: { name: {{Machine(host, machine)}}, namespace: messaging }
                    spec:
                      exchange: { version: ExchangeSE, role: EdgeTransport }
                      guest: { operatingSystem: WindowsServer2022 }
                      processors: { count: {{Processors}} }
                      memory: { size: {{Gibibytes}}Gi }
                      adoption: IfExists
                    """
                );
            }

            yield return text.ToString();
        }
    }

    private static string Host(int host) => string.Create(Invariant, $"hv{host:00}");

    private static string Machine(int host, int machine) => string.Create(Invariant, $"edge{host:00}{machine:000}");
}

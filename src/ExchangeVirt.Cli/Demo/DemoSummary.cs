using ExchangeVirt.Cli.Output;

namespace ExchangeVirt.Cli.Demo;

/// <summary>One change behind the operator's back.</summary>
/// <param name="Machine">The VM.</param>
/// <param name="What">What was changed.</param>
/// <param name="UndoneAfter">How long it lasted.</param>
internal sealed record DriftReport(string Machine, string What, TimeSpan UndoneAfter);

/// <summary>What the demonstration came to.</summary>
/// <param name="HealedAfter">From the operator's start to an estate as declared.</param>
/// <param name="Took">All of it.</param>
/// <param name="Drifts">The changes behind its back.</param>
/// <param name="Restarted">DAG members that were restarted, in order.</param>
/// <param name="Estate">The estate at the end.</param>
internal sealed record DemoSummary(
    TimeSpan HealedAfter,
    TimeSpan Took,
    IReadOnlyList<DriftReport> Drifts,
    IReadOnlyList<string> Restarted,
    EstateView Estate
)
{
    /// <summary>Writes the summary for people.</summary>
    public void Write(TextWriter output)
    {
        output.WriteLine();
        output.WriteLine($"Healed in {Age.Measured(HealedAfter)}; all of it took {Age.Measured(Took)}.");
        output.WriteLine();
        var hosts = new TextTable("HOST", "RACK", "CORES", "VCPU", "RATIO");
        foreach (var host in Estate.Hosts.Select(HostLine.Of))
        {
            hosts.Add(
                host.Name,
                host.FaultDomain,
                $"{host.PhysicalCores}",
                $"{host.VirtualProcessors}",
                $"{host.OverallRatio}"
            );
        }

        hosts.Write(output);
        output.WriteLine();
        var machines = new TextTable("VM", "HOST", "POWER", "SETTINGS IN SYNC", "READY");
        foreach (var machine in Estate.Machines.Select(MachineLine.Of))
        {
            machines.Add(
                machine.Name,
                machine.Host,
                machine.Power,
                $"{machine.InSync} of {machine.Settings}",
                machine.Ready
            );
        }

        machines.Write(output);
        output.WriteLine();
        output.WriteLine($"DAG members restarted, one at a time: {string.Join(", ", Restarted)}.");
        foreach (var drift in Drifts)
        {
            output.WriteLine($"{drift.Machine}: {drift.What}; undone after {Age.Measured(drift.UndoneAfter)}.");
        }

        foreach (var machine in Estate.Machines.Where(EstateGoals.IsUnplaceable))
        {
            output.WriteLine();
            output.WriteLine($"{machine.Metadata.Name} fits nowhere:");
            output.WriteLine(MachineLine.Condition(machine.Status, "Placed")?.Message);
        }
    }
}

using System.Collections.Immutable;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.CimXml;
using ExchangeVirt.HyperV.Simulator.Engine;
using ExchangeVirt.HyperV.Simulator.Model;
using ExchangeVirt.HyperV.Simulator.Projection;

namespace ExchangeVirt.HyperV.Simulator.Methods;

/// <summary>Reads many VMs at once.</summary>
internal static class SummaryMethods
{
    /// <summary>Gives what was asked for of each VM; what was not asked for stays null, and an unknown VM has an empty Name.</summary>
    public static Reply GetSummaryInformation(MethodCall call)
    {
        var requested =
            call.Arguments.TryGetValue("RequestedInformation", out var codes)
            && codes.Value is ImmutableArray<object> items
                ? items.Cast<uint>().ToHashSet()
                : [];
        var machines = call.References("SettingData") is { } paths
            ? paths.Select(path => Owner(call, path))
            : call.Transaction.State.Machines.Values.Select(machine => (VirtualMachine?)machine);
        return Reply.Of(
            Answer.Done,
            "SummaryInformation",
            machines.Select(machine => Summary(call.Transaction, machine, requested)).ToList()
        );
    }

    private static VirtualMachine? Owner(MethodCall call, CimPath path) =>
        call.MachineOf(path) ?? call.SnapshotOf(path)?.Machine;

    private static CimObject Summary(Transaction t, VirtualMachine? machine, HashSet<uint> requested)
    {
        var summary = new InstanceBuilder(t.Schema.Class("Msvm_SummaryInformation")).Set("Name", machine?.Id ?? "");
        if (machine is null)
        {
            return summary.Build();
        }

        var system = new MachineProjection(t.Schema, machine).System;
        var holds = PowerStates.HoldsMemory(machine.State);
        var values = new (uint Code, string Property, Func<object?> Value)[]
        {
            (1, "ElementName", () => machine.Name),
            (2, "CreationTime", () => machine.Configuration.System["CreationTime"]),
            (3, "Notes", () => string.Join('\n', machine.Configuration.System.Texts("Notes"))),
            (4, "NumberOfProcessors", () => machine.Configuration.Processor.Number("VirtualQuantity")),
            (100, "EnabledState", () => machine.State),
            (101, "ProcessorLoad", () => machine.State is PowerStates.Running ? 10 : 0),
            (103, "MemoryUsage", () => holds ? machine.MemoryMegabytes : 0UL),
            (104, "Heartbeat", () => Heartbeat(machine)),
            (105, "UpTime", () => machine.RunningSince is { } since ? (ulong)(t.Now - since).TotalMilliseconds : 0UL),
            (107, "Snapshots", () => machine.Snapshots.ConvertAll(snapshot => snapshot.Configuration.System)),
            (108, "AsynchronousTasks", () => Tasks(t, machine)),
            (109, "HealthState", () => system["HealthState"]),
            (110, "OperationalStatus", () => system["OperationalStatus"]),
            (111, "StatusDescriptions", () => system["StatusDescriptions"]),
        };
        foreach (var (code, property, value) in values)
        {
            if (requested.Contains(code))
            {
                summary.Set(property, value());
            }
        }

        return summary.Build();
    }

    private static int? Heartbeat(VirtualMachine machine) =>
        machine.State is not PowerStates.Running ? null
        : machine.GuestUp ? 2
        : 12;

    private static List<CimObject> Tasks(Transaction t, VirtualMachine machine) =>
        [
            .. t
                .State.Jobs.Values.Where(job => job.MachineId == machine.Id && job.FinishedAt is null && !job.Hidden)
                .Select(job =>
                    JobProjection.Of(t.Schema, job, t.Now, TimeSpan.FromSeconds(t.Timings.JobRemovalSeconds))
                ),
        ];
}

using System.Collections.Immutable;
using ExchangeVirt.HyperV.Simulator.Model;

namespace ExchangeVirt.HyperV.Simulator;

/// <summary>What came of an order to a simulated host.</summary>
/// <param name="IsAccepted">Whether it was done, or begun.</param>
/// <param name="Reason">Where it was refused: why.</param>
/// <param name="Result">The identifier of what was made, or null.</param>
public sealed record ControlOutcome(bool IsAccepted, string Reason, string? Result)
{
    /// <summary>Makes the outcome of an order that was done.</summary>
    public static ControlOutcome Accepted(string? result = null) => new(true, "", result);

    /// <summary>Makes the outcome of an order that was refused.</summary>
    public static ControlOutcome Refused(string reason) => new(false, reason, null);
}

/// <summary>A VM of a simulated host, in plain words.</summary>
/// <param name="Id">The GUID, upper case.</param>
/// <param name="Name">The display name.</param>
/// <param name="State">The power state, in Hyper-V Manager's words.</param>
/// <param name="Processors">The virtual processors.</param>
/// <param name="MemoryMegabytes">The memory, or startup memory, in MB.</param>
/// <param name="DynamicMemory">Whether the memory is dynamic.</param>
/// <param name="CheckpointType">Disabled, Production, ProductionOnly or Standard.</param>
/// <param name="AutomaticCheckpoints">Whether Windows takes checkpoints by itself.</param>
/// <param name="StopAction">TurnOff, Save or ShutDown.</param>
/// <param name="Checkpoints">The checkpoints' names, oldest first.</param>
/// <param name="Disks">The files that are attached now.</param>
/// <param name="GuestAnswers">Whether the guest has booted.</param>
/// <param name="IsBusy">Whether a job runs on it.</param>
public sealed record SimulatedMachineView(
    string Id,
    string Name,
    string State,
    int Processors,
    long MemoryMegabytes,
    bool DynamicMemory,
    string CheckpointType,
    bool AutomaticCheckpoints,
    string StopAction,
    ImmutableArray<string> Checkpoints,
    ImmutableArray<string> Disks,
    bool GuestAnswers,
    bool IsBusy
)
{
    internal static SimulatedMachineView Of(HostState state, VirtualMachine machine)
    {
        var system = machine.Configuration.System;
        return new SimulatedMachineView(
            machine.Id,
            machine.Name,
            PowerStates.Name(machine.State),
            (int)(machine.Configuration.Processor.Number("VirtualQuantity") ?? 0),
            (long)machine.MemoryMegabytes,
            machine.Configuration.Memory.Flag("DynamicMemoryEnabled") == true,
            ((Description.SimulatedCheckpointType)(system.Number("UserSnapshotType") ?? 0)).ToString(),
            system.Flag("AutomaticSnapshotsEnabled") == true,
            ((Description.SimulatedStopAction)(system.Number("AutomaticShutdownAction") ?? 0)).ToString(),
            [.. machine.Snapshots.Select(s => s.Configuration.System.Text("ElementName") ?? "")],
            [.. machine.Configuration.Disks.SelectMany(d => d.Texts("HostResource"))],
            machine.GuestUp,
            state.Jobs.Values.Any(j => j.FinishedAt is null && j.MachineId == machine.Id)
        );
    }
}

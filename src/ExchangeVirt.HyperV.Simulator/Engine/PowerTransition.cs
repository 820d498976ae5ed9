using System.Collections.Immutable;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.HyperV.Simulator.Model;

namespace ExchangeVirt.HyperV.Simulator.Engine;

/// <summary>One row of the table of power transitions.</summary>
/// <param name="From">The state that it starts from.</param>
/// <param name="Requested">The RequestedState that asks for it.</param>
/// <param name="Via">The state in between; the same as <paramref name="From"/> where there is none.</param>
/// <param name="To">The state that it ends in.</param>
/// <param name="JobType">The type of its job.</param>
/// <param name="Seconds">How long it takes.</param>
internal sealed record PowerTransition(
    ushort From,
    ushort Requested,
    ushort Via,
    ushort To,
    ushort JobType,
    Func<SimulatedTimings, VirtualMachine, double> Seconds
)
{
    /// <summary>Gets the table; what it does not hold is refused with 32775.</summary>
    /// <remarks>
    /// Source: the state diagram of Msvm_ComputerSystem with version 2's numbers; the rows from Paused to Off and Saved are not
    /// in the diagram. https://learn.microsoft.com/windows/win32/hyperv_v2/msvm-computersystem
    /// </remarks>
    public static ImmutableArray<PowerTransition> Table { get; } =
    [
        new(PowerStates.Off, 2, PowerStates.Starting, PowerStates.Running, JobTypes.Start, (t, _) => t.StartSeconds),
        new(
            PowerStates.Saved,
            2,
            PowerStates.Starting,
            PowerStates.Running,
            JobTypes.Restore,
            (t, _) => t.RestoreSeconds
        ),
        new(PowerStates.Saved, 3, PowerStates.Saved, PowerStates.Off, JobTypes.PowerOff, (t, _) => t.DiscardSeconds),
        new(PowerStates.Running, 3, PowerStates.Stopping, PowerStates.Off, JobTypes.PowerOff, (t, _) => t.StopSeconds),
        new(PowerStates.Running, 6, PowerStates.Saving, PowerStates.Saved, JobTypes.Save, SavingSeconds),
        new(PowerStates.Running, 9, PowerStates.Pausing, PowerStates.Paused, JobTypes.Pause, (t, _) => t.PauseSeconds),
        new(
            PowerStates.Paused,
            2,
            PowerStates.Resuming,
            PowerStates.Running,
            JobTypes.Resume,
            (t, _) => t.PauseSeconds
        ),
        new(PowerStates.Paused, 3, PowerStates.Stopping, PowerStates.Off, JobTypes.PowerOff, (t, _) => t.StopSeconds),
        new(PowerStates.Paused, 6, PowerStates.Saving, PowerStates.Saved, JobTypes.Save, SavingSeconds),
        new(
            PowerStates.Running,
            11,
            PowerStates.Stopping,
            PowerStates.Running,
            JobTypes.Reset,
            (t, _) => t.ResetSeconds
        ),
        new(
            PowerStates.Running,
            10,
            PowerStates.Stopping,
            PowerStates.Running,
            JobTypes.Reboot,
            (t, _) => t.ResetSeconds
        ),
    ];

    /// <summary>Finds a row.</summary>
    public static PowerTransition? Find(ushort from, ushort requested) =>
        Table.FirstOrDefault(row => row.From == from && row.Requested == requested);

    private static double SavingSeconds(SimulatedTimings timings, VirtualMachine machine) =>
        timings.SaveSeconds + (timings.SaveSecondsPerGibibyte * machine.MemoryMegabytes / 1024);
}

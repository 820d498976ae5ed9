using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.HyperV.Simulator.Faults;
using ExchangeVirt.HyperV.Simulator.Model;

namespace ExchangeVirt.HyperV.Simulator.Engine;

/// <summary>Something that happens by itself at a time.</summary>
internal sealed record AgendaItem(DateTimeOffset DueAt, Action<Transaction> Do);

/// <summary>Finds what happens next by itself: jobs that end, guests that boot or stop, jobs that are forgotten.</summary>
internal static class Agenda
{
    /// <summary>Gets the next item, or null where the host is at rest.</summary>
    public static AgendaItem? Next(HostState state)
    {
        AgendaItem? next = null;
        foreach (var job in state.Jobs.Values)
        {
            if (job.FinishedAt is { } finished)
            {
                Take(
                    ref next,
                    finished + TimeSpan.FromSeconds(state.Description.Timings.JobRemovalSeconds),
                    () => t => Forget(t, job.Id)
                );
            }
            else if (!IsStuck(state, job.MachineId))
            {
                Take(ref next, job.DueAt, () => t => JobRunner.Finish(t, job));
            }
        }

        foreach (var machine in state.Machines.Values)
        {
            if (machine.Timer is { } timer && !IsStuck(state, machine.Id))
            {
                Take(ref next, timer.DueAt, () => t => Guest(t, t.RequireMachine(machine.Id), timer.Step));
            }
        }

        return next;
    }

    private static void Take(ref AgendaItem? next, DateTimeOffset dueAt, Func<Action<Transaction>> what)
    {
        if (next is null || dueAt < next.DueAt)
        {
            next = new AgendaItem(dueAt, what());
        }
    }

    private static bool IsStuck(HostState state, string? machineId) =>
        machineId is not null
        && !state.Faults.IsEmpty
        && state.Machines.TryGetValue(machineId, out var machine)
        && machine.State is PowerStates.Stopping
        && state.Faults.Exists(f =>
            f.Kind is SimulatedFaultKind.StuckStopping
            && (
                f.Machine is null
                || string.Equals(f.Machine, machine.Id, StringComparison.OrdinalIgnoreCase)
                || string.Equals(f.Machine, machine.Name, StringComparison.OrdinalIgnoreCase)
            )
        );

    private static void Forget(Transaction transaction, string jobId) =>
        transaction.State = transaction.State with { Jobs = transaction.State.Jobs.Remove(jobId) };

    private static void Guest(Transaction transaction, VirtualMachine machine, GuestStep step)
    {
        switch (step)
        {
            case GuestStep.Boots:
                transaction.Put(machine with { GuestUp = true, Timer = null });
                break;
            case GuestStep.PowersOff when machine.Guest.Shutdown is SimulatedShutdownBehaviour.Ignores:
                transaction.Put(machine with { Timer = null });
                break;
            case GuestStep.PowersOff:
                PowerControl.GuestPowersOff(transaction, machine);
                break;
            case GuestStep.IsOff:
                PowerControl.Enter(transaction, machine, PowerStates.Off);
                break;
            default:
                throw new InvalidOperationException($"A guest knows no step {step}.");
        }
    }
}

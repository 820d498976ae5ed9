using System.Collections.Immutable;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.HyperV.Simulator.Faults;
using ExchangeVirt.HyperV.Simulator.Model;

namespace ExchangeVirt.HyperV.Simulator.Engine;

/// <summary>Work to be done as a job or at once.</summary>
internal sealed record JobOrder(ushort Type, VirtualMachine? Machine, double Seconds, Effect Effect)
{
    /// <summary>Gets the method that asked for it.</summary>
    public string? Method { get; init; }

    /// <summary>Gets why it will fail, where that is known already.</summary>
    public JobError? Failure { get; init; }

    /// <summary>Gets whether it is a job whatever the host prefers.</summary>
    public bool AlwaysJob { get; init; }

    /// <summary>Gets whether it is done at once whatever the host prefers.</summary>
    public bool NeverJob { get; init; }

    /// <summary>Gets the class of the job.</summary>
    public string ClassName { get; init; } = "Msvm_ConcreteJob";
}

/// <summary>Starts jobs and does what they are for when they are due.</summary>
internal static class JobRunner
{
    /// <summary>Starts the work.</summary>
    public static Answer Start(Transaction transaction, JobOrder order)
    {
        var failure = order.Failure;
        if (transaction.Meet(SimulatedFaultKind.JobFails, order.Machine, order.Method) is { } fault)
        {
            failure = new JobError(fault.Code, fault.Text ?? $"'{order.Machine?.Name}': the operation failed.");
        }

        var atOnce =
            order.NeverJob || (!order.AlwaysJob && transaction.Description.Answers is SimulatedAnswers.Synchronous);
        if (atOnce)
        {
            return failure is not null
                ? Answer.Refused(failure.Code, failure.Text)
                : Answer.With(Apply(transaction, order.Machine, order.Effect));
        }

        var job = new Job
        {
            Id = transaction.NewId(),
            ClassName = order.ClassName,
            Type = order.Type,
            MachineId = order.Machine?.Id,
            StartedAt = transaction.Now,
            DueAt = transaction.Now + TimeSpan.FromSeconds(order.Seconds),
            Effect = order.Effect,
            Failure = failure,
            Warns = transaction.Meet(SimulatedFaultKind.JobWarns, order.Machine, order.Method) is not null,
            Hidden = transaction.Meet(SimulatedFaultKind.JobVanishes, order.Machine, order.Method) is not null,
        };
        transaction.State = transaction.State with { Jobs = transaction.State.Jobs.Add(job.Id, job) };
        return new Answer(ReturnCodes.JobStarted, "", Names.Job(job.ClassName, job.Id), []);
    }

    /// <summary>Ends a job that is due.</summary>
    public static void Finish(Transaction transaction, Job job)
    {
        var machine = transaction.Machine(job.MachineId);
        var finished = job with { FinishedAt = transaction.Now, Effect = new Nothing() };

        // Finished first: what the effect starts must find no unfinished job.
        Put(transaction, finished);
        if (job.Failure is not null)
        {
            Undo(transaction, machine, job.Effect);
            Put(transaction, finished with { State = JobStates.Exception });
            return;
        }

        var affected = Apply(transaction, machine, job.Effect);
        Put(
            transaction,
            finished with
            {
                State = job.Warns ? JobStates.CompletedWithWarnings : JobStates.Completed,
                Affected = affected,
            }
        );
    }

    private static void Put(Transaction transaction, Job job) =>
        transaction.State = transaction.State with { Jobs = transaction.State.Jobs.SetItem(job.Id, job) };

    private static void Undo(Transaction transaction, VirtualMachine? machine, Effect effect)
    {
        if (machine is null)
        {
            return;
        }

        var back = effect is EnterState state ? machine.In(state.From, transaction.Now) : machine;
        transaction.Put(back with { RequestedState = PowerStates.NotRequested, Activity = null });
    }

    private static ImmutableList<CimPath> Apply(Transaction transaction, VirtualMachine? machine, Effect effect)
    {
        switch (effect)
        {
            case Nothing:
                return [];
            case WriteFile write:
                Disks.Write(transaction, write.File);
                return [];
            case AddMachine add:
                transaction.Put(add.Machine);
                return [Names.ComputerSystem(add.Machine.Id)];
        }

        if (machine is null)
        {
            // The machine went away while the job ran: there is nothing left to change.
            return [];
        }

        switch (effect)
        {
            case EnterState enter:
                PowerControl.Enter(transaction, machine, enter.To);
                return [];
            case Configure configure:
                transaction.Put(
                    machine with
                    {
                        Configuration = configure.Configuration,
                        ConfigurationChangedAt = transaction.Now,
                    }
                );
                return configure.Results;
            case RemoveMachine:
                transaction.State = transaction.State with { Machines = transaction.State.Machines.Remove(machine.Id) };
                return [];
            case TakeSnapshot take:
                return [Snapshots.Take(transaction, machine, take)];
            case RemoveSnapshots remove:
                Snapshots.Remove(transaction, machine, remove.Ids);
                return [];
            case RestoreSnapshot restore:
                Snapshots.Restore(transaction, machine, restore.Id);
                return [];
            case MergeDisks:
                Snapshots.Merge(transaction, machine);
                return [];
            default:
                throw new InvalidOperationException($"No job does {effect.GetType().Name}.");
        }
    }
}

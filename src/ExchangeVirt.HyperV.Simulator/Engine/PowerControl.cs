using ExchangeVirt.HyperV.Simulator.CimXml;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.HyperV.Simulator.Faults;
using ExchangeVirt.HyperV.Simulator.Model;

namespace ExchangeVirt.HyperV.Simulator.Engine;

/// <summary>Starts and ends changes of a VM's power state.</summary>
internal static class PowerControl
{
    /// <summary>Asks for a state, as RequestStateChange does.</summary>
    public static Answer Request(Transaction transaction, VirtualMachine machine, ushort requested)
    {
        if (machine.StorageGone && requested != PowerStates.Off)
        {
            return Answer.Refused(
                ReturnCodes.InvalidState,
                $"'{machine.Name}': its configuration storage cannot be reached."
            );
        }

        if (transaction.PendingJob(machine.Id) is { } pending)
        {
            return Answer.Refused(
                ReturnCodes.InvalidState,
                $"'{machine.Name}' is busy with {Projection.JobProjection.Name(pending.Type)}."
            );
        }

        if (PowerTransition.Find(machine.State, requested) is not { } row)
        {
            return Answer.Refused(
                ReturnCodes.InvalidState,
                $"'{machine.Name}' is {PowerStates.Name(machine.State)}; the state {requested} cannot be asked for."
            );
        }

        var failure = row.Requested == PowerStates.Running ? StartRefusal(transaction, machine) : null;
        var now = transaction.Now;
        var changed = row.Via == row.From ? machine : machine.In(row.Via, now);
        transaction.Put(
            changed with
            {
                RequestedState = requested,
                Timer = row.From is PowerStates.Running ? null : machine.Timer,
            }
        );
        return JobRunner.Start(
            transaction,
            new JobOrder(
                row.JobType,
                machine,
                row.Seconds(transaction.Timings, machine),
                new EnterState(row.From, row.To)
            )
            {
                Failure = failure,
                Method = "RequestStateChange",
                AlwaysJob = true,
            }
        );
    }

    /// <summary>Puts a VM into a persistent state, with all that follows from it.</summary>
    public static void Enter(Transaction transaction, VirtualMachine machine, ushort to)
    {
        var wasOff = machine.RunningSince is null;
        var restored = machine.Configuration.System.Flag("IsSaved") == true;
        var cold = to is PowerStates.Running && ((wasOff && !restored) || machine.State is PowerStates.Stopping);
        var changed = machine.In(to, transaction.Now) with
        {
            RequestedState = PowerStates.NotRequested,
            ShuttingDown = false,
            Configuration = machine.Configuration with
            {
                System = machine.Configuration.System.Change(transaction.Schema, "IsSaved", to is PowerStates.Saved),
            },
        };
        changed = to switch
        {
            PowerStates.Off => changed with { RunningSince = null, GuestUp = false, Timer = null },
            PowerStates.Saved => changed with { RunningSince = null, GuestUp = false, Timer = null },
            PowerStates.Paused => changed with { Timer = null },
            _ when cold => changed with
            {
                RunningSince = transaction.Now,
                GuestUp = false,
                Timer = new GuestTimer(GuestStep.Boots, transaction.Now + BootTime(transaction, machine)),
            },
            _ => changed with { RunningSince = machine.RunningSince ?? transaction.Now, GuestUp = true },
        };
        transaction.Put(changed);
        AutomaticCheckpoint(transaction, changed, wasOff && cold);
    }

    /// <summary>Asks the guest to shut down, as InitiateShutdown does.</summary>
    public static Answer Shutdown(Transaction transaction, VirtualMachine machine, bool force)
    {
        if (machine.State is not PowerStates.Running || !machine.GuestUp)
        {
            return Answer.Refused(ReturnCodes.GuestNotReady, $"The guest of '{machine.Name}' does not answer.");
        }

        if (machine.ShuttingDown)
        {
            return Answer.Refused(ReturnCodes.ShutdownInProgress, $"'{machine.Name}' is shutting down already.");
        }

        if (machine.Guest.Shutdown is SimulatedShutdownBehaviour.Locked && !force)
        {
            return Answer.Refused(ReturnCodes.GuestLocked, $"The guest of '{machine.Name}' is locked.");
        }

        var seconds = machine.Guest.ShutdownSeconds ?? transaction.Timings.GuestShutdownSeconds;
        transaction.Put(
            machine with
            {
                ShuttingDown = true,
                Timer = new GuestTimer(GuestStep.PowersOff, transaction.Now + TimeSpan.FromSeconds(seconds)),
            }
        );
        return Answer.Done;
    }

    /// <summary>Lets the guest power off: the VM begins to stop, without any job.</summary>
    public static void GuestPowersOff(Transaction transaction, VirtualMachine machine) =>
        transaction.Put(
            machine.In(PowerStates.Stopping, transaction.Now) with
            {
                GuestUp = false,
                Timer = new GuestTimer(
                    GuestStep.IsOff,
                    transaction.Now + TimeSpan.FromSeconds(transaction.Timings.StopSeconds)
                ),
            }
        );

    /// <summary>Gets the memory in MB that can still be given to VMs.</summary>
    public static long FreeMegabytes(HostState state)
    {
        var root = state.Description.RootMemory ?? Math.Min(4UL << 30, state.Description.Memory / 16);
        var used = state
            .Machines.Values.Where(machine => PowerStates.HoldsMemory(machine.State))
            .Sum(machine => (long)machine.MemoryMegabytes);
        return (long)((state.Description.Memory - Math.Min(root, state.Description.Memory)) >> 20) - used;
    }

    private static TimeSpan BootTime(Transaction transaction, VirtualMachine machine) =>
        TimeSpan.FromSeconds(machine.Guest.BootSeconds ?? transaction.Timings.BootSeconds);

    private static JobError? StartRefusal(Transaction transaction, VirtualMachine machine)
    {
        if (PowerStates.HoldsMemory(machine.State))
        {
            return null;
        }

        var free = FreeMegabytes(transaction.State);
        if ((long)machine.MemoryMegabytes > free)
        {
            return new JobError(
                ReturnCodes.OutOfMemory,
                $"'{machine.Name}' failed to start. Not enough memory in the system: {machine.MemoryMegabytes} MB needed, {Math.Max(0, free)} MB available. (0x8007000E)"
            );
        }

        var processors = machine.Configuration.Processor.Number("VirtualQuantity");
        if (processors > transaction.Description.Processor.LogicalProcessors)
        {
            return new JobError(
                ReturnCodes.Failed,
                $"'{machine.Name}' failed to start. It has {processors} virtual processors, the host has {transaction.Description.Processor.LogicalProcessors} logical processors."
            );
        }

        var missing = machine
            .Configuration.Disks.SelectMany(disk => disk.Texts("HostResource"))
            .FirstOrDefault(path => Chain(transaction.State, path) is null);
        return missing is null
            ? null
            : new JobError(
                ReturnCodes.FileNotFound,
                $"'{machine.Name}' failed to start. Attachment '{missing}' or a parent of it was not found. (0x80070002)"
            );
    }

    private static DiskFile? Chain(HostState state, string path)
    {
        var file = state.File(path);
        for (var depth = 0; file?.Parent is { } parent && depth < 64; depth++)
        {
            file = state.File(parent);
        }

        return file;
    }

    private static void AutomaticCheckpoint(Transaction transaction, VirtualMachine machine, bool coldStart)
    {
        var system = machine.Configuration.System;
        if (
            coldStart
            && system.Flag("AutomaticSnapshotsEnabled") == true
            && system.Number("UserSnapshotType") != (int)SimulatedCheckpointType.Disabled
        )
        {
            Snapshots.Take(
                transaction,
                machine,
                new TakeSnapshot(
                    transaction.NewId(),
                    $"Automatic Checkpoint - {machine.Name}",
                    SimulatedCheckpointKind.Automatic,
                    HasMemory: false
                )
            );
        }
        else if (machine.State is PowerStates.Off)
        {
            var automatic = machine
                .Snapshots.Where(s => s.Kind is SimulatedCheckpointKind.Automatic)
                .Select(s => s.Id)
                .ToList();
            if (automatic.Count > 0)
            {
                Snapshots.Remove(transaction, machine, [.. automatic]);
            }
        }
    }

    /// <summary>Pauses a VM whose volume is full, or lets it be healthy again.</summary>
    public static void FollowFaults(Transaction transaction)
    {
        foreach (var machine in transaction.State.Machines.Values)
        {
            var gone = transaction.Has(SimulatedFaultKind.ConfigurationStorageGone, machine);
            var low = transaction.Has(SimulatedFaultKind.LowDisk, machine);
            if (gone != machine.StorageGone || low != machine.LowDisk)
            {
                var pauses = low && !machine.LowDisk && machine.State is PowerStates.Running;
                transaction.Put(
                    (pauses ? machine.In(PowerStates.Paused, transaction.Now) : machine) with
                    {
                        StorageGone = gone,
                        LowDisk = low,
                    }
                );
            }
        }
    }
}

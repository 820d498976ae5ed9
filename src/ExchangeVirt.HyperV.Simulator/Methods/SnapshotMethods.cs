using System.Collections.Immutable;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.HyperV.Simulator.Engine;
using ExchangeVirt.HyperV.Simulator.Model;

namespace ExchangeVirt.HyperV.Simulator.Methods;

/// <summary>Takes, applies and destroys snapshots.</summary>
internal static class SnapshotMethods
{
    private const ushort Creating = 32768;
    private const ushort Applying = 32769;
    private const ushort Deleting = 32770;

    /// <summary>Takes a snapshot of the kind that the VM's UserSnapshotType allows.</summary>
    public static Reply CreateSnapshot(MethodCall call)
    {
        if (call.MachineOf(call.Reference("AffectedSystem")) is not { } machine)
        {
            return Reply.Invalid("AffectedSystem is no virtual machine of this host.");
        }

        if (call.Number("SnapshotType") is not (2 or 3))
        {
            return Reply.Invalid($"SnapshotType {call.Number("SnapshotType")} is neither 2 (full) nor 3 (disk).");
        }

        if (call.Text("SnapshotSettings").Length > 0)
        {
            call.Embedded("SnapshotSettings", "Msvm_VirtualSystemSnapshotSettingData");
        }

        var type = (SimulatedCheckpointType)(machine.Configuration.System.Number("UserSnapshotType") ?? 0);
        var kind =
            type is SimulatedCheckpointType.Standard
                ? SimulatedCheckpointKind.Standard
                : SimulatedCheckpointKind.Production;
        var answer = Take(call.Transaction, machine, kind, call.Number("SnapshotType") == 2, null, neverJob: false);
        return Reply.Of(answer, "ResultingSnapshot", answer.Results.FirstOrDefault());
    }

    /// <summary>Takes a snapshot of a kind.</summary>
    public static Answer Take(
        Transaction t,
        VirtualMachine machine,
        SimulatedCheckpointKind kind,
        bool full,
        string? name,
        bool neverJob
    )
    {
        if (SettingsEditor.Closed(t, machine) is { } closed)
        {
            return closed;
        }

        if (machine.State is PowerStates.Paused)
        {
            return Answer.Refused(ReturnCodes.InvalidState, $"'{machine.Name}' is Paused.");
        }

        // The value 2 forbids every snapshot, a backup's too.
        if (machine.Configuration.System.Number("UserSnapshotType") == (int)SimulatedCheckpointType.Disabled)
        {
            return Answer.Refused(ReturnCodes.InvalidState, $"Checkpoints are disabled for '{machine.Name}'.");
        }

        var hasMemory =
            full
            && (
                machine.State is PowerStates.Saved
                || (machine.State is PowerStates.Running && kind is SimulatedCheckpointKind.Standard)
            );
        var take = new TakeSnapshot(
            t.NewId(),
            name ?? $"{machine.Name} - ({t.Now:yyyy-MM-dd - HH:mm:ss})",
            kind,
            hasMemory
        );
        return Start(t, machine, JobTypes.Snapshot, Creating, take, "CreateSnapshot", neverJob, alwaysJob: false);
    }

    /// <summary>Destroys one snapshot; its disks are then merged.</summary>
    public static Reply DestroySnapshot(MethodCall call)
    {
        if (call.SnapshotOf(call.Reference("AffectedSnapshot")) is not var (machine, snapshot))
        {
            return Reply.Invalid("AffectedSnapshot is no snapshot of this host.");
        }

        ImmutableList<string> ids = call.Transaction.Description.DestroySnapshotTakesDependents
            ? Snapshots.Tree(machine, snapshot.Id)
            : [snapshot.Id];
        return Reply.Of(Destroy(call.Transaction, machine, ids, neverJob: false));
    }

    /// <summary>Destroys a snapshot and all that derive from it.</summary>
    public static Reply DestroySnapshotTree(MethodCall call) =>
        call.SnapshotOf(call.Reference("SnapshotSettingData")) is var (machine, snapshot)
            ? Reply.Of(Destroy(call.Transaction, machine, Snapshots.Tree(machine, snapshot.Id), neverJob: false))
            : Reply.Invalid("SnapshotSettingData is no snapshot of this host.");

    /// <summary>Destroys snapshots.</summary>
    public static Answer Destroy(Transaction t, VirtualMachine machine, ImmutableList<string> ids, bool neverJob) =>
        SettingsEditor.Closed(t, machine)
        ?? Start(
            t,
            machine,
            JobTypes.DeleteSnapshot,
            Deleting,
            new RemoveSnapshots(ids),
            "DestroySnapshot",
            neverJob,
            alwaysJob: false
        );

    /// <summary>Goes back to a snapshot; only from Off or Saved, and never at once.</summary>
    public static Reply ApplySnapshot(MethodCall call)
    {
        if (call.SnapshotOf(call.Reference("Snapshot")) is not var (machine, snapshot))
        {
            return Reply.Invalid("Snapshot is no snapshot of this host.");
        }

        if (SettingsEditor.Closed(call.Transaction, machine) is { } closed)
        {
            return Reply.Of(closed);
        }

        return machine.State is PowerStates.Off or PowerStates.Saved
            ? Reply.Of(
                Start(
                    call.Transaction,
                    machine,
                    JobTypes.ApplySnapshot,
                    Applying,
                    new RestoreSnapshot(snapshot.Id),
                    "ApplySnapshot",
                    neverJob: false,
                    alwaysJob: true
                )
            )
            : Reply.Refused(ReturnCodes.InvalidState, $"'{machine.Name}' is {PowerStates.Name(machine.State)}.");
    }

    private static Answer Start(
        Transaction t,
        VirtualMachine machine,
        ushort jobType,
        ushort activity,
        Effect effect,
        string method,
        bool neverJob,
        bool alwaysJob
    )
    {
        var answer = JobRunner.Start(
            t,
            new JobOrder(jobType, machine, t.Timings.SnapshotSeconds, effect)
            {
                Method = method,
                NeverJob = neverJob,
                AlwaysJob = alwaysJob,
            }
        );
        if (answer.Code == ReturnCodes.JobStarted)
        {
            t.Put(t.RequireMachine(machine.Id) with { Activity = activity });
        }

        return answer;
    }
}

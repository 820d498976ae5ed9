using System.Collections.Immutable;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.CimXml;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.HyperV.Simulator.Model;

namespace ExchangeVirt.HyperV.Simulator.Engine;

/// <summary>Takes, removes and restores snapshots, and merges their disks.</summary>
internal static class Snapshots
{
    private const ushort Merging = 32772;

    /// <summary>Takes a snapshot of the current configuration and lets the VM go on with new disks.</summary>
    public static CimPath Take(Transaction transaction, VirtualMachine machine, TakeSnapshot take)
    {
        var copy = Renamed(transaction, machine.Configuration, machine.Id, take.Id);
        var system = copy
            .System.Change(transaction.Schema, "VirtualSystemType", TypeOf(take.Kind))
            .Change(transaction.Schema, "VirtualSystemIdentifier", machine.Id)
            .Change(transaction.Schema, "ElementName", take.Name)
            .Change(transaction.Schema, "CreationTime", transaction.Now)
            .Change(transaction.Schema, "IsSaved", take.HasMemory);
        if (transaction.Schema.Class(system.ClassName).Properties.ContainsKey("IsAutomaticSnapshot"))
        {
            system = system.Change(
                transaction.Schema,
                "IsAutomaticSnapshot",
                take.Kind is SimulatedCheckpointKind.Automatic
            );
        }

        var snapshot = new Snapshot(
            take.Id,
            machine.ParentSnapshotId,
            take.Kind,
            take.HasMemory,
            copy with
            {
                System = system,
            }
        );
        var (configuration, state) = DiskChains.Grow(
            transaction.Schema,
            transaction.State,
            machine.Configuration,
            transaction.NewId
        );
        transaction.State = state;
        transaction.Put(
            machine with
            {
                Configuration = WithParent(transaction, configuration, take.Id),
                Snapshots = machine.Snapshots.Add(snapshot),
                ParentSnapshotId = take.Id,
                Activity = null,
            }
        );
        return system.Path;
    }

    /// <summary>Removes snapshots; what derived from them derives from their parents, and the disks begin to merge.</summary>
    public static void Remove(Transaction transaction, VirtualMachine machine, ImmutableList<string> ids)
    {
        foreach (var id in ids)
        {
            if (machine.Snapshots.Find(s => s.Id == id) is not { } gone)
            {
                continue;
            }

            var parentId = gone.ParentId;
            machine = machine with
            {
                Snapshots = machine
                    .Snapshots.Remove(gone)
                    .ConvertAll(s =>
                        s.ParentId == id
                            ? s with
                            {
                                ParentId = parentId,
                                Configuration = WithParent(transaction, s.Configuration, parentId),
                            }
                            : s
                    ),
            };
            if (machine.ParentSnapshotId == id)
            {
                machine = machine with
                {
                    ParentSnapshotId = parentId,
                    Configuration = WithParent(transaction, machine.Configuration, parentId),
                };
            }
        }

        transaction.Put(machine with { Activity = Merging });
        JobRunner.Start(
            transaction,
            new JobOrder(JobTypes.Merge, machine, transaction.Timings.MergeSeconds, new MergeDisks())
            {
                AlwaysJob = true,
                Method = "Merge",
            }
        );
    }

    /// <summary>Ends a merge.</summary>
    public static void Merge(Transaction transaction, VirtualMachine machine)
    {
        var (merged, state) = DiskChains.Collapse(transaction.Schema, transaction.State, machine);
        transaction.State = state;
        transaction.Put(merged with { Activity = null });
    }

    /// <summary>Goes back to a snapshot: its settings, its disks, and Off or, with memory, Saved.</summary>
    public static void Restore(Transaction transaction, VirtualMachine machine, string id)
    {
        if (machine.Snapshots.Find(s => s.Id == id) is not { } snapshot)
        {
            return;
        }

        var restored = Renamed(transaction, snapshot.Configuration, id, machine.Id);
        var current = machine.Configuration.System;
        restored = restored with
        {
            System = restored
                .System.Change(transaction.Schema, "VirtualSystemType", current.Text("VirtualSystemType"))
                .Change(transaction.Schema, "ElementName", current.Text("ElementName"))
                .Change(transaction.Schema, "CreationTime", current["CreationTime"])
                .Change(transaction.Schema, "IsSaved", snapshot.HasMemory),
        };
        var (grown, state) = DiskChains.Grow(transaction.Schema, transaction.State, restored, transaction.NewId);
        transaction.State = state;
        var back = machine.In(snapshot.HasMemory ? PowerStates.Saved : PowerStates.Off, transaction.Now) with
        {
            Configuration = WithParent(transaction, grown, id),
            ParentSnapshotId = id,
            LastAppliedSnapshotId = id,
            RequestedState = PowerStates.NotRequested,
            Activity = null,
            ConfigurationChangedAt = transaction.Now,
        };
        (back, transaction.State) = DiskChains.Collapse(transaction.Schema, transaction.State, back);
        transaction.Put(back);
    }

    /// <summary>Gets a snapshot and all that derive from it, the deepest last.</summary>
    public static ImmutableList<string> Tree(VirtualMachine machine, string id)
    {
        var found = new List<string> { id };
        for (var i = 0; i < found.Count; i++)
        {
            found.AddRange(machine.Snapshots.Where(s => s.ParentId == found[i]).Select(s => s.Id));
        }

        return [.. found];
    }

    private static string TypeOf(SimulatedCheckpointKind kind) =>
        "Microsoft:Hyper-V:Snapshot:"
        + kind switch
        {
            SimulatedCheckpointKind.Recovery => "Recovery",
            SimulatedCheckpointKind.Replica => "Replica:Standard",
            _ => "Realized",
        };

    private static MachineConfiguration WithParent(
        Transaction transaction,
        MachineConfiguration configuration,
        string? id
    ) =>
        configuration with
        {
            System = configuration.System.Change(
                transaction.Schema,
                "Parent",
                id is null ? null : Names.SystemSettings(id).ToString()
            ),
        };

    private static MachineConfiguration Renamed(
        Transaction transaction,
        MachineConfiguration configuration,
        string from,
        string to
    )
    {
        CimObject Rename(CimObject settings, string property) =>
            settings.Text(property) is { } text
                ? settings.Change(
                    transaction.Schema,
                    property,
                    text.Replace(Names.SettingsId(from), Names.SettingsId(to), StringComparison.OrdinalIgnoreCase)
                )
                : settings;

        return new(
            Rename(configuration.System, "InstanceID"),
            configuration.Devices.ConvertAll(device =>
            {
                var renamed = Rename(device, "InstanceID");
                return renamed.Properties.ContainsKey("Parent") ? Rename(renamed, "Parent") : renamed;
            })
        );
    }
}

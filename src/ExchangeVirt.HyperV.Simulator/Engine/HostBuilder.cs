using System.Collections.Immutable;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.CimXml;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.HyperV.Simulator.Model;
using ExchangeVirt.HyperV.Simulator.Schema;

namespace ExchangeVirt.HyperV.Simulator.Engine;

/// <summary>Makes a host's first state out of its description.</summary>
internal static class HostBuilder
{
    /// <summary>Makes the state.</summary>
    public static HostState Build(SimulatedHostDescription description, DateTimeOffset now, Func<Guid>? newGuid)
    {
        var schema = CimSchema.ForBuild(description.OperatingSystem.Build);
        var empty = new HostState
        {
            Description = description with { VirtualMachines = [], Files = [] },
            BootedAt = now - TimeSpan.FromDays(3),
        };
        var transaction = new Transaction(empty, now, schema, new Templates(schema), newGuid);
        AddVolumes(transaction, description);
        transaction.State = transaction.State with
        {
            Switches =
            [
                .. description.Switches.Select(s => new VirtualSwitch(
                    s.Id is { } id ? Names.Of(id) : transaction.NewId(),
                    s.Name
                )),
            ],
        };
        foreach (var file in description.Files)
        {
            AddFile(transaction, file.Path, file.Size, file.Type, file.Parent);
        }

        foreach (var machine in description.VirtualMachines)
        {
            AddMachine(transaction, machine);
        }

        return transaction.State;
    }

    /// <summary>Adds a described VM in its described state.</summary>
    public static VirtualMachine AddMachine(Transaction transaction, SimulatedMachine source)
    {
        var id = source.Id is { } given ? Names.Of(given) : transaction.NewId();
        var since = transaction.Now - TimeSpan.FromHours(source.StateHours);
        var machine = transaction.Factory.New(id, source.Generation, since) with
        {
            ReplicationMode = source.ReplicationMode,
            LastBackupAt = source.LastBackupHoursAgo is { } hours ? transaction.Now - TimeSpan.FromHours(hours) : null,
            Guest = source.Guest,
        };
        var configuration = new MachineConfiguration(
            SystemSettings(transaction, machine.Configuration.System, source),
            machine.Configuration.Devices
        );
        configuration = configuration
            .Replace(Memory(transaction.Schema, configuration.Memory, source.Memory))
            .Replace(configuration.Processor.Change(transaction.Schema, "VirtualQuantity", source.Processors));
        configuration = MachineDevices.Add(transaction, id, configuration, source);
        machine = machine with { Configuration = configuration };
        transaction.Put(machine);
        machine = AddCheckpoints(transaction, machine, source, since);
        machine = InState(transaction, machine, source.State, since);
        transaction.Put(machine);
        return machine;
    }

    /// <summary>Adds a file unless it is there.</summary>
    public static void AddFile(Transaction transaction, string path, ulong size, SimulatedDiskType type, string? parent)
    {
        var key = HostState.Key(path);
        if (!transaction.State.Files.ContainsKey(key))
        {
            var file = new DiskFile(path, size, type, parent, transaction.NewId(), Disks.Allocation(type, size));
            transaction.State = transaction.State with { Files = transaction.State.Files.Add(key, file) };
        }
    }

    private static void AddVolumes(Transaction transaction, SimulatedHostDescription description)
    {
        ImmutableArray<SimulatedVolume> volumes = description.Volumes.IsEmpty
            ?
            [
                new SimulatedVolume
                {
                    Path = @"C:\",
                    Size = 1UL << 40,
                    Free = 1UL << 39,
                },
            ]
            : description.Volumes;
        transaction.State = transaction.State with
        {
            Volumes = [.. volumes.Select(v => new Volume(transaction.NewId(), v.Path, v.Size, v.Free, v.FileSystem))],
        };
    }

    private static CimObject SystemSettings(Transaction transaction, CimObject system, SimulatedMachine source)
    {
        var schema = transaction.Schema;
        var changed = system
            .Change(schema, "ElementName", source.Name)
            .Change(schema, "AutomaticShutdownAction", (int)source.AutomaticStopAction)
            .Change(schema, "AutomaticStartupAction", (int)source.AutomaticStartAction)
            .Change(schema, "AutomaticStartupActionDelay", TimeSpan.FromSeconds(source.AutomaticStartDelaySeconds))
            .Change(schema, "AutomaticRecoveryAction", (int)source.AutomaticRecoveryAction)
            .Change(schema, "UserSnapshotType", (int)source.CheckpointType)
            .Change(schema, "Notes", source.Notes is null ? Array.Empty<string>() : [source.Notes]);
        return
            source.AutomaticCheckpoints is { } automatic
            && schema.Class(system.ClassName).Properties.ContainsKey("AutomaticSnapshotsEnabled")
            ? changed.Change(schema, "AutomaticSnapshotsEnabled", automatic)
            : changed;
    }

    private static CimObject Memory(CimSchema schema, CimObject memory, SimulatedMemory source) =>
        memory
            .Change(schema, "VirtualQuantity", source.Size >> 20)
            .Change(schema, "DynamicMemoryEnabled", source.Dynamic)
            .Change(schema, "Reservation", (source.Minimum ?? Math.Min(512UL << 20, source.Size)) >> 20)
            .Change(schema, "Limit", (source.Maximum ?? 1UL << 40) >> 20);

    private static VirtualMachine AddCheckpoints(
        Transaction transaction,
        VirtualMachine machine,
        SimulatedMachine source,
        DateTimeOffset since
    )
    {
        foreach (var checkpoint in source.Checkpoints)
        {
            var takenAt = transaction.Now - TimeSpan.FromHours(checkpoint.HoursAgo);
            var then = new Transaction(
                transaction.State,
                takenAt,
                transaction.Schema,
                transaction.Templates,
                transaction.NewGuid
            );
            var hasMemory =
                checkpoint.Kind is SimulatedCheckpointKind.Standard
                && source.State is not SimulatedPowerState.Off
                && takenAt >= since;
            Snapshots.Take(
                then,
                machine,
                new TakeSnapshot(
                    then.NewId(),
                    checkpoint.Name ?? $"{source.Name} - ({takenAt:yyyy-MM-dd - HH:mm:ss})",
                    checkpoint.Kind,
                    hasMemory
                )
            );
            transaction.State = then.State;
            machine = transaction.RequireMachine(machine.Id);
        }

        return machine;
    }

    private static VirtualMachine InState(
        Transaction transaction,
        VirtualMachine machine,
        SimulatedPowerState state,
        DateTimeOffset since
    ) =>
        machine.In((ushort)state, since) with
        {
            RunningSince = state is SimulatedPowerState.Running or SimulatedPowerState.Paused ? since : null,
            GuestUp = state is SimulatedPowerState.Running or SimulatedPowerState.Paused,
            Configuration = machine.Configuration with
            {
                System = machine.Configuration.System.Change(
                    transaction.Schema,
                    "IsSaved",
                    state is SimulatedPowerState.Saved
                ),
            },
        };
}

namespace ExchangeVirt.HyperV.Simulator.Description;

/// <summary>Reads one VM of a description.</summary>
internal static class MachineReader
{
    private const ulong Mebibyte = 1UL << 20;

    /// <summary>Reads the VM.</summary>
    public static SimulatedMachine Machine(YamlSection yaml)
    {
        var d = new SimulatedMachine { Name = yaml.Text("name", required: true) ?? "" };
        var machine = d with
        {
            Id = yaml.Identifier("id"),
            Generation = yaml.Integer("generation", 1, 2) ?? d.Generation,
            Processors = yaml.Integer("processors", 1, 2048) ?? d.Processors,
            Memory = yaml.Section("memory") is { } memory ? Memory(memory) : d.Memory,
            State = yaml.Word<SimulatedPowerState>("state") ?? d.State,
            StateHours = yaml.Number("stateHours", 0, 100_000) ?? d.StateHours,
            AutomaticStopAction = yaml.Word<SimulatedStopAction>("automaticStopAction") ?? d.AutomaticStopAction,
            AutomaticStartAction = yaml.Word<SimulatedStartAction>("automaticStartAction") ?? d.AutomaticStartAction,
            AutomaticStartDelaySeconds = yaml.Integer("automaticStartDelaySeconds", 0, 1_000_000) ?? 0,
            AutomaticRecoveryAction =
                yaml.Word<SimulatedRecoveryAction>("automaticRecoveryAction") ?? d.AutomaticRecoveryAction,
            CheckpointType = yaml.Word<SimulatedCheckpointType>("checkpointType") ?? d.CheckpointType,
            AutomaticCheckpoints = yaml.Flag("automaticCheckpoints"),
            Checkpoints = yaml.List("checkpoints", 50, Checkpoint) ?? [],
            Disks = yaml.List("disks", 260, Disk) ?? [],
            NetworkAdapters = yaml.List("networkAdapters", 12, Adapter) ?? [],
            Notes = yaml.Text("notes"),
            ReplicationMode = yaml.Word<SimulatedReplicationMode>("replicationMode") ?? d.ReplicationMode,
            LastBackupHoursAgo = yaml.Number("lastBackupHoursAgo", 0, 100_000),
            Guest = yaml.Section("guest") is { } guest ? Guest(guest) : d.Guest,
        };
        if (machine.Generation == 2 && machine.Disks.Any(disk => disk.Controller is SimulatedController.Ide))
        {
            yaml.Broken("disks", "generation 2 has no IDE controller");
        }

        yaml.Done();
        return machine;
    }

    private static SimulatedMemory Memory(YamlSection yaml)
    {
        var memory = new SimulatedMemory
        {
            Size = yaml.Size("size", required: true) ?? 1UL << 30,
            Dynamic = yaml.Flag("dynamic") ?? false,
            Minimum = yaml.Size("minimum"),
            Maximum = yaml.Size("maximum"),
        };
        foreach (
            var (name, size) in new[]
            {
                ("size", memory.Size),
                ("minimum", memory.Minimum ?? 0),
                ("maximum", memory.Maximum ?? 0),
            }
        )
        {
            if (size % (2 * Mebibyte) != 0)
            {
                yaml.Broken(name, "memory is a whole multiple of 2Mi");
            }
        }

        if (memory.Dynamic && (memory.Minimum > memory.Size || memory.Maximum < memory.Size))
        {
            yaml.Broken("size", "dynamic memory needs minimum <= size <= maximum");
        }

        yaml.Done();
        return memory;
    }

    private static SimulatedCheckpoint Checkpoint(YamlSection yaml)
    {
        var checkpoint = new SimulatedCheckpoint
        {
            Name = yaml.Text("name"),
            Kind = yaml.Word<SimulatedCheckpointKind>("kind") ?? SimulatedCheckpointKind.Production,
            HoursAgo = yaml.Number("hoursAgo", 0, 100_000) ?? 1,
        };
        yaml.Done();
        return checkpoint;
    }

    private static SimulatedDisk Disk(YamlSection yaml)
    {
        var disk = new SimulatedDisk
        {
            Path = yaml.Text("path", required: true) ?? "",
            Size = yaml.Size("size") ?? 64UL << 30,
            Type = yaml.Word<SimulatedDiskType>("type") ?? SimulatedDiskType.Dynamic,
            Missing = yaml.Flag("missing") ?? false,
            Controller = yaml.Word<SimulatedController>("controller"),
        };
        if (disk.Type is SimulatedDiskType.Differencing)
        {
            yaml.Broken("type", "a differencing disk is described under files, with its parent");
        }

        yaml.Done();
        return disk;
    }

    private static SimulatedAdapter Adapter(YamlSection yaml)
    {
        var adapter = new SimulatedAdapter
        {
            Name = yaml.Text("name") ?? "Network Adapter",
            SwitchName = yaml.Text("switchName"),
            VlanId = yaml.Integer("vlanId", 1, 4094),
        };
        yaml.Done();
        return adapter;
    }

    private static SimulatedGuest Guest(YamlSection yaml)
    {
        var guest = new SimulatedGuest
        {
            BootSeconds = yaml.Number("bootSeconds", 0, 86_400),
            ShutdownSeconds = yaml.Number("shutdownSeconds", 0, 86_400),
            Shutdown = yaml.Word<SimulatedShutdownBehaviour>("shutdown") ?? SimulatedShutdownBehaviour.ShutsDown,
            SupportsMemoryResize = yaml.Flag("supportsMemoryResize") ?? true,
        };
        yaml.Done();
        return guest;
    }
}

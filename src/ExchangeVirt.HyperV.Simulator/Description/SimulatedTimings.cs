namespace ExchangeVirt.HyperV.Simulator.Description;

/// <summary>How long things take on a simulated host, in seconds. Microsoft documents none of these; they are choices.</summary>
public sealed record SimulatedTimings
{
    /// <summary>Gets the time of Starting. Absent: 2.</summary>
    public double StartSeconds { get; init; } = 2;

    /// <summary>Gets the time of a restore from saved state. Absent: 3.</summary>
    public double RestoreSeconds { get; init; } = 3;

    /// <summary>Gets the time of Stopping. Absent: 1.</summary>
    public double StopSeconds { get; init; } = 1;

    /// <summary>Gets the time in which a saved state is dropped. Absent: 0.2.</summary>
    public double DiscardSeconds { get; init; } = 0.2;

    /// <summary>Gets the time of Saving, beside the memory. Absent: 5.</summary>
    public double SaveSeconds { get; init; } = 5;

    /// <summary>Gets the time of Saving for each GiB of memory. Absent: 0.1.</summary>
    public double SaveSecondsPerGibibyte { get; init; } = 0.1;

    /// <summary>Gets the time of Pausing and of Resuming. Absent: 0.3.</summary>
    public double PauseSeconds { get; init; } = 0.3;

    /// <summary>Gets the time of a reset or reboot. Absent: 2.</summary>
    public double ResetSeconds { get; init; } = 2;

    /// <summary>Gets the time from power-on until a guest answers. Absent: 20.</summary>
    public double BootSeconds { get; init; } = 20;

    /// <summary>Gets the time from an accepted shutdown until a guest powers off. Absent: 10.</summary>
    public double GuestShutdownSeconds { get; init; } = 10;

    /// <summary>Gets the time of a job that changes settings. Absent: 0.3.</summary>
    public double ModifySeconds { get; init; } = 0.3;

    /// <summary>Gets the time of a job that defines or destroys a VM. Absent: 1.</summary>
    public double DefineSeconds { get; init; } = 1;

    /// <summary>Gets the time of a job that takes, removes or applies a checkpoint. Absent: 2.</summary>
    public double SnapshotSeconds { get; init; } = 2;

    /// <summary>Gets the time of a merge of disks after a checkpoint is gone. Absent: 5.</summary>
    public double MergeSeconds { get; init; } = 5;

    /// <summary>Gets the time of a job on a virtual disk file. Absent: 1.</summary>
    public double DiskSeconds { get; init; } = 1;

    /// <summary>Gets the time of a migration. Absent: 10.</summary>
    public double MigrationSeconds { get; init; } = 10;

    /// <summary>Gets how late events are. Absent: 0.</summary>
    public double EventSeconds { get; init; }

    /// <summary>Gets for how long a finished job can still be read. Absent: 300, Hyper-V's TimeBeforeRemoval.</summary>
    public double JobRemovalSeconds { get; init; } = 300;
}

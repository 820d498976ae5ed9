using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ExchangeVirt.HyperV.Cim;

namespace ExchangeVirt.HyperV.Simulator.Model;

/// <summary>A job of the management service. It is data, so that it goes on after the agent's process was restarted.</summary>
internal sealed record Job
{
    public required string Id { get; init; }

    public required string ClassName { get; init; }

    public required ushort Type { get; init; }

    public string? MachineId { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset DueAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public ushort State { get; init; } = JobStates.Running;

    /// <summary>Gets what the job will do when it is due.</summary>
    public required Effect Effect { get; init; }

    /// <summary>Gets the error that the job will end with instead, or null.</summary>
    public JobError? Failure { get; init; }

    /// <summary>Gets whether a success carries warnings.</summary>
    public bool Warns { get; init; }

    /// <summary>Gets whether the job cannot be read although it does its work.</summary>
    public bool Hidden { get; init; }

    /// <summary>Gets the instances that the job made or changed, known when it is done.</summary>
    public ImmutableList<CimPath> Affected { get; init; } = [];
}

/// <summary>Why a job failed.</summary>
internal sealed record JobError(uint Code, string Text);

/// <summary>What a job does when it is due.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "effect")]
[JsonDerivedType(typeof(EnterState), "enterState")]
[JsonDerivedType(typeof(Configure), "configure")]
[JsonDerivedType(typeof(AddMachine), "addMachine")]
[JsonDerivedType(typeof(RemoveMachine), "removeMachine")]
[JsonDerivedType(typeof(TakeSnapshot), "takeSnapshot")]
[JsonDerivedType(typeof(RemoveSnapshots), "removeSnapshots")]
[JsonDerivedType(typeof(RestoreSnapshot), "restoreSnapshot")]
[JsonDerivedType(typeof(MergeDisks), "mergeDisks")]
[JsonDerivedType(typeof(WriteFile), "writeFile")]
[JsonDerivedType(typeof(Nothing), "nothing")]
internal abstract record Effect;

/// <summary>The VM enters a persistent power state, or where the job fails is back in the one that it came from.</summary>
internal sealed record EnterState(ushort From, ushort To) : Effect;

/// <summary>The VM gets other settings.</summary>
internal sealed record Configure(MachineConfiguration Configuration, ImmutableList<CimPath> Results) : Effect;

/// <summary>A VM appears.</summary>
internal sealed record AddMachine(VirtualMachine Machine) : Effect;

/// <summary>The VM disappears; its files stay.</summary>
internal sealed record RemoveMachine : Effect;

/// <summary>The VM gets a snapshot.</summary>
internal sealed record TakeSnapshot(string Id, string Name, Description.SimulatedCheckpointKind Kind, bool HasMemory)
    : Effect;

/// <summary>Snapshots disappear, and their disks are then merged.</summary>
internal sealed record RemoveSnapshots(ImmutableList<string> Ids) : Effect;

/// <summary>The VM goes back to a snapshot.</summary>
internal sealed record RestoreSnapshot(string Id) : Effect;

/// <summary>The disks that no snapshot needs any more are merged.</summary>
internal sealed record MergeDisks : Effect;

/// <summary>A virtual disk file appears or changes.</summary>
internal sealed record WriteFile(DiskFile File) : Effect;

/// <summary>Nothing changes.</summary>
internal sealed record Nothing : Effect;

using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Operator.Deciding;

/// <summary>Everything that one decision about a VM may look at, read at one moment.</summary>
public sealed record Situation
{
    /// <summary>The annotation by which a person gives a lost VM up; its value is the lost GUID.</summary>
    public const string RecreateAnnotation = "exchangevirt.io/recreate";

    /// <summary>Gets the declared object with its status.</summary>
    public required ExchangeVirtualMachine Entity { get; init; }

    /// <summary>Gets what it asks for.</summary>
    public required DesiredVirtualMachine Desired { get; init; }

    /// <summary>Gets what is wrong with it, for people; null where it is sound. Nothing is done for one that is not.</summary>
    public string? Invalid { get; init; }

    /// <summary>Gets the mark that its VM carries.</summary>
    public required OwnerMark Owner { get; init; }

    /// <summary>Gets the policy in force; the built-in one where none named <c>default</c> is declared.</summary>
    public required Policy Policy { get; init; }

    /// <summary>Gets the policy that it names and that does not exist; null otherwise.</summary>
    public string? MissingPolicy { get; init; }

    /// <summary>Gets what is wrong with the policy that it names; null where that is sound.</summary>
    public string? InvalidPolicy { get; init; }

    /// <summary>Gets the DAG that it names and that does not exist; null otherwise.</summary>
    public string? MissingGroup { get; init; }

    /// <summary>Gets what is wrong with the DAG that it names; null where that is sound.</summary>
    public string? InvalidGroup { get; init; }

    /// <summary>Gets what VM and policy allow together.</summary>
    public required EffectiveRules Rules { get; init; }

    /// <summary>Gets the DAG with its members; null where it names none or one that does not exist.</summary>
    public AvailabilityGroupFacts? Group { get; init; }

    /// <summary>Gets where the VM was seen.</summary>
    public required Sighting Sighting { get; init; }

    /// <summary>Gets the off switches that are pulled.</summary>
    public IReadOnlyList<Pause> Pauses { get; init; } = [];

    /// <summary>Gets whether the off switch for everything could not be read and is taken for pulled: nothing tells when it can be again.</summary>
    public bool PauseAssumed { get; init; }

    /// <summary>Gets the maintenance windows, open and next.</summary>
    public IReadOnlyList<MaintenanceInterval> Windows { get; init; } = [];

    /// <summary>Gets why the windows cannot be computed; they count as closed then.</summary>
    public string? WindowProblem { get; init; }

    /// <summary>Gets the restart that was begun and not ended.</summary>
    public RestartOperation? Restart { get; init; }

    /// <summary>Gets the time.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Gets the object's key.</summary>
    public ObjectKey Key => Desired.Key;

    /// <summary>Gets the GUID of a lost VM in whose place a person asked for a new one; null where nobody did.</summary>
    public Guid? RecreateInPlaceOf =>
        Entity.Metadata.Annotations?.TryGetValue(RecreateAnnotation, out var text) == true
        && Guid.TryParse(text, out var lost)
            ? lost
            : null;

    /// <summary>Gets whether the VM that was seen is the declared one for certain: it bears our mark, and is no copy of a lost one.</summary>
    public bool IsOurs =>
        Observed is { } machine
        && machine.Owner == Owner
        && (
            !Guid.TryParse(Entity.Status?.VirtualMachineId, out var bound)
            || bound == machine.Id
            || bound == RecreateInPlaceOf
        );

    /// <summary>Gets the VM, if it was seen.</summary>
    public ObservedVirtualMachine? Observed => Sighting.Seen?.Machine;
}

/// <summary>Where a declared VM was seen.</summary>
public sealed record Sighting
{
    /// <summary>Gets the VM that is taken for the declared one; null where none is seen.</summary>
    public SeenVirtualMachine? Seen { get; init; }

    /// <summary>Gets where other VMs of the name, or the same GUID again, are seen; in words.</summary>
    public IReadOnlyList<string> Namesakes { get; init; } = [];

    /// <summary>Gets the host that the object is bound to; null where placement has not decided, or that host is not declared (any more).</summary>
    public HostView? BoundHost { get; init; }

    /// <summary>Gets the name of the host that the object is bound to.</summary>
    public string? BoundHostName { get; init; }

    /// <summary>Gets whether the binding is only supposed: nothing is stored, because nothing may be done.</summary>
    public bool Supposed { get; init; }

    /// <summary>Gets the hosts that may hold the VM and whose inventory is not known.</summary>
    public IReadOnlyList<HostView> OutOfSight { get; init; } = [];
}

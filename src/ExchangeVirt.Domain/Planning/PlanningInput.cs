using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Rules;

namespace ExchangeVirt.Domain.Planning;

/// <summary>Everything that one plan may look at. What is left out is taken as not known, which leads to fewer actions, never to more.</summary>
public sealed record PlanningInput
{
    /// <summary>Gets what the manifest asks for.</summary>
    public required DesiredVirtualMachine Desired { get; init; }

    /// <summary>Gets why the manifest cannot be acted on: a field is missing or breaks a rule; null where it is sound. What <see cref="Desired"/> then lacks was not to be read.</summary>
    public string? Invalid { get; init; }

    /// <summary>Gets the VM as its host's agent sees it; null where no host that answers has it.</summary>
    public ObservedVirtualMachine? Observed { get; init; }

    /// <summary>Gets the policy in force.</summary>
    public required Policy Policy { get; init; }

    /// <summary>Gets the mark that this object's VM carries.</summary>
    public required OwnerMark Owner { get; init; }

    /// <summary>Gets the time.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Gets whether every host that may hold the VM gave a complete inventory: its placement's host for a VM that never was, every declared host for one that was.</summary>
    /// <remarks>A host out of reach may still run the VM, so that nothing is created and nothing called missing without this.</remarks>
    public bool InventoryComplete { get; init; }

    /// <summary>Gets the GUID that the object is bound to; null where it never had one.</summary>
    public Guid? VirtualMachineId { get; init; }

    /// <summary>Gets the GUID that the annotation <c>exchangevirt.io/recreate</c> names; it allows a new VM in the place of exactly that one.</summary>
    public Guid? RecreateInPlaceOf { get; init; }

    /// <summary>Gets where other VMs of the same name, or the same GUID a second time, are seen; in words, such as <c>hv02 (0C6A…)</c>.</summary>
    public IReadOnlyList<string> Namesakes { get; init; } = [];

    /// <summary>Gets the disks that other VMs have attached.</summary>
    public IReadOnlyList<DiskAttachment> DisksElsewhere { get; init; } = [];

    /// <summary>Gets the restart that this operator began and has not ended.</summary>
    public RestartOperation? Restart { get; init; }

    /// <summary>Gets whether this operator created the VM and it never ran since: it is then started without waiting.</summary>
    public bool NeverStarted { get; init; }

    /// <summary>Gets the generation of the manifest.</summary>
    public long Generation { get; init; }

    /// <summary>Gets the generation that was last fully applied; null where none was. Another one than <see cref="Generation"/> makes a difference a change, the same makes it drift.</summary>
    public long? AppliedGeneration { get; init; }

    /// <summary>Gets the power state that the generation last applied asked for; it tells a start that the manifest newly asks for from a VM that a person shut down.</summary>
    public DesiredPowerState? AppliedPowerState { get; init; }

    /// <summary>Gets the rules' verdicts on the desired values alone, as lint gives them. A violated Unsupported one is refused here too.</summary>
    public IReadOnlyList<RuleVerdict> DesiredVerdicts { get; init; } = [];

    /// <summary>Gets settings that are not to be written for now, by name, with the reason: contended, or failing again and again. A start never waits for them.</summary>
    public IReadOnlyDictionary<string, string> Withheld { get; init; } = new Dictionary<string, string>();
}

/// <summary>A disk that some VM has attached.</summary>
/// <param name="Identity">The root file's path, or a passed-through disk's own id.</param>
/// <param name="VirtualMachine">The VM, in words.</param>
public sealed record DiskAttachment(string Identity, string VirtualMachine);

/// <summary>What becomes of a VM when its declared object is deleted.</summary>
public enum DeletionPolicy
{
    /// <summary>It stays as it is.</summary>
    Retain,

    /// <summary>It is unregistered once it is off; its files stay.</summary>
    Delete,
}

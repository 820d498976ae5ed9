namespace ExchangeVirt.Domain.Model;

/// <summary>How strictly a placement wish is kept.</summary>
public enum Strictness
{
    /// <summary>Not looked at.</summary>
    Ignore,

    /// <summary>Preferred.</summary>
    Preferred,

    /// <summary>Refused otherwise.</summary>
    Required,
}

/// <summary>How a member is brought into maintenance before it goes down.</summary>
public enum MaintenanceHook
{
    /// <summary>Nobody chose: members are never restarted.</summary>
    Unset,

    /// <summary>None, written down.</summary>
    None,

    /// <summary>A person says that the member is in maintenance, for this boot.</summary>
    Attested,

    /// <summary>A program of the user's.</summary>
    Command,
}

/// <summary>Which witness a DAG has.</summary>
public enum WitnessKind
{
    /// <summary>None declared.</summary>
    None,

    /// <summary>A VM of ours.</summary>
    VirtualMachine,

    /// <summary>A host.</summary>
    Host,

    /// <summary>Outside our sight, taken as attested.</summary>
    External,
}

/// <summary>A DAG as its manifest declares it.</summary>
public sealed record AvailabilityGroup
{
    /// <summary>Gets the declared object.</summary>
    public required ObjectKey Key { get; init; }

    /// <summary>Gets whether members may share a host.</summary>
    public Strictness AntiAffinity { get; init; } = Strictness.Required;

    /// <summary>Gets whether members are spread over fault domains.</summary>
    public Strictness FaultDomainSpread { get; init; } = Strictness.Preferred;

    /// <summary>Gets how many members may be down at once.</summary>
    public int MaxUnavailable { get; init; } = 1;

    /// <summary>Gets how long a member must be healthy before it counts.</summary>
    public TimeSpan MinReady { get; init; } = TimeSpan.FromSeconds(900);

    /// <summary>Gets the witness.</summary>
    public WitnessKind Witness { get; init; }

    /// <summary>Gets the witness VM's or host's name.</summary>
    public string? WitnessName { get; init; }

    /// <summary>Gets members that are not managed here; they vote.</summary>
    public IReadOnlyList<string> ExternalMembers { get; init; } = [];

    /// <summary>Gets members that a person wrote off, with reasons.</summary>
    public IReadOnlyList<IgnoredMember> IgnoredMembers { get; init; } = [];

    /// <summary>Gets the maintenance hook.</summary>
    public MaintenanceHook Hook { get; init; }
}

/// <summary>A member that a person wrote off for a time.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Reason">Why.</param>
/// <param name="Expires">Until when.</param>
public sealed record IgnoredMember(string Name, string Reason, DateTimeOffset Expires);

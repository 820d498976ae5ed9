using ExchangeVirt.Resources.Schema;

namespace ExchangeVirt.Resources.V1Alpha1;

/// <summary>What is asked of one move. It cannot be changed once made.</summary>
[Rule("migration-immutable")]
public sealed record VirtualMachineMigrationSpec
{
    /// <summary>The ExchangeVirtualMachine of this namespace to move.</summary>
    public required VirtualMachineReference VirtualMachineRef { get; init; }

    /// <summary>Absent: placement chooses. The HyperVHost to move it to.</summary>
    [Text(63, TextShape.DnsLabel)]
    public string? TargetHost { get; init; }

    /// <summary>Absent: Live. How it is moved.</summary>
    public MigrationMethod Method { get; init; } = MigrationMethod.Live;

    /// <summary>Absent: 86400. Seconds after which a finished move is deleted.</summary>
    [Bounds(0, 31536000)]
    public int TtlSecondsAfterFinished { get; init; } = 86400;
}

/// <summary>Names an ExchangeVirtualMachine of the same namespace.</summary>
public sealed record VirtualMachineReference
{
    /// <summary>The name of the resource.</summary>
    [Text(63, TextShape.DnsLabel)]
    public required string Name { get; init; }
}

/// <summary>What is observed of one move.</summary>
public sealed record VirtualMachineMigrationStatus : ResourceStatus
{
    /// <summary>How far it is, in one word, for people.</summary>
    [Text(63)]
    public string? Phase { get; init; }

    /// <summary>The host that it leaves.</summary>
    [Text(63)]
    public string? SourceHost { get; init; }

    /// <summary>The host that it goes to.</summary>
    [Text(63)]
    public string? TargetHost { get; init; }

    /// <summary>How much is done, in percent, by steps of 5.</summary>
    public int? Percent { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }
}

using ExchangeVirt.Resources.Schema;

namespace ExchangeVirt.Resources.V1Alpha1;

/// <summary>What the status of every kind holds.</summary>
public abstract record ResourceStatus
{
    /// <summary>The generation of the spec that this status speaks of; -1 before the first look.</summary>
    public long ObservedGeneration { get; init; } = -1;

    /// <summary>Conditions, by type.</summary>
    [Items(32, Keys = "type")]
    public IReadOnlyList<StatusCondition>? Conditions { get; init; }

    /// <summary>Rules that are violated, by rule and subject.</summary>
    [Items(256, Keys = "rule,subject")]
    public IReadOnlyList<ViolationStatus>? Violations { get; init; }

    /// <summary>Rules that could not be judged for want of facts, by rule and subject; never counted as passed.</summary>
    [Items(256, Keys = "rule,subject")]
    public IReadOnlyList<UnknownRuleStatus>? Unknown { get; init; }
}

/// <summary>One condition, as all of Kubernetes writes them.</summary>
public sealed record StatusCondition
{
    /// <summary>What the condition is about, in CamelCase.</summary>
    [Text(316, TextShape.NotEmpty)]
    public required string Type { get; init; }

    /// <summary>True, False or Unknown.</summary>
    [Text(63)]
    public required string Status { get; init; }

    /// <summary>The generation of the spec that this condition was judged against.</summary>
    public long? ObservedGeneration { get; init; }

    /// <summary>When the status last changed from one value to another.</summary>
    public required DateTimeOffset LastTransitionTime { get; init; }

    /// <summary>Why, as one CamelCase word from the documented list.</summary>
    [Text(1024)]
    public required string Reason { get; init; }

    /// <summary>What happened and what to do next, for people.</summary>
    [Text(32768)]
    public required string Message { get; init; }
}

/// <summary>One violated rule.</summary>
public sealed record ViolationStatus
{
    /// <summary>The id of the rule.</summary>
    [Text(63)]
    public required string Rule { get; init; }

    /// <summary>What within the object violates it; empty for the object itself.</summary>
    [Text(253)]
    public string Subject { get; init; } = "";

    /// <summary>Unsupported or Advisory.</summary>
    [Text(63)]
    public string? Severity { get; init; }

    /// <summary>What is wrong and what would be right.</summary>
    [Text(4096)]
    public string? Message { get; init; }

    /// <summary>Where the vendor says so.</summary>
    [Text(512)]
    public string? Reference { get; init; }

    /// <summary>The name of the policy's exemption that accepts it; absent where none does.</summary>
    [Text(63)]
    public string? Exemption { get; init; }

    /// <summary>When it was first seen.</summary>
    public DateTimeOffset? Since { get; init; }
}

/// <summary>One rule that could not be judged.</summary>
public sealed record UnknownRuleStatus
{
    /// <summary>The id of the rule.</summary>
    [Text(63)]
    public required string Rule { get; init; }

    /// <summary>What within the object could not be judged; empty for the object itself.</summary>
    [Text(253)]
    public string Subject { get; init; } = "";

    /// <summary>The facts that are missing.</summary>
    [Items(32)]
    [Text(253)]
    public IReadOnlyList<string>? MissingFacts { get; init; }
}

namespace ExchangeVirt.Domain.Rules;

/// <summary>What breaking a rule means.</summary>
public enum Severity
{
    /// <summary>Microsoft does not support it.</summary>
    Unsupported,

    /// <summary>It is not recommended.</summary>
    Advisory,
}

/// <summary>What a rule speaks of.</summary>
public enum SubjectKind
{
    /// <summary>A Hyper-V host.</summary>
    Host,

    /// <summary>A VM.</summary>
    VirtualMachine,

    /// <summary>A VM's disk, written <c>vm/disk</c>.</summary>
    Disk,

    /// <summary>A DAG.</summary>
    AvailabilityGroup,

    /// <summary>A failover cluster of hosts.</summary>
    Cluster,

    /// <summary>A move.</summary>
    Migration,

    /// <summary>An Azure subscription.</summary>
    Azure,
}

/// <summary>How a rule came out. A missing fact is never a pass.</summary>
public enum Verdict
{
    /// <summary>Kept.</summary>
    Pass,

    /// <summary>Broken.</summary>
    Violated,

    /// <summary>A fact is missing.</summary>
    Unknown,

    /// <summary>The rule does not speak of this subject.</summary>
    NotApplicable,
}

/// <summary>One rule's verdict on one subject.</summary>
/// <param name="Rule">The rule's id.</param>
/// <param name="Severity">What breaking it means.</param>
/// <param name="SubjectKind">What it speaks of.</param>
/// <param name="Subject">The subject's name.</param>
/// <param name="Verdict">The verdict.</param>
/// <param name="Message">What was found against what is allowed, in figures; what to do. Empty for a pass.</param>
/// <param name="Reference">Where it says so.</param>
/// <param name="MissingFacts">For unknown: the facts that are missing.</param>
public sealed record RuleVerdict(
    string Rule,
    Severity Severity,
    SubjectKind SubjectKind,
    string Subject,
    Verdict Verdict,
    string Message,
    string Reference,
    IReadOnlyList<string> MissingFacts
);

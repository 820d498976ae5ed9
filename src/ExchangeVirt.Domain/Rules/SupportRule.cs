namespace ExchangeVirt.Domain.Rules;

/// <summary>One of the conditions under which Exchange Server on virtual machines is supported or recommended.</summary>
/// <remarks>A pass needs every fact the rule looks at; a violation needs only those that prove it; anything else is unknown.</remarks>
public sealed class SupportRule
{
    private readonly Func<RuleSubject, Finding> _judge;

    private SupportRule(
        string id,
        Severity severity,
        SubjectKind kind,
        string sentence,
        string reference,
        Func<RuleSubject, Finding> judge
    )
    {
        Id = id;
        Severity = severity;
        SubjectKind = kind;
        Sentence = sentence;
        Reference = reference;
        _judge = judge;
    }

    /// <summary>Gets the stable id, such as <c>cpu-guests-over-2to1</c>; unique together with <see cref="SubjectKind"/>.</summary>
    public string Id { get; }

    /// <summary>Gets what breaking it means.</summary>
    public Severity Severity { get; }

    /// <summary>Gets what it speaks of.</summary>
    public SubjectKind SubjectKind { get; }

    /// <summary>Gets what is asked, in one sentence.</summary>
    public string Sentence { get; }

    /// <summary>Gets where it says so; begins «Operator's judgement» where Microsoft does not.</summary>
    public string Reference { get; }

    /// <summary>Judges one subject.</summary>
    internal RuleVerdict Evaluate(RuleSubject subject)
    {
        var finding = _judge(subject);
        return new RuleVerdict(
            Id,
            Severity,
            SubjectKind,
            subject.Name,
            finding.Verdict,
            finding.Message,
            Reference,
            finding.MissingFacts
        );
    }

    internal static SupportRule ForHost(
        string id,
        Severity severity,
        string sentence,
        string reference,
        Func<HostSubject, Finding> judge
    ) => new(id, severity, SubjectKind.Host, sentence, reference, subject => judge((HostSubject)subject));

    internal static SupportRule ForMachine(
        string id,
        Severity severity,
        string sentence,
        string reference,
        Func<MachineSubject, Finding> judge
    ) => new(id, severity, SubjectKind.VirtualMachine, sentence, reference, subject => judge((MachineSubject)subject));

    internal static SupportRule ForCluster(
        string id,
        Severity severity,
        string sentence,
        string reference,
        Func<ClusterSubject, Finding> judge
    ) => new(id, severity, SubjectKind.Cluster, sentence, reference, subject => judge((ClusterSubject)subject));
}

namespace ExchangeVirt.Domain.Rules;

/// <summary>The rules as data, and their evaluation. Pure: the same facts and moment give the same verdicts.</summary>
public static class SupportRules
{
    /// <summary>Gets every rule, by family.</summary>
    public static IReadOnlyList<SupportRule> All { get; } =
    [.. ProcessorRules.All, .. MemoryRules.All, .. StateRules.All, .. CheckpointRules.All];

    private static readonly SupportRule[] s_host = [.. All.Where(rule => rule.SubjectKind == SubjectKind.Host)];
    private static readonly SupportRule[] s_machine =
    [
        .. All.Where(rule => rule.SubjectKind == SubjectKind.VirtualMachine),
    ];
    private static readonly SupportRule[] s_cluster = [.. All.Where(rule => rule.SubjectKind == SubjectKind.Cluster)];

    /// <summary>Judges every host, every Exchange VM and every cluster.</summary>
    /// <returns>One verdict for each rule and subject. An estate without hosts or clusters yields the verdicts on the subject <c>""</c>.</returns>
    public static IReadOnlyList<RuleVerdict> Evaluate(Estate estate, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(estate);
        var verdicts = new List<RuleVerdict>();
        foreach (var name in OrNone(estate.HostNames))
        {
            verdicts.AddRange(EvaluateHost(estate, name, now));
        }

        foreach (var name in estate.ExchangeMachineNames)
        {
            verdicts.AddRange(EvaluateVirtualMachine(estate, name, now));
        }

        foreach (var name in OrNone(estate.ClusterNames))
        {
            verdicts.AddRange(EvaluateCluster(estate, name, now));
        }

        return verdicts;
    }

    /// <summary>Judges one host; costs the guests of that host.</summary>
    /// <returns>One verdict per host rule; a host that is not described is unknown, never a pass.</returns>
    public static IReadOnlyList<RuleVerdict> EvaluateHost(Estate estate, string name, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(estate);
        ArgumentNullException.ThrowIfNull(name);
        var subject = new HostSubject(estate, name, now);
        return Array.ConvertAll(s_host, rule => rule.Evaluate(subject));
    }

    /// <summary>Judges one Exchange VM; costs that VM.</summary>
    /// <returns>One verdict per VM rule; none for a foreign guest or an unknown name.</returns>
    public static IReadOnlyList<RuleVerdict> EvaluateVirtualMachine(Estate estate, string name, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(estate);
        ArgumentNullException.ThrowIfNull(name);
        var verdicts = new List<RuleVerdict>();
        foreach (var machine in estate.ExchangeMachines(name))
        {
            var subject = new MachineSubject(estate, machine, machine.Exchange!, now);
            verdicts.AddRange(s_machine.Select(rule => rule.Evaluate(subject)));
        }

        return verdicts;
    }

    /// <summary>Judges one cluster; costs the guests of its nodes.</summary>
    public static IReadOnlyList<RuleVerdict> EvaluateCluster(Estate estate, string name, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(estate);
        ArgumentNullException.ThrowIfNull(name);
        var subject = new ClusterSubject(estate, name, now);
        return Array.ConvertAll(s_cluster, rule => rule.Evaluate(subject));
    }

    private static IReadOnlyList<string> OrNone(IReadOnlyList<string> names) => names.Count == 0 ? [""] : names;
}

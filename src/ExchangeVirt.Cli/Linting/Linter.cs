using ExchangeVirt.Cli.Estates;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Rules;
using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Resources.Mapping;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.V1Alpha1;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Cli.Linting;

/// <summary>Judges manifests by what can be known without a host: schema, cross-field rules, support rules, look-ups among the manifests.</summary>
internal static class Linter
{
    // What a manifest alone tells of a machine; rules that need a host's or a guest's facts stay unknown, and are not shown.
    private static readonly HashSet<string> s_unsupported =
    [
        .. SupportRules.All.Where(static rule => rule.Severity is Severity.Unsupported).Select(static rule => rule.Id),
    ];

    /// <summary>Judges what was read, in order of files and lines.</summary>
    /// <param name="manifests">What was read, taken for the whole estate.</param>
    /// <param name="now">The time at which the support rules are asked.</param>
    /// <param name="unknown">How much a reference weighs to what is not to be found.</param>
    /// <param name="live">What is there already, which the manifests are to be applied to. Null: they are the whole estate.</param>
    public static IReadOnlyList<LintFinding> Judge(
        ManifestSet manifests,
        DateTimeOffset now,
        UnknownReferences unknown = UnknownReferences.Warn,
        EstateObjects? live = null
    ) =>
        [
            .. manifests
                .Problems.Select(static problem => Finding(Weight(problem), problem))
                .Concat(manifests.Notices.Select(static notice => Finding(LintSeverity.Notice, notice)))
                .Concat(SupportFindings(manifests, now))
                .Concat(LookupFindings(manifests, unknown, live))
                .Concat(TransitionFindings(manifests, live))
                .Concat(PinFindings(manifests, live))
                .OrderBy(static finding => finding.File, StringComparer.Ordinal)
                .ThenBy(static finding => finding.Line),
        ];

    private static LintSeverity Weight(ManifestProblem problem) =>
        problem.Rule is { } rule && s_unsupported.Contains(rule) ? LintSeverity.Unsupported : LintSeverity.Invalid;

    private static LintFinding Finding(LintSeverity severity, ManifestProblem problem) =>
        new(severity, problem.File, problem.Line, problem.Path, problem.Rule, problem.Message);

    private static IEnumerable<LintFinding> SupportFindings(ManifestSet manifests, DateTimeOffset now)
    {
        var machines = manifests
            .Entities.Where(static each => each.Entity is ExchangeVirtualMachine)
            .Select(static each => (Place: each, Machine: Desired.From((ExchangeVirtualMachine)each.Entity)))
            .ToList();
        var estate = new Estate(
            new EstateFacts { VirtualMachines = [.. machines.Select(static each => Facts(each.Machine))] }
        );
        return machines.SelectMany(each =>
            SupportRules
                .EvaluateVirtualMachine(estate, each.Machine.Key.ToString(), now)
                .Where(static verdict => verdict.Verdict is Verdict.Violated)
                .Select(verdict => new LintFinding(
                    verdict.Severity is Severity.Unsupported ? LintSeverity.Unsupported : LintSeverity.Advisory,
                    each.Place.File,
                    each.Place.Line,
                    $"{each.Machine.Key}",
                    verdict.Rule,
                    verdict.Message,
                    verdict.Reference
                ))
        );
    }

    private static EstateVirtualMachine Facts(DesiredVirtualMachine machine) =>
        new()
        {
            Name = machine.Key.ToString(),
            Exchange = new EstateExchange(
                Enum.Parse<ExchangeProduct>($"{machine.Exchange.Version}"),
                machine.Exchange.CumulativeUpdate,
                machine.Exchange.Role,
                machine.Exchange.AvailabilityGroup
            ),
            ProcessorCount = machine.ProcessorCount,
            // A declared machine always has fixed memory: there is no field for anything else.
            Memory = new EstateMemory(machine.Memory, Dynamic: false),
            Guest = new EstateGuest(OperatingSystem: machine.GuestOperatingSystem),
        };

    private static IEnumerable<LintFinding> LookupFindings(
        ManifestSet manifests,
        UnknownReferences unknown,
        EstateObjects? live
    )
    {
        var applied = manifests.Entities.Select(static each => each.Entity).ToList();
        var named = applied.Select(KeyOf).ToHashSet();
        var declared = new DeclaredSet([
            .. applied,
            .. (live?.All ?? []).Where(each => !named.Contains(KeyOf(each))),
            .. Supposed(applied, live?.HiddenKinds ?? []),
        ]);
        return manifests.Entities.SelectMany(each =>
            LookupRules
                .Check(each.Entity, Before(each.Entity, live), declared)
                .Select(finding => new LintFinding(
                    finding.Refuses(unknown) ? LintSeverity.Invalid : LintSeverity.Advisory,
                    each.File,
                    each.Line,
                    finding.Path,
                    finding.Id,
                    finding.Message
                ))
        );
    }

    // What may not be seen is not called missing.
    private static IEnumerable<IKubernetesObject<V1ObjectMeta>> Supposed(
        IEnumerable<IKubernetesObject<V1ObjectMeta>> applied,
        IReadOnlyList<string> hiddenKinds
    )
    {
        foreach (var each in applied)
        {
            if (
                hiddenKinds.Contains(VirtualizationPolicy.KubeKind)
                && ((each as ExchangeVirtualMachine)?.Spec.PolicyName ?? (each as HyperVHost)?.Spec.PolicyName)
                    is { } policy
            )
            {
                yield return new VirtualizationPolicy { Metadata = new V1ObjectMeta { Name = policy } };
            }

            if (
                hiddenKinds.Contains(DatabaseAvailabilityGroup.KubeKind)
                && each is ExchangeVirtualMachine { Spec.Exchange.DatabaseAvailabilityGroup: { } group }
            )
            {
                yield return new DatabaseAvailabilityGroup
                {
                    Metadata = new V1ObjectMeta { Name = group, NamespaceProperty = each.Metadata.NamespaceProperty },
                };
            }
        }
    }

    // Rules about an object by itself were asked when its manifest was read; here are those about its change.
    private static IEnumerable<LintFinding> TransitionFindings(ManifestSet manifests, EstateObjects? live) =>
        from each in manifests.Entities
        let before = Before(each.Entity, live)
        where before is not null
        from failure in ResourceRules.Check(each.Entity, before)
        where ResourceRules.All[failure.Id].IsTransition
        select new LintFinding(
            LintSeverity.Invalid,
            each.File,
            each.Line,
            failure.Path,
            failure.Id,
            $"{failure.Message}; the object is there already"
        );

    private static IKubernetesObject<V1ObjectMeta>? Before(
        IKubernetesObject<V1ObjectMeta> entity,
        EstateObjects? live
    ) => live?.Find(entity.Kind, entity.Metadata.NamespaceProperty, entity.Metadata.Name);

    private static (string, string?, string) KeyOf(IKubernetesObject<V1ObjectMeta> entity) =>
        (entity.Kind, entity.Metadata.NamespaceProperty, entity.Metadata.Name);

    private static IEnumerable<LintFinding> PinFindings(ManifestSet manifests, EstateObjects? live)
    {
        var hosts = manifests
            .Entities.Select(static each => each.Entity)
            .OfType<HyperVHost>()
            .Concat(live?.Hosts ?? [])
            .Select(static host => host.Metadata.Name)
            .ToHashSet();
        var where = live is null ? "not among these files" : "neither among these files nor in the cluster";
        if (live?.HiddenKinds.Contains(HyperVHost.KubeKind) == true)
        {
            return [];
        }

        return from each in manifests.Entities
            let pin = (each.Entity as ExchangeVirtualMachine)?.Spec.Placement?.HostName
            where pin is not null && !hosts.Contains(pin)
            select new LintFinding(
                LintSeverity.Notice,
                each.File,
                each.Line,
                "spec.placement.hostName",
                null,
                $"names the HyperVHost {pin}, which is {where}; until it exists, the machine is placed nowhere"
            );
    }
}

using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Rules;
using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Resources.Mapping;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Cli.Linting;

/// <summary>Judges manifests by what can be known without a host: schema, cross-field rules, support rules, references.</summary>
internal static class Linter
{
    private const string DefaultPolicy = "default";

    // What a manifest alone tells of a machine; rules that need a host's or a guest's facts stay unknown, and are not shown.
    private static readonly HashSet<string> s_unsupported =
    [
        .. SupportRules.All.Where(static rule => rule.Severity is Severity.Unsupported).Select(static rule => rule.Id),
    ];

    /// <summary>Judges what was read, in order of files and lines.</summary>
    public static IReadOnlyList<LintFinding> Judge(ManifestSet manifests, DateTimeOffset now) =>
        [
            .. manifests
                .Problems.Select(static problem => Finding(Weight(problem), problem))
                .Concat(manifests.Notices.Select(static notice => Finding(LintSeverity.Notice, notice)))
                .Concat(SupportFindings(manifests, now))
                .Concat(ReferenceFindings(manifests))
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

    private static IEnumerable<LintFinding> ReferenceFindings(ManifestSet manifests)
    {
        var declared = manifests
            .Entities.Select(static each =>
                (each.Entity.Kind, Namespace: each.Entity.Metadata.NamespaceProperty ?? "", each.Entity.Metadata.Name)
            )
            .ToHashSet();
        foreach (var each in manifests.Entities)
        {
            foreach (var (kind, name, path, consequence) in References(each.Entity))
            {
                var inNamespace =
                    kind == DatabaseAvailabilityGroup.KubeKind ? each.Entity.Metadata.NamespaceProperty ?? "" : "";
                if (!declared.Contains((kind, inNamespace, name)))
                {
                    yield return new LintFinding(
                        LintSeverity.Notice,
                        each.File,
                        each.Line,
                        path,
                        null,
                        $"names the {kind} {name}, which is not among these files; until it exists, {consequence}"
                    );
                }
            }
        }
    }

    private static IEnumerable<(string Kind, string Name, string Path, string Consequence)> References(object entity)
    {
        const string Closed = "nothing is done to this object";
        if (entity is ExchangeVirtualMachine { Spec: var spec })
        {
            if (spec.Exchange.DatabaseAvailabilityGroup is { } group)
            {
                yield return (
                    DatabaseAvailabilityGroup.KubeKind,
                    group,
                    "spec.exchange.databaseAvailabilityGroup",
                    Closed
                );
            }

            if (spec.Placement?.HostName is { } host)
            {
                yield return (HyperVHost.KubeKind, host, "spec.placement.hostName", "the machine is placed nowhere");
            }

            if (spec.PolicyName != DefaultPolicy)
            {
                yield return (VirtualizationPolicy.KubeKind, spec.PolicyName, "spec.policyName", Closed);
            }
        }
        else if (entity is HyperVHost { Spec.PolicyName: not DefaultPolicy } other)
        {
            yield return (VirtualizationPolicy.KubeKind, other.Spec.PolicyName, "spec.policyName", Closed);
        }
    }
}

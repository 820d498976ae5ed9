using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Rules;
using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Resources.Mapping;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.V1Alpha1;

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
    /// <param name="unknown">How much a reference weighs to what is not among the manifests.</param>
    public static IReadOnlyList<LintFinding> Judge(
        ManifestSet manifests,
        DateTimeOffset now,
        UnknownReferences unknown = UnknownReferences.Warn
    ) =>
        [
            .. manifests
                .Problems.Select(static problem => Finding(Weight(problem), problem))
                .Concat(manifests.Notices.Select(static notice => Finding(LintSeverity.Notice, notice)))
                .Concat(SupportFindings(manifests, now))
                .Concat(LookupFindings(manifests, unknown))
                .Concat(PinFindings(manifests))
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

    private static IEnumerable<LintFinding> LookupFindings(ManifestSet manifests, UnknownReferences unknown)
    {
        var declared = new DeclaredSet(manifests.Entities.Select(static each => each.Entity));
        return manifests.Entities.SelectMany(each =>
            LookupRules
                .Check(each.Entity, old: null, declared)
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

    private static IEnumerable<LintFinding> PinFindings(ManifestSet manifests)
    {
        var hosts = manifests
            .Entities.Select(static each => each.Entity)
            .OfType<HyperVHost>()
            .Select(static host => host.Metadata.Name)
            .ToHashSet();
        return from each in manifests.Entities
            let pin = (each.Entity as ExchangeVirtualMachine)?.Spec.Placement?.HostName
            where pin is not null && !hosts.Contains(pin)
            select new LintFinding(
                LintSeverity.Notice,
                each.File,
                each.Line,
                "spec.placement.hostName",
                null,
                $"names the HyperVHost {pin}, which is not among these files; until it exists, the machine is placed nowhere"
            );
    }
}

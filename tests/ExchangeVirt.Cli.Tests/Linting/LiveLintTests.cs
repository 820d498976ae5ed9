using ExchangeVirt.Cli.Estates;
using ExchangeVirt.Cli.Linting;
using ExchangeVirt.Cli.Tests.Support;
using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.V1Alpha1;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Cli.Tests.Linting;

public sealed class LiveLintTests
{
    [Fact]
    public void What_is_named_may_be_in_the_cluster()
    {
        var machine = Some.Machine("ex01", group: "dag01", policy: "lab");
        machine.Spec = machine.Spec with { Placement = new PlacementSpec { HostName = "hv01" } };

        Assert.Equal(
            ["unknown-availability-group", "unknown-policy", null],
            Rules(Judge(live: null, machine)).Order(Comparer<string?>.Create(ByWord))
        );
        Assert.Empty(Judge(Some.Estate(Some.Group("dag01"), Some.Policy("lab"), Some.Host("hv01")), machine));
    }

    [Fact]
    public void What_may_not_be_seen_is_not_called_missing()
    {
        var machine = Some.Machine("ex01", group: "dag01", policy: "lab");
        machine.Spec = machine.Spec with { Placement = new PlacementSpec { HostName = "hv01" } };
        var hidden = Some.Estate() with
        {
            HiddenKinds = [VirtualizationPolicy.KubeKind, DatabaseAvailabilityGroup.KubeKind, HyperVHost.KubeKind],
        };

        Assert.Empty(Judge(hidden, machine));
    }

    [Fact]
    public void A_change_is_judged_against_what_is_there()
    {
        var renamed = Some.Machine("ex01");
        renamed.Spec = renamed.Spec with { VirtualMachineName = "OTHER" };

        Assert.Empty(Judge(Some.Estate(), renamed));
        var finding = Assert.Single(Judge(Some.Estate(Some.Machine("ex01", Some.InSync())), renamed));
        Assert.Equal((LintSeverity.Invalid, "virtual-machine-name-immutable"), (finding.Severity, finding.Rule));
        Assert.Contains("the object is there already", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_VM_that_another_object_of_the_cluster_claims_is_refused_and_its_own_is_not()
    {
        var live = Some.Estate(Some.Machine("ex01", Some.InSync()));
        var rival = Some.Machine("ex99");
        rival.Spec = rival.Spec with { VirtualMachineName = "EX01" };

        Assert.Equal(["virtual-machine-claimed-twice"], Rules(Judge(live, rival)));
        Assert.Empty(Judge(live, Some.Machine("ex01")));
    }

    private static int ByWord(string? left, string? right) =>
        (left, right) switch
        {
            (null, null) => 0,
            (null, _) => 1,
            (_, null) => -1,
            _ => string.CompareOrdinal(left, right),
        };

    private static IEnumerable<string?> Rules(IEnumerable<LintFinding> findings) =>
        findings.Select(static finding => finding.Rule);

    private static IReadOnlyList<LintFinding> Judge(
        EstateObjects? live,
        params IEnumerable<IKubernetesObject<V1ObjectMeta>> manifests
    ) =>
        Linter.Judge(
            new ManifestSet([.. manifests.Select(static each => new ManifestEntity(each, "a.yaml", 1))], [], []),
            Some.Now,
            UnknownReferences.Refuse,
            live
        );
}

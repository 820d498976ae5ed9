using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Resources.Rules;

namespace ExchangeVirt.Resources.Tests.Manifests;

/// <summary>Breaks one line of a sound manifest and expects one problem, at its place, that says what is allowed.</summary>
public partial class BadManifestTests
{
    private const string Vm = Samples.VirtualMachine;

    /// <summary>Case, manifest, what is replaced and by what, line and path of the problem, and a part of its message.</summary>
    public static TheoryData<string, string, string, string, string, string> Cases =>
        [.. StructureCases, .. ValueCases, .. RuleCases];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_broken_line_is_reported_at_its_place(
        string name,
        string good,
        string find,
        string replacement,
        string place,
        string says
    )
    {
        Assert.Contains(find, good);
        var at = good.IndexOf(find, StringComparison.Ordinal);

        var read = ManifestReader.ReadText("m.yaml", good[..at] + replacement + good[(at + find.Length)..]);

        var problem = Assert.Single(read.Problems).ToString();
        Assert.StartsWith($"m.yaml:{place}: ", problem);
        Assert.True(problem.Contains(says, StringComparison.Ordinal), $"{name}: {problem}");
    }

    [Fact]
    public void Every_rule_that_needs_no_old_version_is_broken_by_a_case()
    {
        var broken = Cases.Select(row => row.Data.Item6).ToList();

        Assert.All(
            ResourceRules.All.Values.Where(rule => !rule.IsTransition),
            rule => Assert.Contains($"({rule.Id})", broken)
        );
    }

    [Fact]
    public void All_problems_are_reported_at_once()
    {
        var text = Vm.Replace("count: 8", "count: 0", StringComparison.Ordinal)
            .Replace("role: Mailbox", "role: EdgeTransport", StringComparison.Ordinal)
            .Replace("size: 128Gi", "size: 3Mi", StringComparison.Ordinal)
            .Replace("vlanId: 120", "vlan: 120", StringComparison.Ordinal)
            .Replace(
                "  guest:\n    operatingSystem: WindowsServer2022\n    installation: Core\n",
                "",
                StringComparison.Ordinal
            );

        var places = ManifestReader.ReadText("m.yaml", text).Problems.Select(problem => problem.Path).Order();

        Assert.Equal(
            [
                "spec.exchange.databaseAvailabilityGroup",
                "spec.guest",
                "spec.memory.size",
                "spec.networkAdapters[0].vlan",
                "spec.processors.count",
            ],
            places
        );
    }
}

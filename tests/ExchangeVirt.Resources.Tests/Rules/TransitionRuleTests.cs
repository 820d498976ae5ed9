using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.Tests.Manifests;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Resources.Tests.Rules;

public class TransitionRuleTests
{
    /// <summary>Case, the manifest before, what is replaced and by what, and the place that is blamed with the rule; empty where the change is allowed.</summary>
    public static TheoryData<string, string, string, string, string> Changes =>
        new()
        {
            { "nothing", Samples.VirtualMachine, "", "", "" },
            {
                "name in Hyper-V changed",
                Samples.VirtualMachine,
                "EX01",
                "EX02",
                "spec.virtualMachineName virtual-machine-name-immutable"
            },
            {
                "name in Hyper-V removed",
                Samples.VirtualMachine,
                "  virtualMachineName: EX01\n",
                "",
                "spec.virtualMachineName virtual-machine-name-immutable"
            },
            {
                "name in Hyper-V that is the name anyway removed",
                Samples.VirtualMachine.Replace("EX01", "ex01", StringComparison.Ordinal),
                "  virtualMachineName: ex01\n",
                "",
                ""
            },
            {
                "generation changed",
                Samples.VirtualMachine,
                "virtualMachineGeneration: 2",
                "virtualMachineGeneration: 1",
                "spec.virtualMachineGeneration virtual-machine-generation-immutable"
            },
            {
                "generation removed",
                Samples.VirtualMachine,
                "  virtualMachineGeneration: 2\n",
                "",
                "spec.virtualMachineGeneration virtual-machine-generation-immutable"
            },
            {
                "generation set where none was",
                Samples.VirtualMachine.Replace("  virtualMachineGeneration: 2\n", "", StringComparison.Ordinal),
                "  processors:",
                "  virtualMachineGeneration: 2\n  processors:",
                ""
            },
            {
                "memory mistyped",
                Samples.VirtualMachine,
                "size: 128Gi",
                "size: 12Gi",
                "spec.memory.size memory-not-cut-below-half"
            },
            { "memory halved", Samples.VirtualMachine, "size: 128Gi", "size: 64Gi", "" },
            { "memory grown", Samples.VirtualMachine, "size: 128Gi", "size: 256Gi", "" },
            {
                "target of a migration changed",
                Samples.Migration,
                "targetHost: hv02",
                "targetHost: hv03",
                "spec migration-immutable"
            },
            {
                "machine of a migration changed",
                Samples.Migration,
                "name: ex01",
                "name: ex02",
                "spec migration-immutable"
            },
        };

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_change_is_judged_by_what_was_before(
        string name,
        string before,
        string find,
        string replacement,
        string blamed
    )
    {
        var after = find.Length == 0 ? before : before.Replace(find, replacement, StringComparison.Ordinal);

        var failures = ResourceRules.Check(Read(after), Read(before)).Select(failure => $"{failure.Path} {failure.Id}");

        Assert.True(string.Join("; ", failures) == blamed, $"{name}: {string.Join("; ", failures)}");
    }

    [Fact]
    public void Every_rule_about_changes_is_broken_by_a_case()
    {
        var broken = string.Join(' ', Changes.Select(row => row.Data.Item5)).Split(' ');

        Assert.All(ResourceRules.All.Values.Where(rule => rule.IsTransition), rule => Assert.Contains(rule.Id, broken));
    }

    private static IKubernetesObject<V1ObjectMeta> Read(string text)
    {
        var read = ManifestReader.ReadText("m.yaml", text);
        Assert.Empty(read.Problems);
        return Assert.Single(read.Entities).Entity;
    }
}

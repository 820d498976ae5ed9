using ExchangeVirt.Cli.Planning;
using ExchangeVirt.Cli.Tests.Support;
using ExchangeVirt.Operator.Previewing;
using ExchangeVirt.Resources.V1Alpha1;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Cli.Tests.Planning;

public sealed class PlanScopeTests
{
    // ex01 and ex02 are in messaging, ex03 is in another namespace and on another host; ex02 and ex03 follow the policy lab.
    private static readonly IReadOnlyList<VirtualMachinePreview> s_machines =
    [
        Preview("messaging", "ex01", "hv01", group: "dag01"),
        Preview("messaging", "ex02", "hv01", policy: "lab"),
        Preview("other", "ex03", "hv02", group: "dag01", policy: "lab"),
    ];

    public static TheoryData<string, string> Applied =>
        new()
        {
            { "a machine", "ex01" },
            { "a policy", "ex02 ex03" },
            { "a host", "ex03" },
            { "a DAG", "ex01" },
            { "a move", "ex02" },
            { "a machine in -n other", "ex01 ex03" },
            { "a policy in -n messaging", "ex01 ex02" },
            { "a machine in -A", "ex01 ex02 ex03" },
        };

    [Theory]
    [MemberData(nameof(Applied))]
    public void Told_is_what_the_manifests_concern_or_the_namespace_holds(string what, string told)
    {
        IKubernetesObject<V1ObjectMeta> applied = what.Split(" in ")[0] switch
        {
            "a machine" => Some.Machine("ex01"),
            "a policy" => Some.Policy("lab"),
            "a host" => Some.Host("hv02"),
            "a DAG" => Some.Group("dag01"),
            _ => new VirtualMachineMigration
            {
                Metadata = new V1ObjectMeta { Name = "move", NamespaceProperty = "messaging" },
                Spec = new VirtualMachineMigrationSpec
                {
                    VirtualMachineRef = new VirtualMachineReference { Name = "ex02" },
                },
            },
        };
        var scope = new PlanScope(
            what.EndsWith("-A", StringComparison.Ordinal),
            what.Contains("-n ", StringComparison.Ordinal) ? what.Split("-n ")[1] : null,
            [applied]
        );

        Assert.Equal(
            told,
            string.Join(' ', s_machines.Where(scope.Holds).Select(static each => each.Entity.Metadata.Name))
        );
    }

    // The scope looks at the machine and its place; what was decided is not its business.
    private static VirtualMachinePreview Preview(
        string inNamespace,
        string name,
        string host,
        string? group = null,
        string policy = "default"
    ) => new(Some.Machine(name, inNamespace: inNamespace, group: group, policy: policy), host, Decision: null!);
}

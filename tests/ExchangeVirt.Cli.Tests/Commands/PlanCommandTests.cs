using System.Text.Json.Nodes;
using ExchangeVirt.Cli.Tests.Support;

namespace ExchangeVirt.Cli.Tests.Commands;

public sealed class PlanCommandTests
{
    public static TheoryData<string, string> Gaps =>
        new()
        {
            { "never ran", "No operator ever ran in namespace exchangevirt-system" },
            { "not to be seen", "You (jane) may not list configmaps/exchangevirt-installation" },
            { "damaged", "exchangevirt-installation has no data.value" },
            { "empty", "Its id is empty." },
        };

    [Theory]
    [MemberData(nameof(Gaps))]
    public async Task Hosts_are_not_planned_without_the_installation_whose_marks_count(string what, string told)
    {
        await using var cluster = await SmallApiServer.StartAsync(Some.Policy(), Some.Machine("ex01", Some.InSync()));
        switch (what)
        {
            case "not to be seen":
                cluster.Refuse("name=exchangevirt-installation");
                break;
            case "damaged":
                cluster.HoldControl("installation", []);
                break;
            case "empty":
                cluster.HoldControl("installation", new JsonObject { ["value"] = "" });
                break;
        }

        using var folder = new TemporaryFolder();
        await Exvirt.RunAsync("certs", "--output", folder.Path, "--reader");

        var run = await cluster.RunAsync(
            "plan",
            "-f",
            folder.Write("policy.yaml", Policy),
            "--certificates",
            folder.Path
        );

        Assert.True(run.ExitCode == 3, run.All);
        Assert.Contains("Which VMs are this installation's cannot be told", run.Error, StringComparison.Ordinal);
        Assert.Contains(told, run.Error, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
    }

    [Fact]
    public async Task A_whole_estate_without_any_operator_is_planned_as_a_new_ones()
    {
        using var folder = new TemporaryFolder();
        await Exvirt.RunAsync("certs", "--output", folder.Path, "--reader");
        var manifests = Directory.CreateDirectory(Path.Combine(folder.Path, "manifests")).FullName;
        File.WriteAllText(Path.Combine(manifests, "policy.yaml"), Policy);

        var run = await Exvirt.RunAsync("plan", "--manifests", manifests, "--certificates", folder.Path);

        Assert.True(run.ExitCode == 0, run.All);
    }

    private const string Policy = """
        apiVersion: exchangevirt.io/v1alpha1
        kind: VirtualizationPolicy
        metadata: { name: default }
        spec: { enforcement: Enforce, disruption: Anytime }
        """;
}

using System.Text.RegularExpressions;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Assets;
using ExchangeVirt.Envtest.Clients;
using ExchangeVirt.Envtest.Processes;
using ExchangeVirt.Kubernetes.Tests.Estates;

namespace ExchangeVirt.Kubernetes.Tests.Clients;

/// <summary>The README's way onto a cluster, gone by the script that follows it.</summary>
public sealed partial class OnAClusterTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task Whoever_follows_the_README_has_the_sample_estate_ready_at_the_end_and_nothing_left_behind()
    {
        using var folder = new TemporaryFolder("readme");

        var (code, log) = await FollowAsync(Checkout.Combine("tests", "envtest", "on-a-cluster.sh"), folder);

        Assert.True(code == 0, log);
        // Every command is told as it is run, and the table that stands below the last line is the one that counts.
        var table = log[
            log.LastIndexOf("The operator is gone; the estate stays as it is:", StringComparison.Ordinal)..
        ];
        var rows = Row().Matches(table).Select(static row => $"{row.Groups["name"]} {row.Groups["ready"]}").ToList();
        Assert.Equal(
            [
                "edge01 True",
                "edge02 True",
                "ex01 True",
                "ex02 True",
                "ex03 True",
                "ex04 True",
                "mbx01 True",
                "mbx02 False",
                "hv01 True",
                "hv02 True",
                "hv03 True",
                "hv04 True",
                "dag01 True",
            ],
            rows
        );
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path, "exchangevirt-*"));
        Assert.DoesNotContain(Harness.ProcessTable.CommandLines(), line => line.Contains(folder.Path));
    }

    [Fact]
    public async Task A_command_of_the_README_that_does_not_work_ends_the_script()
    {
        using var folder = new TemporaryFolder("readme");
        var script = await WithReadmeAsync(
            folder,
            static readme =>
                readme.Replace(
                    "kubectl apply -k deploy/kustomize/overlays/exvirt-certs\n",
                    "kubectl apply -k deploy/kustomize/overlays/of-yesterday\n"
                        + "kubectl apply -k deploy/kustomize/overlays/exvirt-certs\n",
                    StringComparison.Ordinal
                )
        );

        var (code, log) = await FollowAsync(script, folder);

        Assert.NotEqual(0, code);
        Assert.Contains("$ kubectl apply -k deploy/kustomize/overlays/of-yesterday", log, StringComparison.Ordinal);
        Assert.DoesNotContain("apply_to_old_server", log, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path, "exchangevirt-*"));
    }

    [Fact]
    public async Task A_substitution_for_a_command_that_the_README_no_longer_has_ends_the_script()
    {
        using var folder = new TemporaryFolder("readme");
        var script = await WithReadmeAsync(
            folder,
            static readme => readme.Replace("rollout status", "rollout history", StringComparison.Ordinal)
        );

        var (code, log) = await FollowAsync(script, folder);

        Assert.Equal(1, code);
        Assert.Contains(
            "README.md no longer has the command that is substituted here: "
                + "kubectl -n exchangevirt-system rollout status deployment/exchangevirt-operator",
            log,
            StringComparison.Ordinal
        );
    }

    private static async Task<string> WithReadmeAsync(TemporaryFolder folder, Func<string, string> change)
    {
        foreach (var linked in (string[])["crds", "deploy"])
        {
            Directory.CreateSymbolicLink(folder.Combine(linked), Checkout.Combine(linked));
        }

        var readme = await File.ReadAllTextAsync(Checkout.Combine("README.md"));
        var changed = change(readme);
        Assert.NotEqual(readme, changed);
        await File.WriteAllTextAsync(folder.Combine("README.md"), changed);
        var script = Path.Combine(folder.Folder(Path.Combine("tests", "envtest")), "on-a-cluster.sh");
        File.Copy(Checkout.Combine("tests", "envtest", "on-a-cluster.sh"), script);
        return script;
    }

    private static async Task<(int Code, string Log)> FollowAsync(string script, TemporaryFolder folder)
    {
        var assets = await EnvtestAssets.RequireAsync("etcd", "kube-apiserver");
        // Skips where there is none.
        _ = Kubectl.OnPath(folder);
        await using var running = await GuardedProcess.StartAsync(
            new ProgramStart("bash", [script, Path.GetDirectoryName(assets[0])!])
            {
                Environment = new Dictionary<string, string?>
                {
                    ["EXVIRT_BIN"] = Path.GetDirectoryName(Programs.Exvirt),
                    ["TMPDIR"] = folder.Path,
                },
            }
        );
        return (await running.WaitForExitAsync(s_patience), running.Log);
    }

    // NAMESPACE NAME … READY AGE; what belongs to no namespace is indented.
    [GeneratedRegex(
        @"^(messaging)?\s+\w+\.exchangevirt\.io/(?<name>\S+)\s.*\s(?<ready>True|False|Unknown)\s+\S+$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        5_000
    )]
    private static partial Regex Row();
}

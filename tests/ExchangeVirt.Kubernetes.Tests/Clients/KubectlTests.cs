using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ExchangeVirt.Kubernetes.Tests.Estates;

namespace ExchangeVirt.Kubernetes.Tests.Clients;

/// <summary>What people see with kubectl, in the version that is on PATH and in 1.35.</summary>
[Collection(nameof(ClientEstate))]
public sealed partial class KubectlTests(SharedClientEstate shared)
{
    // As api.md and the definitions promise them: what get shows, and what wide adds.
    private static readonly Dictionary<string, (string Usual, string Wide)> s_columns = new(StringComparer.Ordinal)
    {
        ["exvm"] = ("NAMESPACE,NAME,HOST,POWER,SUPPORTED,SYNCED,PENDING,READY,AGE", ",VCPU,MEMORY,STOP ACTION,DAG"),
        ["exdag"] = ("NAMESPACE,NAME,MEMBERS,AVAILABLE,QUORUM,ALLOWED,READY,AGE", ",VOTES,HOOK,DISRUPTED"),
        ["hvhost"] = (
            "NAME,CORES,GUESTS,RATIO,WITHIN RATIO,SCHEDULABLE,READY,AGE",
            ",MEMORY,ASSIGNED,FAULT DOMAIN,DEDICATED,AGENT"
        ),
        ["virtpol"] = ("NAME,ENFORCEMENT,DISRUPTION,MAX RATIO,PAUSED,READY,AGE", ",ACCOUNTING,SAVED STATE,REBALANCE"),
        ["exmig"] = ("NAMESPACE,NAME,VM,METHOD,FROM,TO,PHASE,PERCENT,AGE", ",ENDED"),
    };

    // A field, and what stands beside it: its type, and words of its description.
    private static readonly (string Path, string Type, string Words)[] s_explained =
    [
        ("exvm", "string", "One Exchange virtual machine"),
        ("exvm.spec.memory", "Object", "there is no field for Dynamic Memory"),
        ("exvm.spec.memory.size", "string", "a whole multiple of 2Mi"),
        ("exvm.spec.disks.virtualHardDisk", "Object", "virtual hard disk"),
        ("exvm.status.settings", "[]Object", "desired"),
        ("exdag.spec.maxUnavailable", "integer", "members"),
        ("hvhost.spec.agent.endpoint", "string", "https"),
        ("virtpol.spec.processor.maxRatioPercent", "integer", "Absent: 200"),
        ("exmig.spec.targetHost", "string", "Absent"),
    ];

    public static TheoryData<string> Versions => [.. SharedClientEstate.Versions];

    public static TheoryData<string, string> Columns =>
        new(from version in SharedClientEstate.Versions from kind in s_columns.Keys select (version, kind));

    [Theory]
    [MemberData(nameof(Columns))]
    public async Task Get_shows_the_columns_of_a_kind_by_its_short_name(string version, string kind)
    {
        var (_, kubectl) = await shared.WithKubectlAsync(version);
        var (usual, wide) = s_columns[kind];

        var shown = (await kubectl.RunAsync("get", kind, "-A")).Succeeded();
        var shownWide = (await kubectl.RunAsync("get", kind, "-A", "-o", "wide")).Succeeded();

        Assert.Equal(usual.Split(','), Cells(shown.Split('\n')[0]));
        Assert.Equal((usual + wide).Split(','), Cells(shownWide.Split('\n')[0]));
        Assert.True(shown.Trim().Split('\n').Length > 1, shown);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Get_shows_how_a_machine_stands(string version)
    {
        var (estate, kubectl) = await shared.WithKubectlAsync(version);
        var host = (string?)(await estate.GetAsync("exchangevirtualmachines", "messaging", "ex02"))!["status"]!["host"];

        var rows = (
            await kubectl.RunAsync("get", "exvm", "-n", "messaging", "-o", "wide", "ex02", "mbx02")
        ).Succeeded();

        var ex02 = Cells(rows.Split('\n')[1]);
        // Nothing is pending, so that cell is empty.
        Assert.Equal(["ex02", host!, "Running"], ex02[..3]);
        Assert.Equal(["True"], ex02[4..5]);
        Assert.Equal(["8", "128Gi", "ShutDown", "dag01"], ex02[^4..]);
        Assert.Matches(@"^mbx02\s+Unknown\s+False\s+False\s+\S+\s+24\s+192Gi\s*$", rows.Trim().Split('\n')[2]);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task One_word_gets_all_kinds(string version)
    {
        var (_, kubectl) = await shared.WithKubectlAsync(version);

        var names = (await kubectl.RunAsync("get", "exchangevirt", "-A", "-o", "name")).Succeeded();

        foreach (
            var name in (string[])
                [
                    "exchangevirtualmachine.exchangevirt.io/ex01",
                    "databaseavailabilitygroup.exchangevirt.io/dag01",
                    "hypervhost.exchangevirt.io/hv01",
                    "virtualizationpolicy.exchangevirt.io/default",
                    "virtualmachinemigration.exchangevirt.io/ex01-away",
                ]
        )
        {
            Assert.Contains(name, names.Split('\n'));
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Describe_shows_conditions_and_events(string version)
    {
        var (_, kubectl) = await shared.WithKubectlAsync(version);

        var machine = (await kubectl.RunAsync("describe", "exvm", "-n", "messaging", "ex02")).Succeeded();
        var nowhere = (await kubectl.RunAsync("describe", "exvm", "-n", "messaging", "mbx02")).Succeeded();
        var host = (await kubectl.RunAsync("describe", "hvhost", "hv01")).Succeeded();

        foreach (var type in (string[])["Ready", "Synced", "Supported", "Placed", "RestartPending", "HostReachable"])
        {
            Assert.Matches($@"\n +Status: +\w+\n +Type: +{type}\n", machine);
        }

        var events = machine[machine.IndexOf("\nEvents:", StringComparison.Ordinal)..];
        Assert.Matches(@"\n +Normal +SetFixedMemory +.*exchangevirt-operator +Set the memory to 128Gi fixed", events);
        Assert.Matches(@"\n +Reason: +NoHostFits\n", nowhere);
        Assert.Matches(@"\n +Message: +No host fits.*hv01", nowhere);
        Assert.Matches(
            @"\n +Warning +NoHostFits +.*exchangevirt-operator",
            nowhere[nowhere.IndexOf("\nEvents:", StringComparison.Ordinal)..]
        );
        Assert.Matches(@"\n +Reason: +AgentAnswers\n", host);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Explain_tells_what_a_field_is_for(string version)
    {
        var (_, kubectl) = await shared.WithKubectlAsync(version);
        foreach (var (path, type, words) in s_explained)
        {
            var explained = (await kubectl.RunAsync("explain", path)).Succeeded();

            Assert.Contains($"<{type}>", explained, StringComparison.OrdinalIgnoreCase);
            // Lines are broken to a width.
            Assert.Contains(words, Blanks().Replace(explained, " "), StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Nothing_differs_from_what_was_applied_once_the_operator_has_written(string version)
    {
        var (estate, kubectl) = await shared.WithKubectlAsync(version);
        var machine = (await estate.GetAsync("exchangevirtualmachines", "messaging", "ex01"))!;
        Assert.NotNull(machine["metadata"]!["finalizers"]);
        Assert.NotNull(machine["status"]!["conditions"]);

        var before = shared.DifferencesBeforeTheOperator!;
        var after = await kubectl.RunAsync("diff", "-f", SharedClientEstate.Manifests(estate));

        Assert.True(before is { ExitCode: 0, Output: "" }, before.All);
        Assert.True(after is { ExitCode: 0, Output: "" }, after.All);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task What_is_declared_differently_is_shown_and_not_done(string version)
    {
        var (estate, kubectl) = await shared.WithKubectlAsync(version);
        var manifest = await File.ReadAllTextAsync(
            Path.Combine(SharedClientEstate.Manifests(estate), "dag01-members.yaml")
        );

        var differences = await kubectl.FeedAsync(
            manifest.Replace("count: 8", "count: 6", StringComparison.Ordinal),
            "diff",
            "-f",
            "-"
        );

        Assert.Equal(1, differences.ExitCode);
        Assert.Matches(@"\n-    count: 8\n\+    count: 6\n", differences.Output);
        Assert.DoesNotContain("status:", Changed(differences.Output), StringComparison.Ordinal);
        Assert.Equal(
            8,
            (int)
                (await estate.GetAsync("exchangevirtualmachines", "messaging", "ex01"))!["spec"]!["processors"]![
                    "count"
                ]!
        );
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Wait_ends_for_machines_that_are_ready_and_not_for_one_that_is_not(string version)
    {
        var (_, kubectl) = await shared.WithKubectlAsync(version);
        string[] wait = ["wait", "--for=condition=Ready", "-n", "messaging"];

        var ready = await kubectl.RunAsync([
            .. wait,
            "exvm/ex01",
            "exvm/ex04",
            "exvm/edge02",
            "exdag/dag01",
            "--timeout=60s",
        ]);
        var hosts = await kubectl.RunAsync([.. wait, "hvhost", "--all", "--timeout=60s"]);
        // It is told what kubectl waits for only once that has read what there is, so this is no moment.
        var nowhere = await kubectl.RunAsync([.. wait, "exvm/mbx02", "--timeout=15s"]);

        Assert.Equal(4, ready.Succeeded().Split("condition met").Length - 1);
        Assert.Equal(4, hosts.Succeeded().Split("condition met").Length - 1);
        Assert.Equal(1, nowhere.ExitCode);
        Assert.Contains(
            "timed out waiting for the condition on exchangevirtualmachines/mbx02",
            nowhere.Error,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Applying_the_same_again_changes_nothing(string version)
    {
        var (estate, kubectl) = await shared.WithKubectlAsync(version);
        var before = await GenerationsAsync(estate);

        var said = (await kubectl.RunAsync("apply", "-f", SharedClientEstate.Manifests(estate))).Succeeded();

        Assert.All(
            said.Trim().Split('\n'),
            static line => Assert.EndsWith(" unchanged", line, StringComparison.Ordinal)
        );
        Assert.Equal(before, await GenerationsAsync(estate));
        Assert.Equal(15, said.Trim().Split('\n').Length);
    }

    private static async Task<IReadOnlyList<string>> GenerationsAsync(InstalledEstate estate)
    {
        var all = (await estate.Kubectl.RunAsync("get", "exvm,exdag,hvhost,virtpol", "-A", "-o", "json")).Succeeded();
        return
        [
            .. JsonNode.Parse(all)!["items"]!
                .AsArray()
                .Select(static each =>
                    $"{each!["kind"]} {each["metadata"]!["name"]}: {each["metadata"]!["generation"]}"
                ),
        ];
    }

    private static string Changed(string differences) =>
        string.Join('\n', differences.Split('\n').Where(static line => line is ['+' or '-', ' ', ..]));

    private static string[] Cells(string line) => Columned().Split(line.TrimEnd());

    [GeneratedRegex(" {2,}", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Columned();

    [GeneratedRegex(@"\s+", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Blanks();
}

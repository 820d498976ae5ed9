using ExchangeVirt.Envtest.Access;
using ExchangeVirt.Kubernetes.Tests.Estates;

namespace ExchangeVirt.Kubernetes.Tests.Installing;

/// <summary>The operator is granted what it uses: read from what the server was asked over a whole run.</summary>
[Collection(nameof(SmallEstateTests))]
public sealed class UsedRightsTests(SharedInstalledEstate shared, ITestOutputHelper output)
{
    private const string ReadAgain =
        "an object is read again only where a write of its status met a newer version, or a pass failed";

    // What the run below does not bring about.
    private static readonly Dictionary<(string Group, string Resource, string Verb), string> s_rare = new()
    {
        [("exchangevirt.io", "hypervhosts", "get")] = ReadAgain,
        [("exchangevirt.io", "virtualmachinemigrations", "get")] = ReadAgain,
    };

    [Fact]
    public async Task Every_right_is_used_in_a_run_and_nothing_is_asked_for_that_is_refused()
    {
        var estate = await shared.GetReadyAsync();
        // A migration, which has a status too.
        await estate.ApplyAsync(
            """
            apiVersion: exchangevirt.io/v1alpha1
            kind: VirtualMachineMigration
            metadata: { name: move, namespace: messaging }
            spec: { virtualMachineRef: { name: ex01 }, targetHost: hv02, method: Cold }
            """
        );
        await estate.UntilSoAsync(
            "the migration has a status",
            async () =>
                (await estate.GetAsync("virtualmachinemigrations", InstalledEstate.Messaging, "move"))?["status"]
                    is not null
        );
        // Names that only the server can know.
        await estate.UseWebhookOfAsync(estate.Replicas[^1]);
        await AskedForAsync(estate, "virtualizationpolicies", () => TryAsync(estate, "policyName: unknown"));
        await AskedForAsync(
            estate,
            "databaseavailabilitygroups",
            () => TryAsync(estate, more: "", exchange: "role: Mailbox, databaseAvailabilityGroup: unknown")
        );
        // A deletion that has to know whether a namespace or a definition goes too.
        (
            await estate.Kubectl.RunAsync("delete", "exvm", SmallEstate.Deletable, "-n", "messaging", "--timeout=180s")
        ).Succeeded();
        // Another leader, which raises the epoch; and an event of the first one, once more.
        await estate.StopReplicasAsync();
        await estate.StartReplicaAsync("operator-next");
        await estate.Hosts.DriftAsync("hv02", "EX02", "checkpoints=Production");
        await AskedForAsync(estate, "events", () => Task.CompletedTask, "patch");
        // A watch is in the log when it has ended.
        await estate.StopReplicasAsync();

        var asked = await OperatorsAsync(estate);

        Assert.DoesNotContain(asked, static entry => entry.Code is 401 or 403);
        var used = asked.Select(Part).Where(static part => part.Resource.Length > 0).ToHashSet();
        var granted = Right.OfTheOperator.SelectMany(static right => right.Parts()).Distinct().ToList();
        output.WriteLine($"{asked.Count} requests used {used.Count} of {granted.Count} rights");
        Assert.DoesNotContain(granted, part => !used.Contains(part) && !s_rare.ContainsKey(part));
        Assert.All(s_rare.Keys, rare => Assert.Contains(rare, granted));
    }

    private static async Task TryAsync(
        InstalledEstate estate,
        string more,
        string exchange = "role: Mailbox, standalone: true"
    ) =>
        // Only a warning is given, so that manifests may be applied in any order.
        (
            await estate.Kubectl.FeedAsync(
                SmallEstate.Machine("ex08", exchange, more: more),
                "apply",
                "--dry-run=server",
                "-f",
                "-"
            )
        ).Succeeded();

    // Servers hear of a changed webhook after a moment, so it is tried until the operator is seen to look.
    private static Task AskedForAsync(
        InstalledEstate estate,
        string resource,
        Func<Task> attempt,
        string verb = "get"
    ) =>
        estate.UntilSoAsync(
            $"the operator does {verb} on one of {resource}",
            async () =>
            {
                await attempt();
                return (await OperatorsAsync(estate)).Any(entry => entry.Resource == resource && entry.Verb == verb);
            }
        );

    private static async Task<IReadOnlyList<AuditEntry>> OperatorsAsync(InstalledEstate estate) =>
        [
            .. (await estate.Plane.Audit.ReadAsync()).Where(static entry =>
                entry.UserAgent.StartsWith("exchangevirt-operator/", StringComparison.Ordinal)
            ),
        ];

    private static (string Group, string Resource, string Verb) Part(AuditEntry entry) =>
        (
            entry.Group,
            entry.Subresource.Length == 0 ? entry.Resource : $"{entry.Resource}/{entry.Subresource}",
            entry.Verb
        );
}

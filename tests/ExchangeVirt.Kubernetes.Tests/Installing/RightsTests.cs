using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using ExchangeVirt.Envtest.Access;
using ExchangeVirt.Kubernetes.Tests.Estates;

namespace ExchangeVirt.Kubernetes.Tests.Installing;

/// <summary>Who may do what: everything that the server serves, by every verb, asked and done.</summary>
[Collection(nameof(SmallEstateTests))]
public sealed class RightsTests(SharedInstalledEstate shared, ITestOutputHelper output)
{
    private const string Messaging = InstalledEstate.Messaging;
    private const string Operators = InstalledEstate.System;
    private const string OfNamespaces = "databaseavailabilitygroups exchangevirtualmachines virtualmachinemigrations";

    // Each role, how it is bound, and what whoever is bound to it may do.
    private static readonly Dictionary<string, (string Kind, string? Namespace, Right[] Rights)> s_roles = new(
        StringComparer.Ordinal
    )
    {
        ["exchangevirt-view"] = (
            "clusterrole",
            null,
            [
                new(null, "exchangevirt.io", Right.Kinds, "get list watch"),
                new(null, "events.k8s.io", "events", "get list watch"),
                new(null, "coordination.k8s.io", "leases", "get", "exchangevirt-operator"),
                new(null, "", "configmaps", "get list watch", "exchangevirt-installation exchangevirt-pause"),
            ]
        ),
        ["exchangevirt-edit"] = (
            "clusterrole",
            Messaging,
            [new(Messaging, "exchangevirt.io", OfNamespaces, "create update patch delete")]
        ),
        ["exchangevirt-admin"] = (
            "clusterrole",
            null,
            [new(null, "exchangevirt.io", Right.Kinds, "get list watch create update patch delete deletecollection")]
        ),
        ["exchangevirt-pause"] = (
            "role",
            Operators,
            [
                new(Operators, "", "configmaps", "create"),
                new(Operators, "", "configmaps", "get list watch patch", "exchangevirt-pause"),
                new(Operators, "", "configmaps", "list", "exchangevirt-installation"),
            ]
        ),
    };

    public static TheoryData<string> Roles => [.. s_roles.Keys];

    [Fact]
    public async Task Whom_no_role_was_bound_to_is_refused_what_the_operator_is_granted()
    {
        var estate = await ReadyAsync();
        await estate.Plane.CreateServiceAccountAsync(Operators, "unbound");
        var unbound = await AccountAsync(estate, "unbound");
        var theOperator = await AccountAsync(estate, InstalledEstate.Account);
        const string machines = "/apis/exchangevirt.io/v1alpha1/exchangevirtualmachines";

        Assert.Equal(HttpStatusCode.OK, (await theOperator.GetAsync(machines)).Code);
        var refusal = await unbound.GetAsync(machines);

        Assert.Equal(HttpStatusCode.Forbidden, refusal.Code);
        Assert.Contains(
            "\\\"system:serviceaccount:exchangevirt-system:unbound\\\" cannot list resource \\\"exchangevirtualmachines\\\"",
            refusal.Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_operator_may_do_what_it_uses_and_nothing_else_asked_and_done()
    {
        var estate = await ReadyAsync();
        await JudgeAsync(estate, await AccountAsync(estate, InstalledEstate.Account), Right.OfTheOperator);
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task A_user_of_a_role_may_do_what_it_says_and_nothing_else_asked_and_done(string role)
    {
        var estate = await ReadyAsync();
        var (kind, inNamespace, rights) = s_roles[role];
        var kubeconfig = estate.Plane.UserKubeconfig(role + "-user");
        await BindAsync(estate, role + "-user", kind, role, inNamespace);

        await JudgeAsync(estate, estate.Plane.RawFor(kubeconfig), rights);
    }

    [Fact]
    public async Task The_list_of_the_operators_rights_is_the_table_without_a_wildcard()
    {
        var estate = await ReadyAsync();
        var account = await AccountAsync(estate, InstalledEstate.Account);
        foreach (var place in new[] { Operators, Messaging })
        {
            // What kubectl auth can-i --list asks.
            var review = await account.PostAsync(
                "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
                new JsonObject { ["spec"] = new JsonObject { ["namespace"] = place } }
            );
            var listed =
                from rule in review.Succeeded()["status"]!["resourceRules"]!.AsArray()
                from theGroup in Words(rule, "apiGroups")
                from resource in Words(rule, "resources")
                from verb in Words(rule, "verbs")
                from name in Words(rule, "resourceNames").DefaultIfEmpty("")
                select $"{verb} {theGroup}/{resource} {name}";
            var table =
                from right in Right.OfTheOperator.Append(Right.OfEverybody)
                where right.Namespace is null || right.Namespace == place
                from resource in right.Resources.Split(' ')
                from verb in right.Verbs.Split(' ')
                from name in right.Names.Split(' ')
                select $"{verb} {right.Group}/{resource} {name}";

            Assert.Equal(
                table.Distinct().Order(StringComparer.Ordinal),
                listed.Distinct().Order(StringComparer.Ordinal)
            );
        }

        static IEnumerable<string> Words(JsonNode? rule, string list) =>
            (rule![list]?.AsArray() ?? []).Select(static word => (string)word!);
    }

    [Fact]
    public async Task Kubectl_is_told_the_same()
    {
        var estate = await ReadyAsync();
        var kubectl = estate.Kubectl.As(
            await estate.Plane.ServiceAccountKubeconfigAsync(Operators, InstalledEstate.Account)
        );
        (string[] Question, string Answer)[] asked =
        [
            (["patch", "exchangevirtualmachines.exchangevirt.io", "-n", Messaging], "yes"),
            (["patch", "exchangevirtualmachines.exchangevirt.io", "--subresource=status", "-n", Messaging], "yes"),
            (["update", "exchangevirtualmachines.exchangevirt.io", "-n", Messaging], "no"),
            (["delete", "exchangevirtualmachines.exchangevirt.io", "-n", Messaging], "no"),
            (["patch", "hypervhosts.exchangevirt.io"], "no"),
            (["get", "secrets", "-n", Operators], "no"),
            (["get", "configmaps/exchangevirt-pause", "-n", Messaging], "no"),
            (["patch", "configmaps/exchangevirt-pause", "-n", Operators], "yes"),
            (["patch", "configmaps/another", "-n", Operators], "no"),
            (["list", "pods", "--all-namespaces"], "no"),
        ];
        foreach (var (question, answer) in asked)
        {
            var said = await kubectl.RunAsync(["auth", "can-i", .. question]);

            Assert.True(said.Output.Trim() == answer, said.All);
        }
    }

    [Fact]
    public async Task The_clusters_own_roles_take_ours_in()
    {
        var estate = await ReadyAsync();
        foreach (
            var (role, may, mayNot) in new[]
            {
                ("view", "get", "patch"),
                ("edit", "patch", "deletecollection"),
                ("admin", "deletecollection", null),
            }
        )
        {
            var kubeconfig = estate.Plane.UserKubeconfig($"{role}-of-messaging");
            var kubectl = estate.Kubectl.As(kubeconfig);
            await BindAsync(estate, $"{role}-of-messaging", "clusterrole", role, Messaging);

            // The controller manager brings the roles together.
            await estate.UntilSoAsync(
                $"{role} may {may} VMs",
                async () => await AnswerAsync(may, "exchangevirtualmachines.exchangevirt.io") is "yes"
            );
            if (mayNot is not null)
            {
                Assert.Equal("no", await AnswerAsync(mayNot, "exchangevirtualmachines.exchangevirt.io"));
            }

            // What is in no namespace stays out of reach of a binding in one, whatever the role says.
            var host = await estate
                .Plane.RawFor(kubeconfig)
                .PatchAsync("/apis/exchangevirt.io/v1alpha1/hypervhosts/hv01?dryRun=All", new JsonObject());
            Assert.Equal(HttpStatusCode.Forbidden, host.Code);

            async Task<string> AnswerAsync(string verb, string resource) =>
                (await kubectl.RunAsync("auth", "can-i", verb, resource, "-n", Messaging)).Output.Trim();
        }
    }

    private async Task JudgeAsync(InstalledEstate estate, RawApi user, IReadOnlyList<Right> rights)
    {
        var resources = await ApiResource.DiscoverAsync(estate.Plane);
        var requests = ApiRequest.All(resources, [Operators, Messaging], rights);
        ConcurrentBag<string> wrong = [];
        var done = 0;
        await Parallel.ForEachAsync(
            requests,
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (request, _) =>
            {
                var isExpected = rights.Append(Right.OfEverybody).Any(right => right.Allows(request));
                if (await request.IsAllowedAsync(user) != isExpected)
                {
                    wrong.Add($"asked: {request} should be {(isExpected ? "allowed" : "refused")}");
                }

                if (await request.IsRefusedAsync(user) is { } isRefused)
                {
                    Interlocked.Increment(ref done);
                    if (isRefused == isExpected)
                    {
                        wrong.Add($"done: {request} should be {(isExpected ? "allowed" : "refused")}");
                    }
                }
            }
        );

        output.WriteLine($"{resources.Count} resources, {requests.Count} requests asked about, {done} of them done");
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order(StringComparer.Ordinal)));
        // Each of the rights was among what was asked.
        Assert.All(rights, right => Assert.Contains(requests, right.Allows));
    }

    private async Task<InstalledEstate> ReadyAsync()
    {
        var estate = await shared.GetAsync();
        await estate.ApplyAsync(SmallEstate.Namespace);
        return estate;
    }

    private static async Task<RawApi> AccountAsync(InstalledEstate estate, string name) =>
        estate.Plane.RawFor(await estate.Plane.ServiceAccountKubeconfigAsync(Operators, name));

    private static async Task BindAsync(
        InstalledEstate estate,
        string user,
        string kind,
        string role,
        string? inNamespace
    )
    {
        IReadOnlyList<string> command = inNamespace is null
            ? ["create", "clusterrolebinding", user, $"--{kind}={role}", $"--user={user}"]
            : ["create", "rolebinding", user, $"--{kind}={role}", $"--user={user}", "-n", inNamespace];
        (await estate.Kubectl.RunAsync(command)).Succeeded();
    }
}

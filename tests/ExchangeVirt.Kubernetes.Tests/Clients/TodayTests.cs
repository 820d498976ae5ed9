using System.Globalization;
using System.Text.Json.Nodes;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Access;
using ExchangeVirt.Envtest.Clients;
using ExchangeVirt.Envtest.Definitions;
using ExchangeVirt.Kubernetes.Tests.Corpus;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Operator.Tests.Reporting;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Kubernetes;
using ExchangeVirt.Runtime.Stores;
using ExchangeVirt.Tests.Corpus;

namespace ExchangeVirt.Kubernetes.Tests.Clients;

/// <summary>Who owns which field, and what kubectl makes of the kinds, on a server of custom resources of today.</summary>
public sealed class TodayTests(SharedCustomResourceServer shared)
{
    private const string Finalizer = "exchangevirt.io/virtual-machine";

    public static TheoryData<string> Versions => [.. SharedClientEstate.Versions];

    [Fact]
    public async Task The_same_manifests_again_change_nothing_whatever_the_operator_has_written()
    {
        var server = await shared.GetAsync();
        var place = await server.NamespaceAsync();
        var manifests = Sample(place.Name).Concat(Sound(place.Name)).ToList();
        Assert.True(manifests.Select(static each => (string?)each["kind"]).Distinct().Count() == 5);
        foreach (var manifest in manifests)
        {
            await ApplyAsync(server, manifest, "git");
        }

        await OperateAsync(server, new ResourceKey(place.Name, "ex01"));
        await OperateAsync(server, new ResourceKey(place.Name, "ex02"));
        foreach (var manifest in manifests)
        {
            // With its next write, whoever writes, a server also stores the defaults that it gave an object since it was made.
            var second = await ApplyAsync(server, manifest, "git");
            var third = await ApplyAsync(server, manifest, "git");

            Assert.Equal(1, (long?)second["metadata"]!["generation"]);
            Assert.True(JsonNode.DeepEquals(second, third), $"{second.ToJsonString()}\n{third.ToJsonString()}");
        }
    }

    [Fact]
    public async Task What_another_manager_has_written_survives_the_operator_and_whoever_declared_the_rest()
    {
        var server = await shared.GetAsync();
        var place = await server.NamespaceAsync();
        var manifest = Sample(place.Name).Single(static each => (string?)each["metadata"]!["name"] == "ex01");
        await ApplyAsync(server, manifest, "git");
        var others = JsonNode
            .Parse(
                """
                {
                  "metadata": {"annotations": {"exchangevirt.io/hold": "not today"}, "labels": {"team": "mail"} },
                  "spec": {"shutdownTimeoutSeconds": 1200, "placement": {"hostSelector": {"matchLabels": {"site": "tokyo"} } } }
                }
                """
            )!
            .AsObject();
        (others["apiVersion"], others["kind"]) = (ApiGroup.ApiVersion, ExchangeVirtualMachine.KubeKind);
        (others["metadata"]!["name"], others["metadata"]!["namespace"]) = ("ex01", place.Name);
        var written = await ApplyAsync(server, others, "other");
        var key = new ResourceKey(place.Name, "ex01");

        await OperateAsync(server, key);
        await ApplyAsync(server, manifest, "git");
        await OperateAsync(server, key, release: true);
        var after = await ApplyAsync(server, manifest, "git");

        Assert.Equal((long?)written["metadata"]!["generation"], (long?)after["metadata"]!["generation"]);
        Assert.Equal("not today", (string?)after["metadata"]!["annotations"]!["exchangevirt.io/hold"]);
        Assert.Equal("mail", (string?)after["metadata"]!["labels"]!["team"]);
        Assert.Equal(1200, (int?)after["spec"]!["shutdownTimeoutSeconds"]);
        Assert.Equal("tokyo", (string?)after["spec"]!["placement"]!["hostSelector"]!["matchLabels"]!["site"]);
        Assert.Null(after["metadata"]!["finalizers"]);
        Assert.Equal(Owned(written, "git"), Owned(after, "git"));
        Assert.Equal(Owned(written, "other"), Owned(after, "other"));
        Assert.Equal(["f:status"], OwnedObject(after, "exchangevirt-operator").Select(static each => each.Key));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Kubectl_applies_shows_waits_and_finds_no_difference(string version)
    {
        var (server, front, kubectl) = await StartAsync(version);
        await using var _ = front;
        var place = await server.NamespaceAsync();
        var machines = Sample(place.Name)
            .Where(static each => (string?)each["kind"] == ExchangeVirtualMachine.KubeKind)
            .ToList();
        foreach (var way in (string[])["--server-side=true", "--server-side=false"])
        {
            var name = way.EndsWith("true", StringComparison.Ordinal) ? "ss" : "cs";
            using var folder = new TemporaryFolder("manifests");
            foreach (var (machine, number) in machines.Select(static (machine, index) => (machine, index + 1)))
            {
                machine["metadata"]!["name"] = $"{name}0{number}";
                await File.WriteAllTextAsync(folder.Combine($"{number}.json"), machine.ToJsonString());
            }

            (await kubectl.RunAsync("apply", way, "-f", folder.Path)).Succeeded();
            await OperateAsync(server, new ResourceKey(place.Name, $"{name}01"));

            var differences = await kubectl.RunAsync("diff", way, "-f", folder.Path);
            (await kubectl.RunAsync("apply", way, "-f", folder.Path)).Succeeded();

            Assert.True(differences is { ExitCode: 0, Output: "" }, differences.All);
            Assert.Equal(
                "1",
                (
                    await kubectl.RunAsync(
                        "get",
                        "exvm",
                        $"{name}01",
                        "-n",
                        place.Name,
                        "-o",
                        "jsonpath={.metadata.generation}"
                    )
                ).Succeeded()
            );
            (
                await kubectl.RunAsync(
                    "wait",
                    $"exvm/{name}01",
                    "-n",
                    place.Name,
                    "--for=condition=Ready",
                    "--timeout=60s"
                )
            ).Succeeded();
        }

        var shown = (await kubectl.RunAsync("get", "exvm", "-n", place.Name, "-o", "wide")).Succeeded();
        Assert.Matches(
            @"^NAME +HOST +POWER +SUPPORTED +SYNCED +PENDING +READY +AGE +VCPU +MEMORY +STOP ACTION +DAG",
            shown
        );
        Assert.Matches(@"\nss01 +hv01 +Running .* +8 +128Gi +ShutDown +dag01", shown);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Kubectl_shows_the_sentence_of_a_rule_that_is_broken_and_of_a_field_that_is_not_known(
        string version
    )
    {
        var (_, front, kubectl) = await StartAsync(version);
        await using var __ = front;

        var broken = await kubectl.FeedAsync(
            CorpusCase.All["rule-dag-xor-standalone"].Object,
            "apply",
            "--dry-run=server",
            "-f",
            "-"
        );
        var unknown = await kubectl.FeedAsync(
            CorpusCase.All["schema-unknown-field"].Object,
            "apply",
            "--dry-run=server",
            "-f",
            "-"
        );

        Assert.Equal(1, broken.ExitCode);
        Assert.Contains("spec.exchange.standalone: Invalid value", broken.Error, StringComparison.Ordinal);
        Assert.Contains("dag-xor-standalone: must not be true", broken.Error, StringComparison.Ordinal);
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("unknown field", unknown.Error, StringComparison.Ordinal);
    }

    private async Task<(TestCluster Server, DiscoveryFront Front, Tool Kubectl)> StartAsync(string version)
    {
        var server = await shared.GetAsync();
        var kubectl = version == "1.35" ? await Kubectl.Version135Async(server) : Kubectl.OnPath(server);
        var told = JsonNode.Parse((await kubectl.RunAsync("version", "--client", "-o", "json")).Succeeded())!;
        var minor = int.Parse(((string)told["clientVersion"]!["minor"]!).TrimEnd('+'), CultureInfo.InvariantCulture);
        Assert.SkipWhen(
            minor < 27,
            $"kubectl 1.{minor} on PATH wants the schemas that this server does not give; 1.27 is needed."
        );
        var front = await DiscoveryFront.StartAsync(server);
        return (server, front, kubectl.As(front.Kubeconfig));
    }

    /// <summary>Writes what the operator writes: the finalizer and a status, by its own store.</summary>
    private static async Task OperateAsync(TestCluster server, ResourceKey key, bool release = false)
    {
        using var api = ApiConnection
            .Find(server.AdminKubeconfig, context: null, "exchangevirt-tests")
            .Connect(Until.Clock);
        var store = new KubernetesStore(
            api,
            new KubernetesStoreOptions
            {
                FieldManager = "exchangevirt-operator",
                Instance = "test",
                Json = ResourceJson.Options,
            },
            static () => 0.5
        );
        var entity = (await store.GetAsync<ExchangeVirtualMachine>(key, default))!;
        entity = await store.PatchMetadataAsync(
            entity,
            new MetadataPatch { Finalizers = release ? [] : [Finalizer] },
            default
        );
        var decision = ConditionRows.Decide("in sync, power as asked");
        decision.Situation.Entity.Metadata.Generation = entity.Metadata.Generation;
        entity.Status = VirtualMachineReport.For(decision, OperationStep.For(decision, static () => Guid.Empty));
        await store.UpdateStatusAsync(entity, default);
    }

    /// <summary>Takes the sample estate, its namespaced objects placed and the others renamed: tests share the server.</summary>
    private static IEnumerable<JsonObject> Sample(string place) =>
        Directory
            .EnumerateFiles(Checkout.Combine("deploy", "samples", "contoso"), "*.yaml")
            .Order(StringComparer.Ordinal)
            .SelectMany(YamlFiles.Load)
            .Where(static each => (string?)each["kind"] != "Namespace")
            .Select(each => Placed(each, place));

    private static IEnumerable<JsonObject> Sound(string place) =>
        CorpusCase
            .All.Values.Where(static each => each.Id.StartsWith("sound-", StringComparison.Ordinal))
            // JSON as it is sent here escapes such characters in two halves, which YAML, as which an apply is read, does not know.
            .Where(static each => !each.Object.Any(char.IsSurrogate))
            .Select(each =>
            {
                var entity = CorpusCase.ToJson(each.Object);
                entity["metadata"]!["name"] = each.Id;
                return Placed(entity, place);
            });

    private static JsonObject Placed(JsonObject entity, string place)
    {
        if (entity["metadata"]!["namespace"] is not null)
        {
            entity["metadata"]!["namespace"] = place;
        }
        else
        {
            entity["metadata"]!["name"] = $"{place}-{entity["metadata"]!["name"]}";
        }

        return entity;
    }

    private static async Task<JsonNode> ApplyAsync(TestCluster server, JsonObject manifest, string manager) =>
        (
            await server.Raw.PatchAsync(
                $"{CorpusServer.PathOf(manifest)}?fieldManager={manager}&fieldValidation=Strict",
                manifest.DeepClone(),
                RawApi.Apply
            )
        ).Succeeded();

    private static string Owned(JsonNode entity, string manager) => OwnedObject(entity, manager).ToJsonString();

    private static JsonObject OwnedObject(JsonNode entity, string manager) =>
        entity["metadata"]!["managedFields"]!.AsArray().Single(each => (string?)each!["manager"] == manager)![
            "fieldsV1"
        ]!.AsObject();
}

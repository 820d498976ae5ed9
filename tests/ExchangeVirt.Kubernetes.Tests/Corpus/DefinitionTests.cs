using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeVirt.Envtest;
using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Resources.Schema;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Tests.Corpus;

namespace ExchangeVirt.Kubernetes.Tests.Corpus;

/// <summary>The definitions as servers take them: defaults, columns, names.</summary>
public sealed class DefinitionTests(SharedControlPlane plane120, SharedCustomResourceServer server136)
{
    public static TheoryData<string, string> Sound =>
        new(
            from each in CorpusCase.All.Keys.Order(StringComparer.Ordinal)
            where each.StartsWith("sound-", StringComparison.Ordinal)
            from server in Servers
            select (each, server)
        );

    public static TheoryData<string, string> KindsOnServers =>
        new(from kind in SchemaReader.Kinds.Keys from server in Servers select (kind, server));

    private static string[] Servers => ["1.20", "1.36"];

    [Theory]
    [MemberData(nameof(Sound))]
    public async Task What_is_not_given_gets_the_default_that_a_manifest_gets(string id, string server)
    {
        var cluster = await ClusterAsync(server);
        // A server keeps a time as it is written; manifests are read into UTC.
        var text = CorpusCase.All[id].Object.Replace("+09:00", "Z", StringComparison.Ordinal);
        var entity = Assert.Single(ManifestReader.ReadText("m.yaml", text).Entities).Entity;
        await using var place = await cluster.NamespaceAsync();
        var body = CorpusCase.ToJson(text);
        if (body["metadata"]!["namespace"] is not null)
        {
            body["metadata"]!["namespace"] = place.Name;
        }

        var answer = await cluster.Raw.PostAsync(CorpusServer.Collection(body) + "?dryRun=All", body);

        var stored = answer.Succeeded();
        var read = JsonSerializer.SerializeToNode(entity, entity.GetType(), ResourceJson.Options)!;
        Assert.True(
            JsonNode.DeepEquals(stored["spec"], read["spec"]),
            $"{stored["spec"]!.ToJsonString()}\n{read["spec"]!.ToJsonString()}"
        );
        Assert.Equal("""{"observedGeneration":-1}""", stored["status"]!.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(KindsOnServers))]
    public async Task A_definition_is_taken_whole(string kind, string server)
    {
        var cluster = await ClusterAsync(server);
        var schema = SchemaReader.Kinds[kind];

        var definition = (
            await cluster.Raw.GetAsync(
                $"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{schema.Plural}.{ApiGroup.Group}"
            )
        ).Succeeded();

        Assert.Equal(
            ["Established=True", "NamesAccepted=True"],
            definition["status"]!["conditions"]!
                .AsArray()
                .Select(static condition => $"{condition!["type"]}={condition["status"]}")
                .Order()
        );
        var names = definition["status"]!["acceptedNames"]!;
        Assert.Equal($"[\"{schema.Resource.ShortName}\"]", names["shortNames"]!.ToJsonString());
        Assert.Equal("""["exchangevirt"]""", names["categories"]!.ToJsonString());
        Assert.Equal("exchangevirt-operator", (string?)definition["metadata"]!["labels"]!["app.kubernetes.io/name"]);
    }

    [Theory]
    [InlineData("1.20")]
    [InlineData("1.36")]
    public async Task The_columns_of_a_machine_are_those_of_the_API(string server)
    {
        var cluster = await ClusterAsync(server);
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri(cluster.Address, $"/apis/{ApiGroup.ApiVersion}/exchangevirtualmachines")
        );
        request.Headers.Add("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io");

        using var response = await cluster.Admin.HttpClient.SendAsync(request);

        var columns = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["columnDefinitions"]!.AsArray();
        Assert.Equal(
            ["Name", "Host", "Power", "Supported", "Synced", "Pending", "Ready", "Age"],
            Named(static priority => priority == 0)
        );
        Assert.Equal(["vCPU", "Memory", "Stop Action", "DAG"], Named(static priority => priority > 0));

        IEnumerable<string> Named(Func<int, bool> priority) =>
            columns
                .Where(column => priority((int)column!["priority"]!))
                .Select(static column => (string)column!["name"]!);
    }

    private async Task<TestCluster> ClusterAsync(string server) =>
        server is "1.20" ? await plane120.GetAsync() : await server136.GetAsync();
}

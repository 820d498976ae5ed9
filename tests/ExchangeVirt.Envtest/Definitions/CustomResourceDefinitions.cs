using System.Net;
using System.Text.Json.Nodes;

namespace ExchangeVirt.Envtest.Definitions;

/// <summary>Puts custom resource definitions on a server.</summary>
public static class CustomResourceDefinitions
{
    private const string Collection = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    /// <summary>Reads the project's own definitions, as users install them.</summary>
    public static IReadOnlyList<JsonObject> Ours() =>
        [
            .. Directory
                .EnumerateFiles(Checkout.Combine("crds"), "*.yaml")
                .Order(StringComparer.Ordinal)
                .SelectMany(YamlFiles.Load)
                .Where(static manifest => (string?)manifest["kind"] is "CustomResourceDefinition"),
        ];

    /// <summary>Installs the project's own definitions and waits until they are served.</summary>
    public static async Task InstallOursAsync(TestCluster cluster)
    {
        foreach (var definition in Ours())
        {
            await PutAsync(cluster, definition);
        }

        foreach (var definition in Ours())
        {
            await WaitUntilServedAsync(cluster, definition);
        }
    }

    /// <summary>
    /// Installs one, in place of one of the same name, and waits until it is served; a replaced one's new schema may take a
    /// moment more. A server as old as 1.20 drops what it does not know, CEL rules first.
    /// </summary>
    public static async Task InstallAsync(TestCluster cluster, JsonObject definition)
    {
        await PutAsync(cluster, definition);
        await WaitUntilServedAsync(cluster, definition);
    }

    internal static async Task<T> InstallAllAsync<T>(Task<T> starting)
        where T : TestCluster
    {
        var cluster = await starting;
        try
        {
            await InstallOursAsync(cluster);
            await InstallAsync(cluster, WidgetDefinition.Manifest());
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }

        return cluster;
    }

    private static async Task PutAsync(TestCluster cluster, JsonObject definition)
    {
        var answer = await cluster.Raw.PostAsync(Collection, definition);
        if (answer.Code is HttpStatusCode.Conflict)
        {
            var path = PathOf(definition);
            var present = (await cluster.Raw.GetAsync(path)).Succeeded();
            var next = definition.DeepClone().AsObject();
            next["metadata"]!["resourceVersion"] = present["metadata"]!["resourceVersion"]!.DeepClone();
            answer = await cluster.Raw.PutAsync(path, next);
        }

        answer.Succeeded();
    }

    private static async Task WaitUntilServedAsync(TestCluster cluster, JsonObject definition)
    {
        var name = (string)definition["metadata"]!["name"]!;
        await Until.TrueAsync(
            $"{name} is established",
            async () =>
                (await cluster.Raw.GetAsync(PathOf(definition)))
                    .Succeeded()["status"]
                    ?["conditions"]?.AsArray()
                    .Any(static condition =>
                        (string?)condition!["type"] is "Established" && (string?)condition["status"] is "True"
                    ) == true
        );
        var spec = definition["spec"]!;
        foreach (var version in spec["versions"]!.AsArray().Where(static version => (bool)version!["served"]!))
        {
            var path = $"/apis/{spec["group"]}/{version!["name"]}/{spec["names"]!["plural"]}?limit=1";
            await Until.TrueAsync(
                $"{path} is served",
                async () => (await cluster.Raw.GetAsync(path)).Code is HttpStatusCode.OK
            );
        }
    }

    private static string PathOf(JsonObject definition) => $"{Collection}/{definition["metadata"]!["name"]}";
}

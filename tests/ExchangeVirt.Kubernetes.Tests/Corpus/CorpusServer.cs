using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Definitions;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.Schema;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Tests.Corpus;

namespace ExchangeVirt.Kubernetes.Tests.Corpus;

/// <summary>Puts cases of the corpus before an API server, each as a dry run among the objects around it.</summary>
internal sealed partial class CorpusServer(TestCluster cluster, bool isStrict)
{
    // Said beside every blocking problem; it is none of its own.
    private const string NotAllChecked = "some validation rules were not checked because the object was invalid";

    private readonly List<JsonObject> _made = [];

    /// <summary>Gets the server.</summary>
    public TestCluster Cluster => cluster;

    /// <summary>
    /// Stores what breaks rules of today, while definitions without any are in place; then puts ours in place.
    /// </summary>
    public async Task PrepareAsync(bool hasNamespaces)
    {
        var namespaces = CorpusCase
            .All.Values.Where(static each => each.IsFromBefore)
            .Select(static each => each.Id)
            .Append("messaging")
            .Append("archive");
        foreach (var name in hasNamespaces ? namespaces : [])
        {
            var body = new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } };
            (await cluster.Raw.PostAsync("/api/v1/namespaces", body)).Succeeded();
        }

        foreach (var definition in CustomResourceDefinitions.Ours())
        {
            var weak = definition.DeepClone().AsObject();
            weak["spec"]!["versions"]![0]!["schema"] = new JsonObject
            {
                ["openAPIV3Schema"] = new JsonObject
                {
                    ["type"] = "object",
                    ["x-kubernetes-preserve-unknown-fields"] = true,
                },
            };
            await CustomResourceDefinitions.InstallAsync(cluster, weak);
        }

        foreach (var each in CorpusCase.All.Values.Where(static each => each.IsFromBefore))
        {
            await CreateAsync(Place(each, CorpusCase.ToJson(each.Before!)));
        }

        await CustomResourceDefinitions.InstallOursAsync(cluster);
        // A replaced definition is served by the old one's handler for a moment.
        foreach (var kind in SchemaReader.Kinds.Values)
        {
            await Until.TrueAsync(
                $"{kind.Kind} is refused by its own schema",
                () => RefusesAsync(kind, """{"spec":7}""")
            );
        }
    }

    /// <summary>Waits until the webhook is asked: it alone knows on this server that no witness is of two kinds.</summary>
    public Task WaitForRefusalAsync() =>
        Until.TrueAsync(
            "the webhook is asked",
            () =>
                RefusesAsync(
                    SchemaReader.Kinds[DatabaseAvailabilityGroup.KubeKind],
                    """{"spec":{"witness":{"host":"a","external":"b"}}}"""
                )
        );

    /// <summary>Reads the objects around a case where this server has them.</summary>
    public static IReadOnlyList<JsonObject> Around(CorpusCase asked) =>
        [.. YamlFiles.Parse(asked.Others).Select(each => Place(asked, each))];

    /// <summary>Puts a case before the server, among the objects around it.</summary>
    public async Task<Judgement> JudgeAsync(CorpusCase asked)
    {
        foreach (var other in Around(asked))
        {
            await MakeAsync(other);
        }

        if (asked.Operation is "Create")
        {
            // As it is written, for a server reads YAML by itself and in its own way.
            return await JudgedAsync(HttpMethod.Post, Collection(CorpusCase.ToJson(asked.Object)), asked.Object);
        }

        var now = Place(asked, CorpusCase.ToJson(asked.Object));
        if (asked.Operation is "Delete")
        {
            await MakeAsync(now);
            return await JudgedAsync(HttpMethod.Delete, PathOf(now), text: null);
        }

        if (!asked.IsFromBefore)
        {
            await MakeAsync(Place(asked, CorpusCase.ToJson(asked.Before!)));
        }

        var stored = (await cluster.Raw.GetAsync(PathOf(now))).Succeeded();
        now["metadata"]!["resourceVersion"] = stored["metadata"]!["resourceVersion"]!.DeepClone();
        return await JudgedAsync(HttpMethod.Put, PathOf(now), now.ToJsonString());
    }

    /// <summary>Removes what a case needed.</summary>
    public async Task CleanAsync()
    {
        foreach (var entity in _made)
        {
            var free = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = null } };
            (await cluster.Raw.PatchAsync(PathOf(entity), free)).Succeeded();
            (await cluster.Raw.DeleteAsync(PathOf(entity))).Succeeded();
        }

        _made.Clear();
    }

    private async Task MakeAsync(JsonObject entity)
    {
        await CreateAsync(entity);
        _made.Add(entity);
    }

    /// <summary>Puts an object of a case where this server has it.</summary>
    public static JsonObject Place(CorpusCase asked, JsonObject entity)
    {
        // What is from before lies in a namespace of its own, since all of it is there at the same time.
        if (asked.IsFromBefore && (string?)entity["metadata"]!["namespace"] is "messaging")
        {
            entity["metadata"]!["namespace"] = asked.Id;
        }

        return entity;
    }

    private async Task CreateAsync(JsonObject entity) =>
        (await cluster.Raw.PostAsync(Collection(entity), entity)).Succeeded();

    private async Task<Judgement> JudgedAsync(HttpMethod method, string path, string? text)
    {
        var answer = await SendAsync(
            method,
            path + "?dryRun=All" + (isStrict && text is not null ? "&fieldValidation=Strict" : ""),
            text
        );
        if ((int)answer.Code is >= 200 and < 300)
        {
            var told = answer
                .Warnings.Where(static text => LookupRules.Ids.Any(text.Contains))
                .Select(static text => (text.Split(": ")[0], text))
                .ToList();
            return told.Count == 0 ? Judgement.Accepted : new Judgement("warns", told);
        }

        var status = JsonNode.Parse(answer.Text)!;
        var causes = (status["details"]?["causes"]?.AsArray() ?? [])
            .Select(static cause => ((string?)cause!["field"] ?? "", Message: (string?)cause["message"] ?? ""))
            .Where(static cause => !cause.Message.Contains(NotAllChecked, StringComparison.Ordinal))
            .ToList();
        var message = (string?)status["message"] ?? "";
        return new Judgement(
            "refuses",
            causes.Count > 0
                ? causes
                : [(Unknown().Match(message) is { Success: true } field ? field.Groups["path"].Value : "", message)]
        );
    }

    private async Task<(HttpStatusCode Code, string Text, IReadOnlyList<string> Warnings)> SendAsync(
        HttpMethod method,
        string path,
        string? text
    )
    {
        using var patience = new CancellationTokenSource(Until.Patience, Until.Clock);
        using var request = new HttpRequestMessage(method, new Uri(cluster.Address, path));
        if (text is not null)
        {
            request.Content = new StringContent(text, Encoding.UTF8);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/yaml");
        }

        using var response = await cluster.Admin.HttpClient.SendAsync(request, patience.Token);
        return (
            response.StatusCode,
            await response.Content.ReadAsStringAsync(patience.Token),
            // 299 - "the text"
            [.. response.Headers.Warning.Select(static warning => warning.Text.Trim('"').Replace("\\\"", "\""))]
        );
    }

    private async Task<bool> RefusesAsync(KindSchema kind, string json)
    {
        var entity = JsonNode.Parse(json)!.AsObject();
        (entity["apiVersion"], entity["kind"]) = (ApiGroup.ApiVersion, kind.Kind);
        entity["metadata"] = new JsonObject { ["name"] = "none", ["namespace"] = "messaging" };
        if (kind.Resource.Scope is ResourceScope.Cluster)
        {
            entity["metadata"]!.AsObject().Remove("namespace");
        }

        var answer = await SendAsync(HttpMethod.Post, Collection(entity) + "?dryRun=All", entity.ToJsonString());
        return answer.Code is HttpStatusCode.UnprocessableEntity;
    }

    /// <summary>Gives the address of an object.</summary>
    public static string PathOf(JsonObject entity) => $"{Collection(entity)}/{entity["metadata"]!["name"]}";

    /// <summary>Gives the address of the objects of an object's kind and namespace.</summary>
    public static string Collection(JsonObject entity)
    {
        var kind = SchemaReader.Kinds[(string)entity["kind"]!];
        var place =
            kind.Resource.Scope is ResourceScope.Namespaced ? $"namespaces/{entity["metadata"]!["namespace"]}/" : "";
        return $"/apis/{ApiGroup.ApiVersion}/{place}{kind.Plural}";
    }

    [GeneratedRegex("unknown field \"(?<path>[^\"]+)\"", RegexOptions.None, 5_000)]
    private static partial Regex Unknown();
}

using System.Text.Json.Nodes;
using ExchangeVirt.Envtest.Definitions;
using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Tests.Corpus;

namespace ExchangeVirt.Kubernetes.Tests.Corpus;

/// <summary>The judges that are not ours: API servers, alone and with our webhook.</summary>
public sealed class ServerJudgesTests(Server136 server136, Server120 server120, WebhookOn120 webhookOn120)
    : IClassFixture<Server136>,
        IClassFixture<Server120>,
        IClassFixture<WebhookOn120>
{
    public static TheoryData<string> On136 => AskedOf("server-1.36");

    public static TheoryData<string> On120 => AskedOf("server-1.20");

    public static TheoryData<string> WithWebhook => AskedOf("webhook-on-1.20");

    [Theory]
    [MemberData(nameof(On136))]
    public Task A_server_of_today_judges_as_the_corpus_says(string id) => AskAsync(server136, "server-1.36", id);

    [Theory]
    [MemberData(nameof(On120))]
    public Task A_server_without_CEL_judges_as_the_corpus_says(string id) => AskAsync(server120, "server-1.20", id);

    [Theory]
    [MemberData(nameof(WithWebhook))]
    public Task A_server_that_asks_the_webhook_judges_as_the_corpus_says(string id) =>
        AskAsync(webhookOn120, "webhook-on-1.20", id);

    [Fact]
    public async Task Every_rule_of_every_definition_is_broken_by_one_manifest_and_kept_by_another()
    {
        var judged = new List<(CorpusCase Case, Judgement Judgement)>();
        foreach (var id in On136.Select(static row => row.Data))
        {
            judged.Add((CorpusCase.All[id], await server136.JudgeAsync(CorpusCase.All[id])));
        }

        var rules = SchemaRule.All();
        // As many as the definitions have lines for them.
        Assert.Equal(
            CustomResourceDefinitions.Ours().Sum(static each => each.ToJsonString().Split("\"rule\":\"").Length - 1),
            rules.Count
        );
        Assert.All(
            rules,
            rule =>
            {
                Assert.True(judged.Any(each => rule.IsBrokenBy(each.Case, each.Judgement)), $"Nothing breaks {rule}.");
                Assert.True(judged.Any(each => rule.IsKeptBy(each.Case, each.Judgement)), $"Nothing keeps {rule}.");
            }
        );
    }

    /// <summary>
    /// A server of today forgives what it stored under weaker rules; one without CEL has no such rules, and the webhook is not
    /// asked. What only a schema of today refuses, an old server refuses in every write.
    /// </summary>
    [Theory]
    [InlineData("1.36", true)]
    [InlineData("1.20", false)]
    [InlineData("1.20 with the webhook", false)]
    public Task Status_and_finalizers_of_what_is_from_before_are_in_nobodys_way(string server, bool forgivesSchema)
    {
        ServerJudge judge = server switch
        {
            "1.36" => server136,
            "1.20" => server120,
            _ => webhookOn120,
        };
        var old = CorpusCase
            .All.Values.Where(static each => each.IsFromBefore)
            .Where(each => forgivesSchema || each.Rule is not ObjectReader.SchemaRule)
            .ToList();
        Assert.NotEmpty(old);
        return judge.UseAsync(async cluster =>
        {
            foreach (var each in old)
            {
                var path = CorpusServer.PathOf(CorpusServer.Place(each, CorpusCase.ToJson(each.Before!)));
                var held = """{"metadata":{"finalizers":["exchangevirt.io/test"],"annotations":{"a":"b"}}}""";
                var seen = """{"status":{"observedGeneration":1,"powerState":"Off"}}""";
                var free = """{"metadata":{"finalizers":null,"annotations":null}}""";
                (await cluster.Raw.PatchAsync(path, JsonNode.Parse(held)!)).Succeeded();
                (await cluster.Raw.PatchAsync(path + "/status", JsonNode.Parse(seen)!)).Succeeded();
                (await cluster.Raw.PatchAsync(path, JsonNode.Parse(free)!)).Succeeded();
            }
        });
    }

    private static async Task AskAsync(ServerJudge judge, string name, string id)
    {
        var asked = CorpusCase.All[id];

        (await judge.JudgeAsync(asked)).AssertIs(asked, name);
    }

    private static TheoryData<string> AskedOf(string judge) =>
        [
            .. CorpusCase
                .All.Values.Where(each => each.Judges[judge].Word is not "-")
                .Select(static each => each.Id)
                .Order(StringComparer.Ordinal),
        ];
}

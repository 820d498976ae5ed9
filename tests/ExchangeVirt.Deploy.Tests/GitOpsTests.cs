using System.Text.Json.Nodes;
using ExchangeVirt.Deploy.Tests.Support;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Definitions;

namespace ExchangeVirt.Deploy.Tests;

public sealed class GitOpsTests
{
    private static readonly Manifests s_flux = new([
        .. Directory.EnumerateFiles(Manifests.Path("flux"), "*.yaml").SelectMany(YamlFiles.Load),
    ]);

    public static TheoryData<string> Files =>
        [
            .. Directory
                .EnumerateFiles(Checkout.Combine("deploy"), "*.yaml", SearchOption.AllDirectories)
                .Select(static file => Path.GetRelativePath(Checkout.Root, file))
                // Templates are YAML only once they are rendered.
                .Where(static file => !file.Replace('\\', '/').Contains("/templates/", StringComparison.Ordinal)),
        ];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_file_is_YAML(string file) => Assert.NotEmpty(YamlFiles.Load(Checkout.Combine(file)));

    [Fact]
    public void The_patch_for_Argo_CD_gives_every_kind_the_one_script()
    {
        var script = File.ReadAllText(Manifests.Path("argocd", "health.lua"));
        var data = Manifests.Map(
            Assert.Single(YamlFiles.Load(Manifests.Path("argocd", "argocd-cm-patch.yaml")))["data"]
        );

        Assert.Equal(
            Directory
                .EnumerateFiles(Checkout.Combine("crds"), "*.yaml")
                .Select(static file => (string)YamlFiles.Load(file)[0]["spec"]!["names"]!["kind"]!)
                .Select(static kind => $"resource.customizations.health.exchangevirt.io_{kind}")
                .Order(StringComparer.Ordinal),
            data.Keys.Order(StringComparer.Ordinal)
        );
        Assert.All(data.Values, value => Assert.Equal(script, value));
    }

    [Fact]
    public void Nothing_that_GitOps_tools_are_told_prunes_a_declaration()
    {
        Assert.All(s_flux.Of("Kustomization"), static one => Assert.False((bool?)one["spec"]!["prune"]));
        Assert.All(
            Directory.EnumerateFiles(Manifests.Path("argocd"), "application-*.yaml").SelectMany(YamlFiles.Load),
            static one => Assert.False((bool?)one["spec"]!["syncPolicy"]!["automated"]!["prune"])
        );
    }

    [Fact]
    public void Flux_applies_in_an_order_that_leads_back_to_the_operator()
    {
        var kustomizations = s_flux.Of("Kustomization").ToDictionary(static one => (string)one["metadata"]!["name"]!);
        var sources = s_flux.Of("GitRepository").Select(static one => (string)one["metadata"]!["name"]!).ToList();

        Assert.All(
            kustomizations.Values,
            one =>
            {
                Assert.Contains((string)one["spec"]!["sourceRef"]!["name"]!, sources);
                var at = one;
                while ((string?)at["metadata"]!["name"] != "exchangevirt-operator")
                {
                    at = kustomizations[(string)((JsonArray)at["spec"]!["dependsOn"]!).Single()!["name"]!];
                }
            }
        );
        Assert.All(kustomizations.Values, static one => Assert.NotEmpty((JsonArray)one["spec"]!["healthChecks"]!));
    }

    [Theory]
    [InlineData("flux/operator.yaml", "path")]
    [InlineData("argocd/application-operator.yaml", "path")]
    [InlineData("flux/helm-release.yaml", "chart")]
    public void What_is_named_in_this_repository_is_there(string file, string field)
    {
        var named = Assert.Single(
            Everything(Assert.Single(YamlFiles.Load(Manifests.Path(file)))),
            pair => pair.Key == field && pair.Value is JsonValue value && ((string)value!).Contains("deploy/")
        );

        Assert.True(Directory.Exists(Checkout.Combine(named.Value!.ToString())), named.Value.ToString());
    }

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Everything(JsonNode? node) =>
        node switch
        {
            JsonObject map => map.SelectMany(static pair => Everything(pair.Value).Prepend(pair)),
            JsonArray list => list.SelectMany(Everything),
            _ => [],
        };
}

using System.Text.Json.Nodes;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Clients;

namespace ExchangeVirt.Kubernetes.Tests.Harness;

public sealed class ToolTests(SharedControlPlane shared)
{
    private const string Rules = """
        groups:
        - name: test
          rules:
          - alert: Down
            expr: up == 0
            for: 5m
        """;

    [Fact]
    public async Task The_kubectl_on_PATH_talks_to_the_server()
    {
        var plane = await shared.GetAsync();
        await AssertTalksAsync(plane, Kubectl.OnPath(plane));
    }

    [Fact]
    public async Task Kubectl_1_35_talks_to_the_server()
    {
        var plane = await shared.GetAsync();
        var kubectl = await Kubectl.Version135Async(plane);

        var version = JsonNode.Parse((await kubectl.RunAsync("version", "-o", "json")).Succeeded())!;

        Assert.Equal("v1.35.2", (string?)version["clientVersion"]!["gitVersion"]);
        Assert.StartsWith("v1.20", (string?)version["serverVersion"]!["gitVersion"], StringComparison.Ordinal);
        await AssertTalksAsync(plane, kubectl);
    }

    [Fact]
    public async Task A_tool_sees_nothing_of_this_users_settings()
    {
        var plane = await shared.GetAsync();
        var kubectl = Kubectl.OnPath(plane) with { Kubeconfig = null };

        var view = JsonNode.Parse((await kubectl.RunAsync("config", "view", "-o", "json")).Succeeded())!;

        Assert.Null(view["clusters"]);
        Assert.StartsWith(plane.Folder, kubectl.Home, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Helm_installs_and_uninstalls()
    {
        var plane = await shared.GetAsync();
        await using var place = await plane.NamespaceAsync("helm");
        var helm = await Helm.FindAsync(plane);
        using var chart = await ChartAsync();

        Assert.StartsWith("v4.1.", (await helm.RunAsync("version", "--short")).Succeeded(), StringComparison.Ordinal);
        (await helm.RunAsync("install", "it", chart.Path, "-n", place.Name, "--server-side=false")).Succeeded();
        (await plane.Raw.GetAsync($"/api/v1/namespaces/{place}/configmaps/it")).Succeeded();
        (await helm.RunAsync("uninstall", "it", "-n", place.Name)).Succeeded();
        Assert.False((await plane.Raw.GetAsync($"/api/v1/namespaces/{place}/configmaps/it")).IsSuccess);
    }

    [Fact]
    public async Task Helm_renders_without_a_cluster()
    {
        using var folder = new TemporaryFolder();
        var helm = await Helm.FindAsync(folder);
        using var chart = await ChartAsync();

        var rendered = (await helm.RunAsync("template", "it", chart.Path)).Succeeded();

        Assert.Contains("name: it }", rendered, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Promtool_tells_good_rules_from_bad()
    {
        using var folder = new TemporaryFolder();
        var promtool = await Promtool.FindAsync(folder);
        await File.WriteAllTextAsync(folder.Combine("good.yaml"), Rules);
        await File.WriteAllTextAsync(folder.Combine("bad.yaml"), Rules.Replace("== 0", "==", StringComparison.Ordinal));

        (await promtool.RunAsync("check", "rules", folder.Combine("good.yaml"))).Succeeded();
        var bad = await promtool.RunAsync("check", "rules", folder.Combine("bad.yaml"));
        Assert.NotEqual(0, bad.ExitCode);
        Assert.Contains("could not parse expression", bad.All, StringComparison.Ordinal);
        (
            await promtool.FeedAsync("# HELP a_total A.\n# TYPE a_total counter\na_total 1\n", "check", "metrics")
        ).Succeeded();
    }

    private static async Task<TemporaryFolder> ChartAsync()
    {
        var chart = new TemporaryFolder("chart");
        await File.WriteAllTextAsync(chart.Combine("Chart.yaml"), "{ apiVersion: v2, name: small, version: 0.1.0 }");
        await File.WriteAllTextAsync(
            Path.Combine(chart.Folder("templates"), "map.yaml"),
            "{ apiVersion: v1, kind: ConfigMap, metadata: { name: {{ .Release.Name }} }, data: { a: b } }"
        );
        return chart;
    }

    private static async Task AssertTalksAsync(ControlPlane plane, Tool kubectl)
    {
        await using var place = await plane.NamespaceAsync("kubectl");
        var widget = Envtest.Definitions.WidgetDefinition.Widget("w", 3);
        widget["metadata"]!["namespace"] = place.Name;

        (await kubectl.FeedAsync(widget.ToJsonString(), "apply", "--validate=false", "-f", "-")).Succeeded();

        Assert.Equal(
            "3",
            (await kubectl.RunAsync("get", "widget", "w", "-n", place.Name, "-o", "jsonpath={.spec.size}")).Succeeded()
        );
        var nobody = kubectl.As(plane.UserKubeconfig("nobody"));
        var refused = await nobody.RunAsync("get", "widgets", "-n", place.Name);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("nobody", refused.Error, StringComparison.Ordinal);
    }
}

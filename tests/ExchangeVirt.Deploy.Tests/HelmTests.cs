using System.Text.Json.Nodes;
using ExchangeVirt.Deploy.Tests.Support;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Clients;
using ExchangeVirt.Envtest.Definitions;

namespace ExchangeVirt.Deploy.Tests;

public sealed class HelmTests
{
    private const string Managed = "certificates.certManager.enabled=true,webhook.certManager.enabled=true";

    private const string Existing =
        "certificates.existingSecret=exchangevirt-agent-client,webhook.existingSecret=exchangevirt-webhook,webhook.caBundle=YQ==";

    private const string Monitoring = "metrics.serviceMonitor.enabled=true,metrics.prometheusRule.enabled=true";

    private static readonly string s_chart = Manifests.Path("helm", "exchangevirt-operator");

    private static readonly Dictionary<string, string> s_choices = new(StringComparer.Ordinal)
    {
        ["cert-manager"] = Managed,
        ["Secrets that are there"] = Existing,
        ["monitoring"] = $"{Managed},{Monitoring}",
        ["an operator outside of the cluster"] =
            "certificates.existingSecret=a,webhook.url=https://127.0.0.1:9443/validate",
        ["no webhook"] = "certificates.existingSecret=a,webhook.enabled=false",
        ["an image by digest"] = $"{Managed},image.digest=sha256:{new string('a', 64)}",
        ["an issuer of the company's"] =
            "certificates.certManager.enabled=true,certificates.certManager.issuerRef.name=corp,"
            + "certificates.certManager.issuerRef.kind=ClusterIssuer,webhook.certManager.enabled=true",
    };

    public static TheoryData<string> Choices => [.. s_choices.Keys];

    [Theory]
    [MemberData(nameof(Choices))]
    public async Task Whatever_is_chosen_the_operator_is_confined_and_whole(string choice)
    {
        using var folder = new TemporaryFolder();
        var helm = await Helm.FindAsync(folder);

        ManifestChecks.Check(await RenderAsync(helm, s_choices[choice]));
        (await helm.RunAsync("lint", "--strict", s_chart, "--set", s_choices[choice])).Succeeded();
    }

    [Fact]
    public async Task The_chart_alone_has_no_finding()
    {
        using var folder = new TemporaryFolder();

        var linted = await (await Helm.FindAsync(folder)).RunAsync("lint", "--strict", s_chart);

        Assert.Contains("0 chart(s) failed", linted.Succeeded(), StringComparison.Ordinal);
        Assert.DoesNotContain("[WARNING]", linted.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("[ERROR]", linted.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_installs_what_kustomize_installs()
    {
        using var files = new Overlays();
        var overlay = await files.BuildAsync(Kubectl.OnPath(files.Folder), "cert-manager");

        var chart = await RenderAsync(await Helm.FindAsync(files.Folder), Managed);

        foreach (
            var (kind, field) in ((string, string)[])
                [
                    ("ClusterRole", "rules"),
                    ("Role", "rules"),
                    ("ClusterRoleBinding", "subjects"),
                    ("RoleBinding", "subjects"),
                ]
        )
        {
            Assert.All(
                overlay.Of(kind),
                one => Manifests.AssertSame(one[field], chart.One(kind, (string)one["metadata"]!["name"]!)[field])
            );
        }

        Manifests.AssertSame(
            overlay.One("ValidatingWebhookConfiguration")["webhooks"]![0]!["rules"],
            chart.One("ValidatingWebhookConfiguration")["webhooks"]![0]!["rules"]
        );
        foreach (
            var field in (string[])
                [
                    "image",
                    "args",
                    "env",
                    "ports",
                    "resources",
                    "securityContext",
                    "volumeMounts",
                    "startupProbe",
                    "livenessProbe",
                    "readinessProbe",
                ]
        )
        {
            Manifests.AssertSame(Container(overlay)[field], Container(chart)[field]);
        }

        Manifests.AssertSame(
            overlay.One("NetworkPolicy")["spec"]!["egress"],
            chart.One("NetworkPolicy")["spec"]!["egress"]
        );
        Assert.Equal("Ignore", (string?)chart.One("ValidatingWebhookConfiguration")["webhooks"]![0]!["failurePolicy"]);
        Assert.Equal(2, (long?)chart.One("Deployment")["spec"]!["replicas"]);
    }

    [Fact]
    public async Task With_cert_manager_everything_that_is_mounted_is_made_and_renewed_in_time()
    {
        using var folder = new TemporaryFolder();

        CertificateChecks.Check(await RenderAsync(await Helm.FindAsync(folder), Managed));
    }

    [Fact]
    public async Task Definitions_pass_through_unchanged_and_are_kept()
    {
        using var folder = new TemporaryFolder();
        var helm = await Helm.FindAsync(folder);

        var kept = await RenderAsync(helm, Managed);
        var notKept = await RenderAsync(helm, $"{Managed},crds.keep=false");
        var without = await RenderAsync(helm, $"{Managed},crds.enabled=false");

        foreach (var file in Directory.EnumerateFiles(Checkout.Combine("crds"), "*.yaml"))
        {
            var generated = Assert.Single(YamlFiles.Load(file));
            var rendered = kept.One("CustomResourceDefinition", (string)generated["metadata"]!["name"]!);
            Manifests.AssertSame(generated["spec"], rendered["spec"]);
            Assert.Equal("keep", Manifests.Map(rendered["metadata"]!["annotations"])["helm.sh/resource-policy"]);
        }

        Assert.Equal(5, notKept.Of("CustomResourceDefinition").Count);
        Assert.All(notKept.Of("CustomResourceDefinition"), static one => Assert.Null(one["metadata"]!["annotations"]));
        Assert.Empty(without.Of("CustomResourceDefinition"));
    }

    [Theory]
    [InlineData("1.20.2", "policy/v1beta1", false)]
    [InlineData("1.24.0", "policy/v1", false)]
    [InlineData("1.30.0", "policy/v1", true)]
    [InlineData("1.35.0-gke.100", "policy/v1", true)]
    public async Task A_server_gets_the_version_and_fields_that_it_knows(string server, string version, bool evicts)
    {
        using var folder = new TemporaryFolder();

        var manifests = await RenderAsync(await Helm.FindAsync(folder), Managed, "--kube-version", server);

        var budget = manifests.One("PodDisruptionBudget");
        Assert.Equal(version, (string?)budget["apiVersion"]);
        Assert.Equal(evicts, budget["spec"]!["unhealthyPodEvictionPolicy"] is not null);
    }

    [Theory]
    [InlineData("1.19.16")]
    [InlineData("1.25.0")]
    [InlineData("1.27.3-gke.100")]
    [InlineData("1.29.9")]
    public async Task A_server_that_does_not_take_the_definitions_is_refused_at_once(string server)
    {
        using var folder = new TemporaryFolder();
        var helm = await Helm.FindAsync(folder);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            RenderAsync(helm, Managed, "--kube-version", server)
        );

        Assert.Contains("chart requires kubeVersion", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_pages_of_the_alerts_are_found_where_the_release_says()
    {
        using var folder = new TemporaryFolder();
        var helm = await Helm.FindAsync(folder);

        var moved = await RenderAsync(
            helm,
            $"{Managed},{Monitoring},metrics.prometheusRule.runbookBaseUrl=https://example.test/runbooks/"
        );
        var asIs = await RenderAsync(helm, $"{Managed},{Monitoring}");

        Assert.All(
            AlertRules.Of(moved.One("PrometheusRule")["spec"]!),
            static rule =>
                Assert.Equal($"https://example.test/runbooks/{rule.Alert}.md", (string?)rule.Annotations["runbook_url"])
        );
        Manifests.AssertSame(AlertRules.Source["groups"], asIs.One("PrometheusRule")["spec"]!["groups"]);
    }

    [Theory]
    [InlineData("", "Agents speak to nobody without a certificate")]
    [InlineData("certificates.existingSecret=a", "The webhook needs a certificate")]
    [InlineData("certificates.existingSecret=a,webhook.existingSecret=b", "set webhook.caBundle")]
    [InlineData("replicas=0", "replicas")]
    [InlineData("image.tag=latest", "tag")]
    [InlineData("unknownReferences=Perhaps", "unknownReferences")]
    [InlineData("replica=3", "replica")]
    [InlineData("webhook.failurePolicy=Sometimes", "failurePolicy")]
    [InlineData("extraArgs={verbose}", "extraArgs")]
    public async Task A_wrong_value_is_refused_by_name(string values, string said)
    {
        using var folder = new TemporaryFolder();

        var refused = await (await Helm.FindAsync(folder)).RunAsync("template", "x", s_chart, "--set", values);

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains(said, refused.Error, StringComparison.Ordinal);
    }

    private static JsonNode Container(Manifests manifests) =>
        manifests.One("Deployment")["spec"]!["template"]!["spec"]!["containers"]![0]!;

    private static async Task<Manifests> RenderAsync(Tool helm, string values, params string[] more) =>
        Manifests.Parse(
            (
                await helm.RunAsync([
                    "template",
                    "exchangevirt-operator",
                    s_chart,
                    "--namespace",
                    "exchangevirt-system",
                    "--set",
                    values,
                    .. more,
                ])
            ).Succeeded()
        );
}

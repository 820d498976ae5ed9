using System.Text.RegularExpressions;
using ExchangeVirt.Deploy.Tests.Support;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Clients;
using ExchangeVirt.Envtest.Definitions;

namespace ExchangeVirt.Deploy.Tests;

public sealed partial class PrometheusRuleTests
{
    private static readonly string s_tests = Checkout.Combine("tests", "prometheus", "exchangevirt-rules.test.yaml");

    public static TheoryData<string> Alerts =>
        [.. AlertRules.Of(AlertRules.Source).Select(static rule => rule.Alert).Distinct(StringComparer.Ordinal)];

    [Fact]
    public async Task Prometheus_takes_the_rules()
    {
        using var folder = new TemporaryFolder();
        var promtool = await Promtool.FindAsync(folder);

        (await promtool.RunAsync("check", "rules", AlertRules.File)).Succeeded();
    }

    [Fact]
    public async Task Every_alert_fires_when_it_should_and_no_earlier()
    {
        using var folder = new TemporaryFolder();
        var promtool = await Promtool.FindAsync(folder);

        (await promtool.RunAsync("test", "rules", s_tests)).Succeeded();
    }

    [Fact]
    public void Kustomize_and_Helm_have_the_same_alerts()
    {
        var copy = Assert.Single(
            YamlFiles.Load(Manifests.Path("kustomize", "components", "monitoring", "prometheus-rule.yaml"))
        );

        Manifests.AssertSame(AlertRules.Source["groups"], copy["spec"]!["groups"]);
    }

    [Theory]
    [MemberData(nameof(Alerts))]
    public void An_alert_has_a_page_that_says_what_to_do(string alert)
    {
        var rules = AlertRules.Of(AlertRules.Source).Where(rule => rule.Alert == alert).ToList();
        Assert.All(
            rules,
            rule =>
            {
                Assert.Contains(rule.Severity, (string[])["critical", "warning", "info"]);
                Assert.NotEmpty((string?)rule.Annotations["summary"] ?? "");
                Assert.NotEmpty((string?)rule.Annotations["description"] ?? "");
                Assert.Equal($"docs/runbooks/{alert}.md", (string?)rule.Annotations["runbook_url"]);
            }
        );
        var page = File.ReadAllText(Checkout.Combine("docs", "runbooks", $"{alert}.md"));
        Assert.StartsWith($"# {alert}\n", page, StringComparison.Ordinal);
        Assert.All(
            (string[])["## Meaning", "## Impact", "## Diagnosis", "## Mitigation"],
            section => Assert.Contains($"\n{section}\n", page, StringComparison.Ordinal)
        );
        Assert.Contains("```", page, StringComparison.Ordinal);
    }

    [Fact]
    public void There_is_no_page_without_its_alert() =>
        Assert.Equal(
            AlertRules
                .Of(AlertRules.Source)
                .Select(static rule => rule.Alert)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
            Directory
                .EnumerateFiles(Checkout.Combine("docs", "runbooks"), "*.md")
                .Select(static file => Path.GetFileNameWithoutExtension(file))
                .Order(StringComparer.Ordinal)
        );

    [Theory]
    [MemberData(nameof(Alerts))]
    public void An_alert_is_tested(string alert)
    {
        // Some tests name several by a pattern.
        var named = AlertName().Matches(File.ReadAllText(s_tests)).Select(static match => match.Value);

        Assert.Contains(named, name => Regex.IsMatch(alert, $"^({name})$", RegexOptions.None, TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void Every_metric_that_an_alert_reads_is_documented()
    {
        var page = File.ReadAllText(Checkout.Combine("docs", "metrics.md"));

        Assert.All(
            AlertRules
                .Of(AlertRules.Source)
                .SelectMany(static rule => Metric().Matches(rule.Expression).Select(static match => match.Value))
                .Distinct(StringComparer.Ordinal),
            metric => Assert.Contains($"`{metric}`", page, StringComparison.Ordinal)
        );
    }

    [GeneratedRegex(@"ExchangeVirt[A-Za-z.*|]+", RegexOptions.None, 5_000)]
    private static partial Regex AlertName();

    [GeneratedRegex(
        @"\b(exchangevirt|controller_runtime|leader_election|workqueue|rest_client)_\w+",
        RegexOptions.ExplicitCapture,
        5_000
    )]
    private static partial Regex Metric();
}

using System.Xml.Linq;
using ExchangeVirt.Deploy.Tests.Support;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Definitions;

namespace ExchangeVirt.Deploy.Tests;

public sealed class ChartFileTests
{
    private static readonly string s_copies = Manifests.Path("helm", "exchangevirt-operator", "files", "crds");

    [Fact]
    public void The_chart_holds_the_definitions_that_the_types_give()
    {
        var sources = Directory.GetFiles(Checkout.Combine("crds"), "*.yaml");
        if (Environment.GetEnvironmentVariable("EXVIRT_ACCEPT") == "1")
        {
            Directory.Delete(s_copies, recursive: true);
            Directory.CreateDirectory(s_copies);
            Array.ForEach(sources, static file => File.Copy(file, Path.Combine(s_copies, Path.GetFileName(file))));
        }

        Assert.Equal(
            sources.Select(static file => Path.GetFileName(file)).Order(StringComparer.Ordinal),
            Directory
                .EnumerateFiles(s_copies)
                .Select(static file => Path.GetFileName(file))
                .Order(StringComparer.Ordinal)
        );
        Assert.All(
            sources,
            static file =>
                Assert.True(
                    File.ReadAllText(file) == File.ReadAllText(Path.Combine(s_copies, Path.GetFileName(file))),
                    $"The chart's copy of {Path.GetFileName(file)} is old: run these tests once with EXVIRT_ACCEPT=1."
                )
        );
    }

    [Fact]
    public void One_folder_of_definitions_is_listed_whole()
    {
        var listed = Assert.Single(YamlFiles.Load(Checkout.Combine("crds", "Kustomization")));

        Assert.Equal(
            Directory
                .EnumerateFiles(Checkout.Combine("crds"), "*.yaml")
                .Select(static file => Path.GetFileName(file))
                .Order(StringComparer.Ordinal),
            Manifests.Texts(listed["resources"]).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void One_version_is_named_everywhere()
    {
        var version = XDocument.Load(Checkout.Combine("Directory.Build.props")).Descendants("Version").Single().Value;
        var chart = Assert.Single(YamlFiles.Load(Manifests.Path("helm", "exchangevirt-operator", "Chart.yaml")));
        var deployment = Assert.Single(YamlFiles.Load(Manifests.Path("kustomize", "base", "deployment.yaml")));
        var pod = deployment["spec"]!["template"]!;

        Assert.Equal(version, (string?)chart["version"]);
        Assert.Equal(version, (string?)chart["appVersion"]);
        Assert.Equal(version, (string?)deployment["metadata"]!["labels"]!["app.kubernetes.io/version"]);
        Assert.Equal(version, (string?)pod["metadata"]!["labels"]!["app.kubernetes.io/version"]);
        Assert.Equal($"exchangevirt-operator:{version}", (string?)pod["spec"]!["containers"]![0]!["image"]);
        foreach (var file in (string[])["argocd/application-operator.yaml", "flux/source.yaml"])
        {
            Assert.Contains($" v{version}\n", File.ReadAllText(Manifests.Path(file)), StringComparison.Ordinal);
        }
    }
}

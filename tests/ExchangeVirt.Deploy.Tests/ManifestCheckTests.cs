using ExchangeVirt.Deploy.Tests.Support;
using Xunit.Sdk;

namespace ExchangeVirt.Deploy.Tests;

/// <summary>Shows that the checks of manifests find what they are there to find.</summary>
public sealed class ManifestCheckTests
{
    private static readonly string s_base = string.Join(
        "\n---\n",
        Directory
            .EnumerateFiles(Manifests.Path("kustomize", "base"), "*.yaml")
            .Where(static file => Path.GetFileName(file) is not "kustomization.yaml")
            .Append(Manifests.Path("kustomize", "disruption-budget", "pod-disruption-budget.yaml"))
            .Select(File.ReadAllText)
    );

    [Fact]
    public void The_base_as_it_is_has_no_finding() => ManifestChecks.Check(Manifests.Parse(s_base));

    [Theory]
    [InlineData("              memory: 512Mi\n", "")]
    [InlineData("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false")]
    [InlineData("runAsNonRoot: true", "runAsNonRoot: false")]
    [InlineData("drop: [ALL]", "drop: [NET_RAW]")]
    [InlineData("image: exchangevirt-operator:0.1.0", "image: exchangevirt-operator:latest")]
    [InlineData("image: exchangevirt-operator:0.1.0", "image: exchangevirt-operator")]
    [InlineData("--leader-elect=true", "--leader-election=true")]
    [InlineData("--workers=8", "--workers=0")]
    [InlineData("--log-format=json", "--log-format=xml")]
    [InlineData("            - --certificates=/etc/exchangevirt/agent-client\n", "")]
    [InlineData("terminationGracePeriodSeconds: 30", "terminationGracePeriodSeconds: 5")]
    [InlineData("verbs: [get, patch]", "verbs: ['*']")]
    [InlineData("resources: [leases]", "resources: ['*']")]
    [InlineData("app.kubernetes.io/part-of: exchangevirt\n", "part-of: exchangevirt\n")]
    [InlineData("serviceAccountName: exchangevirt-operator", "serviceAccountName: default")]
    [InlineData("namespace: exchangevirt-system", "namespace: default")]
    [InlineData("targetPort: webhook", "targetPort: https")]
    [InlineData("name: exchangevirt-webhook\n        namespace", "name: another\n        namespace")]
    [InlineData("resources: [hypervhosts, virtualizationpolicies]", "resources: [hypervhosts/status]")]
    [InlineData("timeoutSeconds: 3", "timeoutSeconds: 30")]
    [InlineData("defaultMode: 288", "defaultMode: 420")]
    [InlineData(
        "        app.kubernetes.io/component: operator\n        app.kubernetes.io/part-of",
        "        app.kubernetes.io/part-of"
    )]
    public void A_mistake_is_found(string from, string to)
    {
        var at = s_base.IndexOf(from, StringComparison.Ordinal);
        Assert.True(at >= 0, $"The base does not say «{from}».");

        var mistaken = Manifests.Parse(s_base[..at] + to + s_base[(at + from.Length)..]);

        Assert.ThrowsAny<XunitException>(() => ManifestChecks.Check(mistaken));
    }
}

using ExchangeVirt.Deploy.Tests.Support;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Definitions;

namespace ExchangeVirt.Deploy.Tests;

public sealed class ContainerTests
{
    private static readonly string[] s_lines = File.ReadAllLines(Manifests.Path("container", "Containerfile"));

    [Fact]
    public void It_runs_as_the_user_that_the_pod_asks_for_and_not_as_root()
    {
        var pod = Assert.Single(YamlFiles.Load(Manifests.Path("kustomize", "base", "deployment.yaml")));
        var user = (long)pod["spec"]!["template"]!["spec"]!["securityContext"]!["runAsUser"]!;

        Assert.Equal($"USER {user}", s_lines.Last(static line => line.StartsWith("USER ", StringComparison.Ordinal)));
        Assert.NotEqual(0, user);
    }

    [Fact]
    public void It_has_no_shell_and_knows_the_time_zones_of_maintenance_windows()
    {
        var runtime = Assert.Single(
            s_lines,
            static line => line.StartsWith("ARG RUNTIME_IMAGE=", StringComparison.Ordinal)
        );

        Assert.EndsWith("-chiseled-extra", runtime, StringComparison.Ordinal);
        Assert.Equal(
            "FROM ${RUNTIME_IMAGE}",
            s_lines.Last(static line => line.StartsWith("FROM ", StringComparison.Ordinal))
        );
        var last = Array.FindLastIndex(s_lines, static line => line.StartsWith("FROM ", StringComparison.Ordinal));
        Assert.DoesNotContain(s_lines[last..], static line => line.StartsWith("RUN ", StringComparison.Ordinal));
    }

    [Fact]
    public void It_starts_the_assembly_that_the_operator_builds() =>
        Assert.Contains(
            $"ENTRYPOINT [\"dotnet\", \"{typeof(Operator.OperatorOptions).Assembly.GetName().Name}.dll\"]",
            s_lines
        );

    [Fact]
    public void The_release_finds_the_base_images_that_it_pins()
    {
        var workflow = File.ReadAllText(Checkout.Combine(".github", "workflows", "release.yml"));

        foreach (var name in (string[])["SDK_IMAGE", "RUNTIME_IMAGE"])
        {
            Assert.Single(s_lines, line => line.StartsWith($"ARG {name}=mcr.microsoft.com/", StringComparison.Ordinal));
            Assert.Contains($"pin {name})", workflow, StringComparison.Ordinal);
            Assert.Contains($"{name}=${{{{ steps.names.outputs.", workflow, StringComparison.Ordinal);
        }
    }
}

using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace ExchangeVirt.House.Tests;

/// <summary>What is held of every workflow, since nobody can run one on his own machine.</summary>
public sealed partial class WorkflowTests
{
    public static TheoryData<string> Workflows => RepositoryTests.Workflows;

    [Theory]
    [MemberData(nameof(Workflows))]
    public void It_may_only_read_unless_a_job_says_what_it_writes(string workflow)
    {
        var root = Load(workflow);

        var top = Assert.IsType<YamlMappingNode>(Field(root, "permissions"));
        Assert.All(top.Children, static right => Assert.Contains(Text(right.Value), (string[])["read", "none"]));
        foreach (var (_, job) in Jobs(root))
        {
            if (Field(job, "permissions") is { } rights)
            {
                Assert.All(
                    Assert.IsType<YamlMappingNode>(rights).Children,
                    static right =>
                    {
                        Assert.Contains(Text(right.Value), (string[])["read", "write", "none"]);
                        Assert.Contains(
                            Text(right.Key),
                            (string[])["contents", "packages", "id-token", "attestations", "pull-requests", "issues"]
                        );
                    }
                );
            }
        }
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Every_job_ends_by_a_deadline_on_a_named_system(string workflow)
    {
        foreach (var (name, job) in Jobs(Load(workflow)))
        {
            Assert.True(
                int.TryParse(Text(Field(job, "timeout-minutes")), CultureInfo.InvariantCulture, out var minutes)
                    && minutes is > 0 and <= 90,
                $"{workflow}: {name} has no timeout-minutes up to 90"
            );
            Assert.DoesNotContain("latest", Text(Field(job, "runs-on")), StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Nothing_that_a_stranger_writes_runs_with_our_rights(string workflow)
    {
        var root = Load(workflow);
        var text = File.ReadAllText(Path.Combine(Repository.Root, workflow));

        // It would run a stranger's pull request with our tokens.
        Assert.DoesNotContain("pull_request_target", text, StringComparison.Ordinal);
        Assert.DoesNotContain("workflow_run", text, StringComparison.Ordinal);
        // An expression in a script is put in as text before the shell reads it: values come in by the environment.
        Assert.All(Scripts(root), script => Assert.DoesNotMatch(Expression(), script));
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void A_script_names_its_shell_and_stops_at_the_first_failure(string workflow) =>
        Assert.All(
            Steps(Load(workflow)).Where(static step => Field(step, "run") is not null),
            static step =>
            {
                Assert.Equal("bash", Text(Field(step, "shell")));
                var script = Text(Field(step, "run"));
                if (script.Trim().Contains('\n', StringComparison.Ordinal))
                {
                    Assert.StartsWith("set -euo pipefail\n", script, StringComparison.Ordinal);
                }
            }
        );

    [Theory]
    [MemberData(nameof(Workflows))]
    public void A_pinned_action_says_which_version_that_is(string workflow) =>
        Assert.All(
            File.ReadLines(Path.Combine(Repository.Root, workflow))
                .Where(static line => line.Contains("uses:", StringComparison.Ordinal)),
            static line => Assert.Matches(WithVersion(), line)
        );

    [Theory]
    [MemberData(nameof(Workflows))]
    public void A_job_waits_only_for_jobs_that_exist(string workflow)
    {
        var jobs = Jobs(Load(workflow)).ToDictionary();
        Assert.All(
            jobs.Values,
            job =>
                Assert.All(
                    Field(job, "needs") switch
                    {
                        YamlSequenceNode list => list.Children.Select(Text),
                        YamlScalarNode one => [Text(one)],
                        _ => [],
                    },
                    needed => Assert.Contains(needed, jobs.Keys)
                )
        );
        var text = File.ReadAllText(Path.Combine(Repository.Root, workflow));
        Assert.All(
            NeededOutput().Matches(text),
            match =>
                Assert.NotNull(
                    Field(
                        (YamlMappingNode)Field(jobs[match.Groups["job"].Value], "outputs")!,
                        match.Groups["output"].Value
                    )
                )
        );
    }

    [Fact]
    public void A_release_signs_what_it_ships_and_says_what_is_in_it()
    {
        var root = Load(Path.Combine(".github", "workflows", "release.yml"));
        var scripts = string.Join('\n', Scripts(root));
        var uses = Steps(root).Select(static step => Text(Field(step, "uses"))).ToList();

        Assert.Contains("cosign sign --yes --recursive", scripts, StringComparison.Ordinal);
        Assert.Contains("cosign sign-blob", scripts, StringComparison.Ordinal);
        Assert.Contains("sha256sum", scripts, StringComparison.Ordinal);
        Assert.Contains(uses, static action => action.StartsWith("anchore/sbom-action@", StringComparison.Ordinal));
        Assert.Equal(
            2,
            uses.Count(static action => action.StartsWith("actions/attest-build-provenance@", StringComparison.Ordinal))
        );
        var image = (YamlMappingNode)
            Field(
                Steps(root)
                    .Single(static step =>
                        Text(Field(step, "uses")).StartsWith("docker/build-push-action@", StringComparison.Ordinal)
                    ),
                "with"
            )!;
        Assert.Equal("true", Text(Field(image, "sbom")));
        Assert.Equal("mode=max", Text(Field(image, "provenance")));
        Assert.Equal("linux/amd64,linux/arm64", Text(Field(image, "platforms")));
        // Signatures without a key of ours need the job's own identity, and so does nothing else.
        Assert.All(
            Jobs(root),
            static job =>
                Assert.Equal(
                    Steps(job.Value)
                        .Any(static step =>
                            Text(Field(step, "uses")).StartsWith("sigstore/cosign-installer@", StringComparison.Ordinal)
                        ),
                    Field(job.Value, "permissions") is YamlMappingNode rights
                        && Text(Field(rights, "id-token")) == "write"
                )
        );
    }

    private static YamlMappingNode Load(string workflow)
    {
        using var reader = File.OpenText(Path.Combine(Repository.Root, workflow));
        var yaml = new YamlStream();
        yaml.Load(reader);
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private static IEnumerable<KeyValuePair<string, YamlMappingNode>> Jobs(YamlMappingNode root) =>
        ((YamlMappingNode)Field(root, "jobs")!).Children.Select(static child =>
            KeyValuePair.Create(Text(child.Key), (YamlMappingNode)child.Value)
        );

    // Of a workflow, or of one job.
    private static IEnumerable<YamlMappingNode> Steps(YamlMappingNode node) =>
        Field(node, "steps") is YamlSequenceNode steps
            ? steps.Children.Cast<YamlMappingNode>()
            : Jobs(node).SelectMany(static job => Steps(job.Value));

    private static IEnumerable<string> Scripts(YamlMappingNode root) =>
        Steps(root).Select(static step => Field(step, "run")).OfType<YamlScalarNode>().Select(Text);

    private static YamlNode? Field(YamlMappingNode node, string name) =>
        node.Children.TryGetValue(new YamlScalarNode(name), out var value) ? value : null;

    private static string Text(YamlNode? node) => (node as YamlScalarNode)?.Value ?? "";

    [GeneratedRegex(@"\$\{\{", RegexOptions.None, 5_000)]
    private static partial Regex Expression();

    [GeneratedRegex(@"@[0-9a-f]{40} # v\d+\.\d+\.\d+$", RegexOptions.None, 5_000)]
    private static partial Regex WithVersion();

    [GeneratedRegex(@"needs\.(?<job>\w+)\.outputs\.(?<output>\w+)", RegexOptions.None, 5_000)]
    private static partial Regex NeededOutput();
}

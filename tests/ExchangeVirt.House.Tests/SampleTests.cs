using ExchangeVirt.Cli.Linting;
using ExchangeVirt.Resources.Manifests;

namespace ExchangeVirt.House.Tests;

public sealed class SampleTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> Samples =>
        [
            .. Directory
                .EnumerateDirectories(Path.Combine(Repository.Root, "deploy", "samples"))
                .Select(static folder => Path.GetFileName(folder)),
        ];

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_sample_has_no_problem_and_asks_for_nothing_unsupported(string sample)
    {
        var manifests = ManifestReader.ReadPaths([Path.Combine(Repository.Root, "deploy", "samples", sample)]);

        Assert.NotEmpty(manifests.Entities);
        Assert.Empty(manifests.Problems);
        Assert.Empty(Severe(manifests));
    }

    [Fact]
    public void The_manifest_in_the_README_has_no_problem_and_asks_for_nothing_unsupported()
    {
        var text = Assert.Single(Markdown.Blocks(Path.Combine(Repository.Root, "README.md"), "yaml"));

        var manifests = ManifestReader.ReadText("README.md", text);

        Assert.Single(manifests.Entities);
        Assert.Empty(manifests.Problems);
        Assert.Empty(Severe(manifests));
    }

    private static IEnumerable<string> Severe(ManifestSet manifests) =>
        Linter
            .Judge(manifests, s_now)
            .Where(static finding => finding.Severity is LintSeverity.Invalid or LintSeverity.Unsupported)
            .Select(static finding => finding.ToString());
}

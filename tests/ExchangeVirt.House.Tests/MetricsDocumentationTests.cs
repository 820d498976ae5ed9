using System.Text.RegularExpressions;

namespace ExchangeVirt.House.Tests;

public sealed partial class MetricsDocumentationTests
{
    private static readonly string[] s_page = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "metrics.md"));

    private static readonly SortedSet<string> s_published = new(
        Repository
            .SourceFiles("src")
            .SelectMany(static file => Published().Matches(File.ReadAllText(file)))
            .Select(static match => match.Groups["name"].Value),
        StringComparer.Ordinal
    );

    private static readonly SortedSet<string> s_documented = new(
        s_page
            .Where(static line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(static line => Documented().Matches(line.Split('|')[1]))
            .Select(static match => match.Groups["name"].Value),
        StringComparer.Ordinal
    );

    [Fact]
    public void Every_metric_stands_on_the_page()
    {
        Assert.NotEmpty(s_published);
        Assert.Empty(s_published.Except(s_documented, StringComparer.Ordinal));
    }

    [Fact]
    public void Nothing_stands_on_the_page_that_is_not_published() =>
        Assert.Empty(s_documented.Except(s_published, StringComparer.Ordinal));

    [Fact]
    public void What_is_ours_begins_so_and_what_is_not_has_a_name_that_others_made() =>
        Assert.All(
            s_published,
            static name =>
                Assert.Contains(
                    name.Split('_')[0],
                    new[] { "controller", "exchangevirt", "leader", "rest", "workqueue" }
                )
        );

    // A name is given whole where an instrument is made, and nowhere else.
    [GeneratedRegex(
        """
            "(?<name>(?:controller_runtime|exchangevirt|leader_election|rest_client|workqueue)_[a-z0-9_]*[a-z0-9])"
            """,
        RegexOptions.ExplicitCapture,
        5_000
    )]
    private static partial Regex Published();

    [GeneratedRegex("`(?<name>[a-z0-9_]+)`", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Documented();
}

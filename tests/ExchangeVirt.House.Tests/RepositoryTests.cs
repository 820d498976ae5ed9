using System.Text;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace ExchangeVirt.House.Tests;

public sealed partial class RepositoryTests
{
    private const string DemoCommand = "dotnet run --project src/ExchangeVirt.Cli -- demo";
    private const string TestCommand = "dotnet test --solution ExchangeVirtOperator.sln";

    /// <summary>What builds and tools leave behind; none of it is under version control.</summary>
    private static readonly string[] s_notOurs = [".git", ".vs", "artifacts", "bin", "obj", "TestResults"];

    private static readonly string s_readme = Path.Combine(Repository.Root, "README.md");

    public static TheoryData<string> Pages =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
                .Append(s_readme)
                .Select(static file => Path.GetRelativePath(Repository.Root, file)),
        ];

    public static TheoryData<string> Workflows =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(Repository.Root, ".github", "workflows"))
                .Select(static file => Path.GetRelativePath(Repository.Root, file)),
        ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_link_to_a_file_or_a_heading_leads_somewhere(string page)
    {
        var file = Path.Combine(Repository.Root, page);
        var links = Markdown.Links(file).Where(static link => !link.Contains("://", StringComparison.Ordinal));
        Assert.DoesNotContain(
            links,
            link =>
            {
                var (target, anchor) = link.Split('#', 2) is [var before, var after] ? (before, after) : (link, null);
                var path = target.Length == 0 ? file : Path.Combine(Path.GetDirectoryName(file)!, target);
                return !Path.Exists(path) || (anchor is not null && !Markdown.Anchors(path).Contains(anchor));
            }
        );
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void A_workflow_is_YAML_and_pins_what_it_uses_by_digest(string workflow)
    {
        using var reader = File.OpenText(Path.Combine(Repository.Root, workflow));
        var yaml = new YamlStream();
        yaml.Load(reader);
        var document = Assert.Single(yaml.Documents);

        var uses = document
            .AllNodes.OfType<YamlMappingNode>()
            .SelectMany(static node => node.Children)
            .Where(static child => child.Key is YamlScalarNode { Value: "uses" })
            .Select(static child => ((YamlScalarNode)child.Value).Value!)
            .ToList();
        Assert.NotEmpty(uses);
        Assert.All(uses, static action => Assert.Matches(Pinned(), action));
    }

    [Fact]
    public void The_two_commands_stand_in_the_README_and_the_gate_runs_the_second()
    {
        var lines = Markdown
            .Blocks(s_readme, "")
            .SelectMany(static block => block.Split('\n'))
            .Select(static l => l.Trim());

        Assert.Contains(DemoCommand, lines);
        Assert.Contains(TestCommand, lines);
        Assert.Contains(
            File.ReadLines(Path.Combine(Repository.Root, ".ci", "run")),
            static line => line.StartsWith(TestCommand, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_log_event_id_is_used_once()
    {
        var events = Repository
            .SourceFiles("src")
            .SelectMany(static file => LoggerMessage().Matches(File.ReadAllText(file)).Select(match => (file, match)))
            .ToList();

        Assert.NotEmpty(events);
        Assert.All(events, static item => Assert.Matches(EventId(), item.match.Value));
        Assert.Empty(
            events
                .GroupBy(static item => EventId().Match(item.match.Value).Groups["id"].Value, StringComparer.Ordinal)
                .Where(static group => group.Count() > 1)
                .Select(static group => $"{group.Key}: {string.Join(", ", group.Select(static item => item.file))}")
        );
    }

    [Fact]
    public void No_file_names_a_folder_of_one_machine_or_a_package_registry()
    {
        // Joined here, so that this file does not hold what it looks for.
        string[][] hosts =
        [
            ["api", "nuget", "org"],
            ["nuget", "pkg", "github", "com"],
            ["pkgs", "dev", "azure", "com"],
            ["registry", "npmjs", "org"],
            ["pypi", "org"],
            ["proxy", "golang", "org"],
        ];
        var forbidden = new Regex(
            string.Join(
                '|',
                hosts.Select(static host => Regex.Escape(string.Join('.', host))).Append(@"(?<![\w.-])/wo" + "rk/")
            ),
            RegexOptions.None,
            TimeSpan.FromSeconds(5)
        );

        Assert.DoesNotContain(
            OurFiles(new DirectoryInfo(Repository.Root)),
            file => forbidden.IsMatch(Encoding.UTF8.GetString(File.ReadAllBytes(file)))
        );
    }

    private static IEnumerable<string> OurFiles(DirectoryInfo folder) =>
        folder
            .EnumerateFileSystemInfos()
            .Where(static item => !s_notOurs.Contains(item.Name, StringComparer.Ordinal) && item.LinkTarget is null)
            .SelectMany(static item => item is DirectoryInfo inner ? OurFiles(inner) : [item.FullName]);

    [GeneratedRegex("^(\\./|[\\w.-]+/[\\w./-]+@[0-9a-f]{40}$)", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Pinned();

    [GeneratedRegex(@"\[LoggerMessage\((?:[^""\]]|""[^""]*"")*\]", RegexOptions.Singleline, 5_000)]
    private static partial Regex LoggerMessage();

    [GeneratedRegex(@"EventId\s*=\s*(?<id>\d+)", RegexOptions.None, 5_000)]
    private static partial Regex EventId();
}

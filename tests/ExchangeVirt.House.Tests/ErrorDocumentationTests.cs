using System.Text.RegularExpressions;
using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Domain.Rules;
using ExchangeVirt.HyperV;

namespace ExchangeVirt.House.Tests;

public sealed partial class ErrorDocumentationTests
{
    private static readonly IReadOnlyDictionary<string, IReadOnlyList<string[]>> s_page = Markdown.Tables(
        Path.Combine(Repository.Root, "docs", "errors.md")
    );

    private static readonly (string Name, string Text)[] s_sources =
    [
        .. Repository
            .SourceFiles("src")
            .Select(static file => (Path.GetRelativePath(Repository.Root, file), File.ReadAllText(file))),
    ];

    public static TheoryData<string> Sections => [.. KnownReasons.Sections.Keys];

    [Fact]
    public void The_page_has_a_section_for_every_source_of_reasons_and_no_other() =>
        Assert.Equal(KnownReasons.Sections.Keys, s_page.Keys);

    [Theory]
    [MemberData(nameof(Sections))]
    public void Every_reason_is_explained(string section) =>
        Assert.Empty(KnownReasons.Sections[section].Except(Listed(section), StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Sections))]
    public void Nothing_is_explained_that_no_longer_exists(string section) =>
        Assert.Empty(Listed(section).Except(KnownReasons.Sections[section], StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Sections))]
    public void A_reason_stands_once_in_its_order_with_its_meaning_and_its_fix(string section)
    {
        var names = Listed(section).ToList();
        var ordered = names.All(static name => int.TryParse(name, out _))
            ? names.OrderBy(int.Parse).ToList()
            : names.Order(StringComparer.Ordinal).ToList();

        Assert.Equal(ordered.Distinct(StringComparer.Ordinal), names);
        var width = s_page[section][0].Length;
        Assert.True(width >= 3);
        Assert.All(
            s_page[section],
            row =>
            {
                Assert.Equal(width, row.Length);
                Assert.All(row, static cell => Assert.NotEmpty(cell));
            }
        );
    }

    [Fact]
    public void A_support_rule_is_told_as_the_rule_itself_has_it() =>
        Assert.All(
            SupportRules.All.GroupBy(static rule => rule.Id, StringComparer.Ordinal),
            static rules =>
            {
                var row = s_page["Support rules"].Single(row => row[0] == $"`{rules.Key}`");
                Assert.Equal($"{rules.First().Severity}", row[1]);
                Assert.Equal(string.Join(' ', rules.Select(static rule => rule.Sentence)), row[2]);
                Assert.Equal(rules.First().Reference, row[4]);
            }
        );

    [Fact]
    public void A_manifest_rule_that_the_estate_is_judged_by_too_bears_the_same_id() =>
        Assert.Contains(
            "mem-below-minimum",
            KnownReasons.Sections["Manifest rules"].Intersect(KnownReasons.Sections["Support rules"])
        );

    [Fact]
    public void Every_reason_is_given_by_something() =>
        Assert.Empty(
            from type in KnownReasons.Classes
            from field in KnownReasons.Fields(type)
            where !s_sources.Any(source => source.Text.Contains($"{type.Name}.{field.Name}", StringComparison.Ordinal))
            select $"{type.Name}.{field.Name}"
        );

    [Fact]
    public void A_reason_is_never_written_out_where_it_is_given()
    {
        Assert.Empty(
            from source in s_sources
            from match in WrittenOut().Matches(source.Text)
            select $"{source.Name}: {match.Value.ReplaceLineEndings(" ")}: name it in the constants of its project"
        );

        var words = KnownReasons
            .Constants(typeof(HyperVReasons))
            .Union(KnownReasons.Constants(typeof(AgentFaultReasons)), StringComparer.Ordinal)
            .ToHashSet(StringComparer.Ordinal);
        Assert.Empty(
            from source in s_sources
            where !source.Name.EndsWith("Reasons.cs", StringComparison.Ordinal)
            where
                s_givers.Any(project =>
                    source.Name.Replace('\\', '/').StartsWith($"src/{project}/", StringComparison.Ordinal)
                )
            from match in Word().Matches(source.Text)
            where words.Contains(match.Groups["word"].Value)
            select $"{source.Name}: {match.Value}"
        );
    }

    [Theory]
    [InlineData("""new HyperVException(FaultKind.Busy, "NewWord", text)""")]
    [InlineData("""new AgentFault(AgentFaultKind.Busy, "NewWord", text)""")]
    [InlineData("""Faults.Refuse(kind, "NewWord", text)""")]
    [InlineData("""return Unknown(request, "NewWord", text);""")]
    [InlineData("""new Finding(ConditionTypes.Ready, false, "NewWord", text)""")]
    [InlineData("""new PlanProblem("NewWord", text, Stalled: true)""")]
    [InlineData("""events.RecordAsync(entity, EventType.Normal, "NewWord", text)""")]
    public void A_word_written_out_would_be_found(string code) => Assert.Matches(WrittenOut(), code);

    [Fact]
    public void An_action_is_told_by_the_name_of_its_type() =>
        Assert.Equal(nameof(DisableCheckpoints), new DisableCheckpoints().Name);

    private static readonly string[] s_givers =
    [
        "ExchangeVirt.HyperV",
        "ExchangeVirt.Agent",
        "ExchangeVirt.Agent.Contract",
        "ExchangeVirt.Operator",
        "ExchangeVirt.Cli",
    ];

    private static IEnumerable<string> Listed(string section) =>
        s_page.TryGetValue(section, out var rows) ? rows.Select(static row => row[0].Trim('`')) : [];

    // A kind followed by a word, the helpers that take a reason, and the records and calls that carry one.
    [GeneratedRegex(
        """
            FaultKind\.\w+,\s*"\w+"
            |\b(?:HyperVException|AgentFault|Refuse|Fault|Unknown|RefuseExpired)\((?:[^"();]*,)?\s*"[A-Z]\w+",
            |\bnew\ Finding\(\s*[\w.]+,\s*\w+,\s*"
            |\bnew\ (?:PlanProblem|PlanNotice|GateDecision|ClosedGate)\((?:[^"();]*,)?\s*"[A-Z]\w+",
            |\bRecordAsync\(\s*\w+,\s*[\w.]+,\s*"
            """,
        RegexOptions.IgnorePatternWhitespace,
        5_000
    )]
    private static partial Regex WrittenOut();

    [GeneratedRegex("\"(?<word>[A-Z]\\w+)\"", RegexOptions.None, 5_000)]
    private static partial Regex Word();
}

using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Tests.Corpus;

namespace ExchangeVirt.Operator.Tests.Corpus;

/// <summary>The corpus by itself: it is large enough, and says of every judge what it expects and why.</summary>
public class CorpusTests
{
    private static readonly string[] s_judges =
    [
        "lint",
        "directory",
        "webhook",
        "server-1.36",
        "server-1.20",
        "webhook-on-1.20",
    ];

    public static TheoryData<string> Cases => [.. CorpusCase.All.Keys.Order(StringComparer.Ordinal)];

    [Fact]
    public void There_is_a_bad_manifest_for_every_rule()
    {
        var broken = CorpusCase
            .All.Values.Where(static each => each.Verdict.Word is not "accepts")
            .Select(static each => each.Rule)
            .ToHashSet();

        Assert.True(CorpusCase.All.Count >= 60);
        Assert.Empty(ResourceRules.All.Keys.Except(broken));
        Assert.Empty(LookupRules.Ids.Except(broken));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_judge_has_a_line_and_says_why_where_it_differs(string id)
    {
        var each = CorpusCase.All[id];

        Assert.Equal(s_judges, each.Judges.Keys);
        Assert.All(
            each.Judges,
            judge =>
                Assert.True(
                    (judge.Value.Word == each.Verdict.Word && judge.Value.Paths.SequenceEqual(each.Verdict.Paths))
                        == judge.Value.Because is null,
                    $"{id}: {judge.Key}"
                )
        );
    }
}

using System.Text.RegularExpressions;

namespace ExchangeVirt.House.Tests;

/// <summary>Reads the little of Markdown that the house's own pages use.</summary>
internal static partial class Markdown
{
    /// <summary>Gives the rows of the tables below each heading of the second level, header and rule left out.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string[]>> Tables(string file)
    {
        Dictionary<string, IReadOnlyList<string[]>> tables = new(StringComparer.Ordinal);
        List<string[]> rows = [];
        foreach (var line in File.ReadLines(file))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                tables.Add(line[3..], rows = []);
            }
            else if (line.StartsWith("| `", StringComparison.Ordinal))
            {
                rows.Add([.. CellEdge().Split(line.Trim()[1..^1]).Select(static cell => cell.Trim())]);
            }
        }

        return tables;
    }

    /// <summary>Gives the anchors that links into a page may name.</summary>
    public static IReadOnlySet<string> Anchors(string file) =>
        File.ReadLines(file)
            .Where(static line => line.StartsWith('#'))
            .Select(static line =>
                NoLetter().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-')
            )
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>Gives the targets of a page's links.</summary>
    public static IEnumerable<string> Links(string file) =>
        Link().Matches(File.ReadAllText(file)).Select(static match => match.Groups["target"].Value);

    /// <summary>Gives the lines of the fenced blocks of a language; empty names those without one.</summary>
    public static IEnumerable<string> Blocks(string file, string language) =>
        Fence()
            .Matches(File.ReadAllText(file))
            .Where(match => match.Groups["language"].Value == language)
            .Select(static match => match.Groups["text"].Value);

    [GeneratedRegex(@"(?<!\\)\|", RegexOptions.None, 5_000)]
    private static partial Regex CellEdge();

    [GeneratedRegex(@"[^\w\- ]", RegexOptions.None, 5_000)]
    private static partial Regex NoLetter();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.None, 5_000)]
    private static partial Regex Link();

    [GeneratedRegex(
        @"^```(?<language>\w*)\r?\n(?<text>.*?)^```",
        RegexOptions.Singleline | RegexOptions.Multiline,
        5_000
    )]
    private static partial Regex Fence();
}

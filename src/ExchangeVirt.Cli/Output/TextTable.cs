using System.Text;

namespace ExchangeVirt.Cli.Output;

/// <summary>Lays rows out in left-aligned columns with three spaces between, as kubectl does.</summary>
/// <param name="headings">The headings, in capitals.</param>
internal sealed class TextTable(params IReadOnlyList<string> headings)
{
    private readonly List<IReadOnlyList<string>> _rows = [];

    /// <summary>Adds a row with one text for each heading; an empty one is shown as <c>&lt;none&gt;</c>.</summary>
    public void Add(params IReadOnlyList<string> cells)
    {
        if (cells.Count != headings.Count)
        {
            throw new ArgumentException($"{cells.Count} cells do not fill {headings.Count} columns.", nameof(cells));
        }

        _rows.Add([.. cells.Select(static cell => cell.Length == 0 ? "<none>" : cell.ReplaceLineEndings(" "))]);
    }

    /// <summary>Writes headings and rows; no trailing spaces.</summary>
    public void Write(TextWriter output)
    {
        IReadOnlyList<IReadOnlyList<string>> lines = [headings, .. _rows];
        var widths = headings.Select((_, column) => lines.Max(line => line[column].Length)).ToArray();
        foreach (var line in lines)
        {
            var text = new StringBuilder();
            for (var column = 0; column < line.Count; column++)
            {
                text.Append(line[column].PadRight(widths[column] + 3));
            }

            output.WriteLine(text.ToString().TrimEnd());
        }
    }
}

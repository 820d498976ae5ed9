using System.Text;
using Spectre.Console;

namespace ExchangeVirt.Cli.Status;

/// <summary>What a piece of text says of itself, for terminals with colours.</summary>
internal enum Tone
{
    /// <summary>Nothing in particular.</summary>
    Plain,

    /// <summary>It heads what follows.</summary>
    Heading,

    /// <summary>All is well.</summary>
    Good,

    /// <summary>Somebody may want to look.</summary>
    Notable,

    /// <summary>Something is wrong.</summary>
    Bad,

    /// <summary>It matters less.</summary>
    Faint,
}

/// <summary>A piece of a line.</summary>
/// <param name="Text">The text.</param>
/// <param name="Tone">What it says of itself.</param>
internal readonly record struct Piece(string Text, Tone Tone = Tone.Plain)
{
    /// <summary>Makes a piece that says nothing in particular of itself.</summary>
    public static implicit operator Piece(string text) => new(text);
}

/// <summary>One line of a screen.</summary>
/// <param name="Pieces">Its pieces, in order.</param>
internal sealed record ScreenLine(params IReadOnlyList<Piece> Pieces)
{
    /// <summary>The line without colours.</summary>
    public string Text => string.Concat(Pieces.Select(static piece => piece.Text)).TrimEnd();

    /// <summary>Writes the line with colours where the screen has them.</summary>
    public void Write(IAnsiConsole screen)
    {
        foreach (var (text, tone) in Pieces)
        {
            // Not as a paragraph, which would be broken at the screen's edge.
            screen.Markup($"[{StyleOf(tone)}]{Markup.Escape(text)}[/]");
        }

        screen.WriteLine();
    }

    /// <summary>Cuts the line to a width; what is cut is marked.</summary>
    public ScreenLine Within(int width)
    {
        if (Text.Length <= width)
        {
            return this;
        }

        List<Piece> kept = [];
        var left = width - 1;
        foreach (var piece in Pieces)
        {
            kept.Add(piece with { Text = piece.Text.Length <= left ? piece.Text : piece.Text[..left] });
            left -= kept[^1].Text.Length;
        }

        kept.Add("…");
        return new ScreenLine(kept);
    }

    /// <summary>Breaks a text into lines of at most a width, at spaces; past a number of lines it is cut.</summary>
    public static IEnumerable<string> Wrap(string text, int width, int lines)
    {
        var line = new StringBuilder();
        var made = 0;
        var words = text.ReplaceLineEndings(" ").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (var index = 0; index < words.Length; index++)
        {
            if (line.Length > 0 && line.Length + 1 + words[index].Length > width)
            {
                if (++made == lines)
                {
                    yield return $"{line}"[..Math.Min(line.Length, width - 1)] + "…";
                    yield break;
                }

                yield return line.ToString();
                line.Clear();
            }

            line.Append(line.Length == 0 ? "" : " ").Append(words[index]);
        }

        if (line.Length > 0)
        {
            yield return line.ToString();
        }
    }

    private static string StyleOf(Tone tone) =>
        tone switch
        {
            Tone.Heading => "bold",
            Tone.Good => "green",
            Tone.Notable => "yellow",
            Tone.Bad => "red",
            Tone.Faint => "grey",
            _ => "default",
        };
}

/// <summary>Lays pieces out in columns with two spaces between.</summary>
/// <param name="headings">The headings.</param>
internal sealed class ScreenTable(params IReadOnlyList<string> headings)
{
    private readonly List<IReadOnlyList<IReadOnlyList<Piece>>> _rows = [];

    /// <summary>Adds a row, a cell for each heading; a cell may have several pieces.</summary>
    public void Add(params IReadOnlyList<IReadOnlyList<Piece>> cells) => _rows.Add(cells);

    /// <summary>Gives the lines, the headings first.</summary>
    public IEnumerable<ScreenLine> Lines()
    {
        IReadOnlyList<IReadOnlyList<IReadOnlyList<Piece>>> all =
        [
            [.. headings.Select(static heading => (IReadOnlyList<Piece>)[new Piece(heading, Tone.Faint)])],
            .. _rows,
        ];
        var widths = headings.Select((_, column) => all.Max(row => Length(row[column]))).ToArray();
        return all.Select(row => new ScreenLine([
            .. row.SelectMany(
                (cell, column) =>
                    column == row.Count - 1 ? cell : cell.Append(new string(' ', widths[column] - Length(cell) + 2))
            ),
        ]));
    }

    private static int Length(IReadOnlyList<Piece> cell) => cell.Sum(static piece => piece.Text.Length);
}

using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.HyperV;

/// <summary>
/// Reads and writes the lines in a VM's Notes that bind it to a declared object. Notes is an array of texts that may each hold
/// several lines, and people write there too, so every other line is kept as it is.
/// </summary>
public static class OwnerNotes
{
    private const string OwnerKey = "exchangevirt.io/owner:";
    private const string CreatingKey = "exchangevirt.io/creating:";

    /// <summary>Reads the mark.</summary>
    /// <returns>Null where there is none, or where several disagree: such a VM is bound to nothing.</returns>
    public static OwnerMark? Read(IEnumerable<string> notes)
    {
        var marks = Lines(notes).Select(Parse).OfType<OwnerMark>().Distinct().ToList();
        return marks.Count == 1 ? marks[0] : null;
    }

    /// <summary>Tells whether the VM's creation was begun and not ended.</summary>
    public static bool IsBeingCreated(IEnumerable<string> notes) =>
        Lines(notes).Any(static line => line.StartsWith(CreatingKey, StringComparison.OrdinalIgnoreCase));

    /// <summary>Replaces the mark, keeps the other lines, and says whether the creation has still to be completed.</summary>
    /// <exception cref="ArgumentException">A part of the mark is empty or holds white space, so that it could not be read back.</exception>
    public static IReadOnlyList<string> Write(IEnumerable<string> notes, OwnerMark owner, bool creating)
    {
        ArgumentNullException.ThrowIfNull(owner);
        if (!IsWord(owner.Installation) || !IsWord(owner.Object.Name) || !IsWordOrEmpty(owner.Object.Namespace))
        {
            throw new ArgumentException($"The owner mark {owner} has an empty part or white space.", nameof(owner));
        }

        List<string> lines =
        [
            .. Lines(notes)
                .Where(static line =>
                    !line.StartsWith(OwnerKey, StringComparison.OrdinalIgnoreCase)
                    && !line.StartsWith(CreatingKey, StringComparison.OrdinalIgnoreCase)
                ),
            $"{OwnerKey} {owner.Installation} {owner.Object.Namespace}/{owner.Object.Name}",
        ];
        if (creating)
        {
            lines.Add($"{CreatingKey} not completed, do not start");
        }

        return [string.Join('\n', lines)];
    }

    private static bool IsWord(string text) => text.Length > 0 && IsWordOrEmpty(text);

    private static bool IsWordOrEmpty(string text) =>
        !text.Any(static character => char.IsWhiteSpace(character) || character == '/');

    private static IEnumerable<string> Lines(IEnumerable<string> notes) =>
        notes
            .SelectMany(static note => note.Split('\n'))
            .Select(static line => line.TrimEnd('\r'))
            .Where(static line => line.Length > 0);

    private static OwnerMark? Parse(string line)
    {
        if (!line.StartsWith(OwnerKey, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var words = line[OwnerKey.Length..]
            .Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words.Length != 2 || words[1].Split('/') is not [var space, { Length: > 0 } name])
        {
            return null;
        }

        return new OwnerMark(words[0], new ObjectKey(space, name));
    }
}

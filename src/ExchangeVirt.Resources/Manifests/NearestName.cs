namespace ExchangeVirt.Resources.Manifests;

/// <summary>Finds the name that somebody who mistyped may have meant.</summary>
internal static class NearestName
{
    /// <summary>Says <c>did you mean …?</c> and lists what is allowed.</summary>
    public static string Suggest(string written, IReadOnlyCollection<string> allowed)
    {
        var list = $"allowed: {string.Join(", ", allowed)}";
        return Find(written, allowed) is { } nearest ? $"did you mean {nearest}? {list}" : list;
    }

    /// <summary>Finds the nearest name by edits, case aside.</summary>
    /// <returns>Null where none is near.</returns>
    public static string? Find(string written, IEnumerable<string> allowed)
    {
        if (written.Length > 64)
        {
            return null;
        }

        // Two edits, as two letters swapped; in a short name they would match anything.
        var reach = Math.Max(written.Length < 4 ? 1 : 2, written.Length / 3);
        return allowed
            .Select(name => (name, distance: Distance(written.ToUpperInvariant(), name.ToUpperInvariant())))
            .Where(candidate => candidate.distance <= reach)
            .OrderBy(candidate => candidate.distance)
            .Select(candidate => candidate.name)
            .FirstOrDefault();
    }

    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var above = row[j];
                var replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                row[j] = Math.Min(replaced, Math.Min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }

        return row[^1];
    }
}

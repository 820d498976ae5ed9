namespace ExchangeVirt.HyperV.Simulator.Wql;

/// <summary>Matches LIKE patterns: <c>%</c> any run, <c>_</c> one character, <c>[a-z]</c> a set, <c>[^a-z]</c> all but a set.</summary>
/// <remarks>Source: https://learn.microsoft.com/windows/win32/wmisdk/like-operator. Case does not matter, as everywhere in WQL.</remarks>
internal static class WqlLike
{
    /// <summary>Says whether text matches a pattern.</summary>
    public static bool Matches(string text, string pattern)
    {
        int at = 0,
            p = 0,
            star = -1,
            resume = 0;
        while (at < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '%')
            {
                star = p++;
                resume = at;
            }
            else if (p < pattern.Length && One(text[at], pattern, p, out var next))
            {
                at++;
                p = next;
            }
            else if (star >= 0)
            {
                p = star + 1;
                at = ++resume;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '%')
        {
            p++;
        }

        return p == pattern.Length;
    }

    private static bool One(char c, string pattern, int p, out int next)
    {
        next = p + 1;
        if (pattern[p] == '_')
        {
            return true;
        }

        var close = pattern[p] == '[' ? pattern.IndexOf(']', p + 1) : -1;
        if (close < 0)
        {
            return Same(c, pattern[p]);
        }

        next = close + 1;
        var set = pattern.AsSpan(p + 1, close - p - 1);
        var negated = set.Length > 0 && set[0] == '^';
        return InSet(char.ToUpperInvariant(c), negated ? set[1..] : set) != negated;
    }

    private static bool InSet(char c, ReadOnlySpan<char> set)
    {
        for (var i = 0; i < set.Length; i++)
        {
            var low = char.ToUpperInvariant(set[i]);
            var high = low;
            if (i + 2 < set.Length && set[i + 1] is '-' or '=')
            {
                high = char.ToUpperInvariant(set[i + 2]);
                i += 2;
            }

            if (c >= low && c <= high)
            {
                return true;
            }
        }

        return false;
    }

    private static bool Same(char left, char right) => char.ToUpperInvariant(left) == char.ToUpperInvariant(right);
}

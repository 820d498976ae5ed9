namespace ExchangeVirt.Domain.Rules;

/// <summary>Tells whether items of given sizes fit into bins of given room.</summary>
internal static class Repacking
{
    private const int MaximumSteps = 50_000;

    /// <summary>Searches the best packing: largest first, fullest bin first, and backwards where that fails.</summary>
    /// <returns>True or false where it is certain, null where the search was given up. A bin that is over before anything is added does not fit.</returns>
    public static bool? Fits(IReadOnlyList<long> sizes, long[] room)
    {
        if (room.Any(free => free < 0))
        {
            return false;
        }

        var items = sizes.Where(size => size > 0).OrderDescending().ToArray();
        if (items.Sum() > room.Sum() || (items.Length > 0 && items[0] > room.DefaultIfEmpty().Max()))
        {
            return false;
        }

        var steps = 0;
        return Place(items, 0, [.. room], ref steps);
    }

    private static bool? Place(long[] items, int next, long[] room, ref int steps)
    {
        if (next == items.Length)
        {
            return true;
        }

        if (++steps > MaximumSteps)
        {
            return null;
        }

        var tried = new HashSet<long>();
        foreach (var bin in Enumerable.Range(0, room.Length).OrderBy(bin => room[bin]))
        {
            // Two bins with the same room are the same to what follows.
            if (room[bin] < items[next] || !tried.Add(room[bin]))
            {
                continue;
            }

            room[bin] -= items[next];
            var placed = Place(items, next + 1, room, ref steps);
            room[bin] += items[next];
            if (placed is not false)
            {
                return placed;
            }
        }

        return false;
    }
}

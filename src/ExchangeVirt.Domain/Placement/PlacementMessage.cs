using System.Text;

namespace ExchangeVirt.Domain.Placement;

/// <summary>Tells a decision in words.</summary>
internal static class PlacementMessage
{
    /// <summary>The hosts that a message names; the verdicts have them all.</summary>
    private const int MaximumHosts = 16;

    public static string For(PlacementQuery query, IReadOnlyList<HostVerdict> verdicts, HostVerdict? best)
    {
        var key = query.Machine.Key;
        if (best is not null)
        {
            var fitting = verdicts.Count(verdict => verdict.Failures.Count == 0);
            return $"{key} goes to {best.Host}, the best of {fitting} hosts that fit ({verdicts.Count} asked).";
        }

        if (verdicts.Count == 0)
        {
            return $"No host for {key}: no HyperVHost is declared. Declare one.";
        }

        var text = new StringBuilder($"No host fits {key}.");
        foreach (var verdict in verdicts.Take(MaximumHosts))
        {
            text.Append(' ')
                .Append(verdict.Host)
                .Append(": ")
                .AppendJoin("; ", verdict.Failures.Select(failure => failure.Message))
                .Append('.');
        }

        if (verdicts.Count > MaximumHosts)
        {
            text.Append($" And {verdicts.Count - MaximumHosts} more hosts.");
        }

        // Few things to change, and of those the nearest: the sum of distances orders both.
        var nearest = verdicts.MinBy(verdict => verdict.Failures.Sum(failure => failure.Distance))!;
        var changes = nearest.Failures.Select(failure => failure.SmallestChange).OfType<string>().ToList();
        if (changes.Count == nearest.Failures.Count)
        {
            text.Append($" Smallest change: on {nearest.Host}, {string.Join(", and ", changes)}.");
        }

        return text.ToString();
    }
}

namespace ExchangeVirt.Domain.Placement;

/// <summary>Where a VM goes, and why; or why nowhere.</summary>
/// <param name="Host">The chosen host; null where none fits.</param>
/// <param name="Verdicts">What was found on each host, in the order of names.</param>
/// <param name="Message">The decision in one sentence; where none fits, what each host lacks and the smallest change that would fit.</param>
public sealed record PlacementDecision(string? Host, IReadOnlyList<HostVerdict> Verdicts, string Message);

/// <summary>What placement found on one host.</summary>
/// <param name="Host">The host.</param>
/// <param name="Failures">The filters it failed, each with by how much; empty where it fits.</param>
/// <param name="Scores">For a host that fits: each score's points, 0 to 100.</param>
/// <param name="Total">The weighted sum.</param>
public sealed record HostVerdict(
    string Host,
    IReadOnlyList<FilterFailure> Failures,
    IReadOnlyDictionary<string, int> Scores,
    int Total
);

/// <summary>A filter that refused a host.</summary>
/// <param name="Filter">The filter's stable name.</param>
/// <param name="Message">By how much, in units.</param>
/// <param name="SmallestChange">What would make it pass; null where nothing on this side would.</param>
public sealed record FilterFailure(string Filter, string Message, string? SmallestChange = null)
{
    /// <summary>Gets how far the host is from passing, by which the smallest change is found: up to 2 for an amount that is short, more for a wish or a state to be changed.</summary>
    public double Distance { get; init; } = 5;
}

using System.Collections.Frozen;

namespace ExchangeVirt.Domain.Placement;

/// <summary>Chooses a host for a VM. Pure: the same request and hosts, in whatever order, give the same decision.</summary>
public static class Placer
{
    private static readonly PlacementWeights s_weights = new();
    private static readonly IPlacementFilter[] s_filters = [.. PlacementFilters.All];
    private static readonly IReadOnlyDictionary<string, int> s_noScores = FrozenDictionary<string, int>.Empty;

    /// <summary>Asks every host by every filter and takes, of those that pass, the one with the highest total; of equals the first by name.</summary>
    /// <param name="request">The VM.</param>
    /// <param name="hosts">All hosts; asked in the order of their names, in which a caller best keeps them.</param>
    /// <param name="weights">The weights of the scores; null: the defaults.</param>
    public static PlacementDecision Place(
        PlacementRequest request,
        IReadOnlyList<HostCandidate> hosts,
        PlacementWeights? weights = null
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(hosts);
        var sorted = Sorted(hosts);
        var query = new PlacementQuery(request);
        var failures = new List<FilterFailure>?[sorted.Count];
        var couldHold = new bool[sorted.Count];
        for (var index = 0; index < sorted.Count; index++)
        {
            (failures[index], couldHold[index]) = Filter(query, sorted[index]);
        }

        query.CountDomains(sorted, couldHold);
        var verdicts = new HostVerdict[sorted.Count];
        HostVerdict? best = null;
        for (var index = 0; index < sorted.Count; index++)
        {
            verdicts[index] = Judge(query, sorted[index], failures[index], weights ?? s_weights);
            if (verdicts[index].Failures.Count == 0 && (best is null || verdicts[index].Total > best.Total))
            {
                best = verdicts[index];
            }
        }

        return new PlacementDecision(best?.Host, verdicts, PlacementMessage.For(query, verdicts, best));
    }

    private static (List<FilterFailure>? Failures, bool CouldHold) Filter(PlacementQuery query, HostCandidate host)
    {
        List<FilterFailure>? failures = null;
        var couldHold = true;
        foreach (var filter in s_filters)
        {
            if (filter.Check(query, host) is { } failure)
            {
                (failures ??= []).Add(failure);
                couldHold &= filter.Momentary;
            }
        }

        return (failures, couldHold);
    }

    private static HostVerdict Judge(
        PlacementQuery query,
        HostCandidate host,
        List<FilterFailure>? failures,
        PlacementWeights weights
    )
    {
        if (PlacementFilters.FaultDomain.Check(query, host) is { } failure)
        {
            (failures ??= []).Add(failure);
        }

        if (failures is not null)
        {
            return new HostVerdict(host.Name, failures, s_noScores, 0);
        }

        var scores = PlacementScores.Of(query, host);
        return new HostVerdict(host.Name, [], scores, scores.Total(weights));
    }

    private static IReadOnlyList<HostCandidate> Sorted(IReadOnlyList<HostCandidate> hosts)
    {
        for (var index = 1; index < hosts.Count; index++)
        {
            if (string.CompareOrdinal(hosts[index - 1].Name, hosts[index].Name) > 0)
            {
                return [.. hosts.OrderBy(host => host.Name, StringComparer.Ordinal)];
            }
        }

        return hosts;
    }
}

using System.Collections;
using System.Diagnostics.CodeAnalysis;
using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Placement;

/// <summary>Scores hosts that fit, each by 0 to 100 points.</summary>
internal static class PlacementScores
{
    private const int Full = 100;

    public static ScoreCard Of(PlacementQuery query, HostCandidate host) =>
        new(
            AntiAffinity(query, host),
            RecommendedRatio(query, host),
            FaultDomainSpread(query, host),
            Headroom(query, host),
            FewOwnMachines(query, host)
        );

    private static int AntiAffinity(PlacementQuery query, HostCandidate host) =>
        query.AntiAffinity != Strictness.Ignore && query.TryGetMemberOn(host.Name, out _) ? 0 : Full;

    private static int RecommendedRatio(PlacementQuery query, HostCandidate host)
    {
        if (host.Budget is not { } budget)
        {
            return 0;
        }

        var over = Processors(query, host) - budget.RecommendedLimit;
        if (over <= 0)
        {
            return Full;
        }

        var span = budget.HardLimit - budget.RecommendedLimit;
        return span <= 0 ? 0 : (int)Math.Clamp(Full / 2 * (span - over) / span, 0, Full);
    }

    private static int FaultDomainSpread(PlacementQuery query, HostCandidate host)
    {
        if (query.FaultDomainSpread == Strictness.Ignore || query.MemberHosts == 0)
        {
            return Full;
        }

        var more = Math.Max(0, query.MembersIn(host.Definition.FaultDomain) - query.FewestMembers);
        return Math.Max(0, Full - (Full * more / query.MemberHosts));
    }

    private static int Headroom(PlacementQuery query, HostCandidate host)
    {
        if (host.Budget is not { HardLimit: > 0 } budget || host.GuestMemory is not { Bytes: > 0 } room)
        {
            return 0;
        }

        var memory =
            host.Load.Memory
            - query.OwnOn(host).Memory
            + query.Machine.Memory
            + host.Definition.Policy.PerVirtualMachineOverhead;
        var processors = Full - (Full * Processors(query, host) / budget.HardLimit);
        var left = Full - (long)(Full * ((double)memory.Bytes / room.Bytes));
        return (int)Math.Clamp(Math.Min(processors, left), 0, Full);
    }

    private static int FewOwnMachines(PlacementQuery query, HostCandidate host) =>
        Full / (1 + host.Load.Reserved.Count - (query.IsOn(host) ? 1 : 0));

    private static long Processors(PlacementQuery query, HostCandidate host) =>
        host.Load.VirtualProcessors - query.OwnOn(host).VirtualProcessors + query.Machine.ProcessorCount;
}

/// <summary>One host's points. A small dictionary, because a decision makes one for each of a thousand hosts.</summary>
internal sealed class ScoreCard(int antiAffinity, int recommendedRatio, int faultDomainSpread, int headroom, int fewOwn)
    : IReadOnlyDictionary<string, int>
{
    private static readonly string[] s_names =
    [
        nameof(PlacementWeights.AntiAffinity),
        nameof(PlacementWeights.RecommendedRatio),
        nameof(PlacementWeights.FaultDomainSpread),
        nameof(PlacementWeights.Headroom),
        nameof(PlacementWeights.FewOwnMachines),
    ];

    public int Count => s_names.Length;

    public IEnumerable<string> Keys => s_names;

    public IEnumerable<int> Values => [antiAffinity, recommendedRatio, faultDomainSpread, headroom, fewOwn];

    public int this[string key] =>
        TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"There is no score {key}.");

    public int Total(PlacementWeights weights) =>
        (antiAffinity * weights.AntiAffinity)
        + (recommendedRatio * weights.RecommendedRatio)
        + (faultDomainSpread * weights.FaultDomainSpread)
        + (headroom * weights.Headroom)
        + (fewOwn * weights.FewOwnMachines);

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out int value)
    {
        var index = Array.IndexOf(s_names, key);
        value = index < 0 ? 0 : Values.ElementAt(index);
        return index >= 0;
    }

    public IEnumerator<KeyValuePair<string, int>> GetEnumerator() =>
        s_names.Zip(Values, KeyValuePair.Create).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

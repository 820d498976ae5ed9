namespace ExchangeVirt.Domain.Placement;

/// <summary>How much each score counts. Each gives 0 to 100 points; the total is the weighted sum.</summary>
public sealed record PlacementWeights
{
    /// <summary>Gets the weight of holding no other member of the DAG, where anti-affinity is Preferred.</summary>
    public int AntiAffinity { get; init; } = 16;

    /// <summary>Gets the weight of staying within the recommended ratio.</summary>
    public int RecommendedRatio { get; init; } = 8;

    /// <summary>Gets the weight of a fault domain with few members of the DAG.</summary>
    public int FaultDomainSpread { get; init; } = 8;

    /// <summary>Gets the weight of what is left of processors and memory.</summary>
    public int Headroom { get; init; } = 3;

    /// <summary>Gets the weight of few managed VMs, so that a host's loss takes few servers.</summary>
    public int FewOwnMachines { get; init; } = 2;
}

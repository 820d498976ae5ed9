namespace ExchangeVirt.Domain.Placement;

/// <summary>One reason for which a host may be refused. Pure, and without allocation where the host passes.</summary>
internal interface IPlacementFilter
{
    /// <summary>Gets the stable name.</summary>
    string Name { get; }

    /// <summary>Gets whether the filter speaks of the moment (reachable, cordoned) and not of what the host is.</summary>
    bool Momentary => false;

    /// <summary>Checks a host.</summary>
    /// <returns>Null where it passes.</returns>
    FilterFailure? Check(PlacementQuery query, HostCandidate host);
}

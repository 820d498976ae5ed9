namespace ExchangeVirt.Domain.Placement;

/// <summary>The filters in the order in which they are asked and their refusals are told.</summary>
internal static class PlacementFilters
{
    /// <summary>Gets those that look at a host by itself.</summary>
    public static IReadOnlyList<IPlacementFilter> All { get; } =
    [
        new ReachableFilter(),
        new SchedulableFilter(),
        new AllowedNamespacesFilter(),
        new HostSelectorFilter(),
        new HostNameFilter(),
        new VirtualSwitchesFilter(),
        new StoragePathsFilter(),
        new GuestOperatingSystemFilter(),
        new ProcessorRatioFilter(),
        new MemoryFilter(),
        new DiskSpaceFilter(),
        new AntiAffinityFilter(),
    ];

    /// <summary>Gets the last one, which compares a host's fault domain with the others that could hold the VM.</summary>
    public static IPlacementFilter FaultDomain { get; } = new FaultDomainFilter();
}

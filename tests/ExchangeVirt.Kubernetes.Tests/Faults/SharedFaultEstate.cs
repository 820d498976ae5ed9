using ExchangeVirt.Envtest;

namespace ExchangeVirt.Kubernetes.Tests.Faults;

/// <summary>The fault estate for all classes that break it one after the other, started when the first test asks.</summary>
public sealed class SharedFaultEstate : IAsyncDisposable
{
    private readonly Once<FaultEstate> _estate = new(FaultEstate.StartAsync);

    internal Task<FaultEstate> GetAsync() => _estate.GetAsync();

    public ValueTask DisposeAsync() => _estate.DisposeAsync();
}

/// <summary>Has the classes that share the estate run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class FaultEstateGroup : ICollectionFixture<SharedFaultEstate>
{
    public const string Name = "fault estate";
}

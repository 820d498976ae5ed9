namespace ExchangeVirt.Kubernetes.Tests.Faults;

/// <summary>The fault estate for all classes that break it one after the other, started when the first test asks.</summary>
public sealed class SharedFaultEstate : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private Task<FaultEstate>? _estate;

    internal Task<FaultEstate> GetAsync()
    {
        lock (_gate)
        {
            return _estate ??= FaultEstate.StartAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_estate is { IsCompletedSuccessfully: true })
        {
            await (await _estate).DisposeAsync();
        }
    }
}

/// <summary>Has the classes that share the estate run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class FaultEstateGroup : ICollectionFixture<SharedFaultEstate>
{
    public const string Name = "fault estate";
}

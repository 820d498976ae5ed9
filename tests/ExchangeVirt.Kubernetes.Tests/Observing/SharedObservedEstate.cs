namespace ExchangeVirt.Kubernetes.Tests.Observing;

/// <summary>The observed estate for the tests of a class, started when the first of them asks: only a test can skip itself.</summary>
public sealed class SharedObservedEstate : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private Task<ObservedEstate>? _estate;

    internal Task<ObservedEstate> GetAsync()
    {
        lock (_gate)
        {
            return _estate ??= ObservedEstate.StartAsync();
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

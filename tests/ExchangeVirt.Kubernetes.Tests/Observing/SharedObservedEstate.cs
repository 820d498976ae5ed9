using ExchangeVirt.Envtest;

namespace ExchangeVirt.Kubernetes.Tests.Observing;

/// <summary>The observed estate for the tests of a class, started when the first of them asks: only a test can skip itself.</summary>
public sealed class SharedObservedEstate : IAsyncDisposable
{
    private readonly Once<ObservedEstate> _estate = new(ObservedEstate.StartAsync);

    internal Task<ObservedEstate> GetAsync() => _estate.GetAsync();

    public ValueTask DisposeAsync() => _estate.DisposeAsync();
}

using ExchangeVirt.Envtest;

namespace ExchangeVirt.Kubernetes.Tests.Estates;

/// <summary>
/// The small estate for the tests of a class, installed when the first of them asks: only a test can skip itself. Each test finds
/// it as declared, whatever the others did to it.
/// </summary>
public sealed class SharedInstalledEstate : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new("small");
    private readonly Once<InstalledEstate> _estate;

    public SharedInstalledEstate() =>
        _estate = new Once<InstalledEstate>(() =>
            InstalledEstate.StartAsync(SmallEstate.Describe(_folder.Combine("hosts")))
        );

    /// <summary>Gets the estate, with nothing declared yet.</summary>
    internal Task<InstalledEstate> GetAsync() => _estate.GetAsync();

    /// <summary>Gets the estate with a replica that leads, and everything as declared.</summary>
    internal async Task<InstalledEstate> GetReadyAsync()
    {
        var estate = await GetAsync();
        await estate.BecomeReadyAsync();
        return estate;
    }

    public async ValueTask DisposeAsync()
    {
        await _estate.DisposeAsync();
        _folder.Dispose();
    }
}

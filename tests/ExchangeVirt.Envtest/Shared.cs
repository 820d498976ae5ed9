namespace ExchangeVirt.Envtest;

/// <summary>A cluster that the tests of an assembly share, started when the first of them asks for it.</summary>
/// <remarks>
/// A fixture that throws fails its tests; only a test can skip itself. So nothing is done before a test asks.
/// </remarks>
public abstract class Shared<T> : IAsyncDisposable
    where T : TestCluster
{
    private readonly Once<T> _cluster;

    private protected Shared() => _cluster = new Once<T>(StartAsync);

    /// <summary>Returns the cluster; skips the test where this machine cannot have one.</summary>
    public async Task<T> GetAsync()
    {
        await RequireAsync();
        return await _cluster.GetAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Skips the test where this machine cannot have one.</summary>
    private protected abstract Task RequireAsync();

    /// <summary>Starts it, with the project's own definitions.</summary>
    private protected abstract Task<T> StartAsync();
}

/// <summary>A whole control plane (1.20) with the project's definitions and the tests' widgets, for the tests of an assembly.</summary>
public sealed class SharedControlPlane : Shared<ControlPlane>
{
    private protected override Task RequireAsync() => Assets.ControlPlaneExecutables.RequireAsync();

    private protected override Task<ControlPlane> StartAsync() =>
        Definitions.CustomResourceDefinitions.InstallAllAsync(ControlPlane.StartAsync());
}

/// <summary>A server of custom resources (1.36) with the project's definitions, widgets and leases, for the tests of an assembly.</summary>
public sealed class SharedCustomResourceServer : Shared<CustomResourceServer>
{
    private protected override Task RequireAsync() => Assets.CustomResourceExecutables.RequireAsync();

    private protected override Task<CustomResourceServer> StartAsync() =>
        Definitions.CustomResourceDefinitions.InstallAllAsync(CustomResourceServer.StartAsync());
}

namespace ExchangeVirt.Envtest;

/// <summary>What tests share and what is dear to start: it is started when the first of them asks, and ended with the fixture.</summary>
/// <param name="start">Starts it, and leaves nothing behind where it fails.</param>
public sealed class Once<T>(Func<Task<T>> start) : IAsyncDisposable
    where T : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private Task<T>? _started;

    /// <summary>Starts it, or waits for the start that is under way.</summary>
    public Task<T> GetAsync()
    {
        lock (_gate)
        {
            return _started ??= start();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_started is { IsCompletedSuccessfully: true })
        {
            await (await _started).DisposeAsync();
        }
    }
}

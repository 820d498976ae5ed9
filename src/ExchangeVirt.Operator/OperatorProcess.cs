using ExchangeVirt.Agent.Contract.Client;
using ExchangeVirt.Agent.Contract.Security;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Runtime.Directories;
using ExchangeVirt.Runtime.Manifests;
using ExchangeVirt.Runtime.Stores;
using Microsoft.Extensions.Logging;

namespace ExchangeVirt.Operator;

/// <summary>The operator on a directory of manifests, with its state beside them: no cluster is needed.</summary>
public sealed class OperatorProcess : IAsyncDisposable
{
    private readonly DirectoryStore _store;
    private readonly FileSystemChangeHints _hints;
    private readonly Epoch _epoch;
    private readonly ControlPlane _plane;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    private OperatorProcess(
        DirectoryStore store,
        FileSystemChangeHints hints,
        Epoch epoch,
        ControlPlane plane,
        TimeProvider time
    )
    {
        _time = time;
        _store = store;
        _hints = hints;
        _epoch = epoch;
        _plane = plane;
        _running = RunAsync(_stop.Token);
    }

    /// <summary>Gets the objects with their status.</summary>
    public IResourceStore Store => _store;

    /// <summary>Gets what is wrong with the manifests now.</summary>
    public IReadOnlyList<ManifestProblem> Problems => _store.Problems;

    /// <summary>Gets a task that ends when the operator does, with the reason where it failed.</summary>
    public Task Completion => _running;

    /// <summary>Gets the controllers and what they know.</summary>
    public ControlPlane Plane => _plane;

    /// <summary>Takes the state directory, reads the manifests, and starts to work.</summary>
    /// <exception cref="StateLockedException">Another operator has the state directory.</exception>
    /// <exception cref="StateVersionException">The state is of a newer version.</exception>
    /// <exception cref="StateDamagedException">The state cannot be read.</exception>
    /// <exception cref="TlsFileException">The certificate files cannot be used.</exception>
    public static async Task<OperatorProcess> StartAsync(OperatorOptions options, CancellationToken cancellationToken)
    {
        var identity = new TlsIdentitySource(
            new TlsFiles(options.CertificateFile, options.KeyFile, options.CertificateAuthorityFile)
        );
        var storeOptions = options.Store;
        var hints = FileSystemChangeHints.For(storeOptions);
        DirectoryStore? store = null;
        try
        {
            store = DirectoryStore.Open(
                storeOptions,
                new ManifestParser(),
                options.Time,
                options.NewGuid,
                hints,
                options.Loggers.CreateLogger<DirectoryStore>()
            );
            var epoch = await Epoch.BeginAsync(store, options.NewGuid, cancellationToken);
            var connector = new HostAgentConnector(
                new HostAgentConnectorOptions
                {
                    Identity = identity,
                    Epoch = () => epoch.Current,
                    Time = options.Time,
                }
            );
            var plane = new ControlPlane(
                new ControlPlaneSeams(
                    store,
                    store,
                    connector,
                    epoch,
                    options.Time,
                    options.NewGuid,
                    options.Random,
                    options.Loggers,
                    options.Workers
                )
            );
            return new OperatorProcess(store, hints, epoch, plane, options.Time);
        }
        catch
        {
            store?.Dispose();
            hints.Dispose();
            throw;
        }
    }

    /// <summary>Waits until the manifests were read for the first time.</summary>
    public Task WhenManifestsReadAsync(CancellationToken cancellationToken) =>
        _store.FirstPass.WaitAsync(cancellationToken);

    /// <summary>Waits until nothing is left to do but what gates hold back.</summary>
    public Task<SettledReport> WaitUntilSettledAsync(CancellationToken cancellationToken) =>
        Settling.WaitAsync(_plane, _store, _time, cancellationToken);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _running;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // It was asked to stop.
        }
        finally
        {
            await _plane.DisposeAsync();
            _epoch.Dispose();
            _store.Dispose();
            _hints.Dispose();
            _stop.Dispose();
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var scanning = _store.RunAsync(either.Token);
        // Nothing is decided before the manifests were read once: a manifest that changed while nobody looked is heard first.
        await Task.WhenAny(_store.FirstPass, scanning);
        var working = _plane.RunAsync(either.Token);
        await Task.WhenAny(scanning, working);
        await either.CancelAsync();
        // Both are waited for whatever the one has thrown: what is under way still writes to the store.
        await Task.WhenAll(scanning, working);
    }
}

using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Processes;
using ExchangeVirt.Kubernetes.Tests.Estates;

namespace ExchangeVirt.Kubernetes.Tests.Faults;

/// <summary>A replica that is started again when it ends, as the kubelet would do.</summary>
internal sealed class Supervised : IAsyncDisposable
{
    /// <summary>The arguments of a replica that lives through what would cost others their lease, a slow machine above all.</summary>
    public static readonly IReadOnlyList<string> Patient = ["--lease-duration=600", "--renew-deadline=500"];

    private readonly FaultEstate _estate;
    private readonly Func<Task<Replica>> _start;
    private readonly List<(int Code, string Log)> _ends = [];
    private readonly SemaphoreSlim _turn = new(1);
    private bool _isDisposed;

    private Supervised(FaultEstate estate, Func<Task<Replica>> start, Replica replica)
    {
        _estate = estate;
        _start = start;
        Replica = replica;
    }

    /// <summary>Gets the process of now.</summary>
    public Replica Replica { get; private set; }

    /// <summary>Gets how the processes before it ended.</summary>
    public IReadOnlyList<(int Code, string Log)> Ends => _ends;

    /// <summary>Starts a replica and waits until it leads.</summary>
    /// <param name="estate">The estate.</param>
    /// <param name="server">Where it finds the API server; absent: where that is.</param>
    /// <param name="environment">Variables for its processes.</param>
    /// <param name="more">Arguments in place of the Deployment's.</param>
    public static async Task<Supervised> StartAsync(
        FaultEstate estate,
        Uri? server = null,
        IReadOnlyDictionary<string, string?>? environment = null,
        params IReadOnlyList<string> more
    )
    {
        Task<Replica> Start() =>
            estate.Installed.StartReplicaAtAsync(server ?? estate.Plane.Address, "operator-0", environment, more);
        var supervised = new Supervised(estate, Start, await Start());
        try
        {
            await supervised.LeadsAsync();
        }
        catch
        {
            await supervised.DisposeAsync();
            throw;
        }

        return supervised;
    }

    /// <summary>Starts it again where it has ended.</summary>
    /// <exception cref="ObjectDisposedException">Nobody supervises it any more: whoever still waits shall end.</exception>
    public async Task LookAsync()
    {
        await _turn.WaitAsync();
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (Replica.Process.HasExited)
            {
                // Its last words may come after its end.
                _ends.Add((await Replica.Process.WaitForExitAsync(), Replica.Process.Log));
                await Replica.DisposeAsync();
                Replica = await _start();
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Waits until something is so, and starts the replica again whenever it ends meanwhile.</summary>
    /// <exception cref="TimeoutException">It does not come to be so, with how everything stands.</exception>
    public async Task UntilAsync(string what, Func<Task<bool>> isSo)
    {
        try
        {
            await Until.TrueAsync(
                what,
                async () =>
                {
                    await LookAsync();
                    return await isSo();
                },
                TimeSpan.FromMinutes(4)
            );
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException(
                $"{late.Message}\n{await _estate.Installed.DescribeAsync()}\n{Replica.Process.LastLines(30)}",
                late
            );
        }
    }

    /// <inheritdoc cref="UntilAsync(string, Func{Task{bool}})"/>
    public Task UntilAsync(string what, Func<bool> isSo) => UntilAsync(what, () => Task.FromResult(isSo()));

    /// <summary>Waits until the replica says that it leads.</summary>
    public Task LeadsAsync() =>
        UntilAsync(
            "the replica leads",
            () => Replica.Process.Log.Contains("holds the lease, the", StringComparison.Ordinal)
        );

    /// <summary>Ends the replica at once, as a crash does; whoever waits for something starts it again.</summary>
    public void Kill() => Replica.Process.Send(UnixSignal.Kill);

    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        try
        {
            _isDisposed = true;
            await Replica.DisposeAsync();
        }
        finally
        {
            // Not disposed of: whoever still waits for it shall learn that this is.
            _turn.Release();
        }
    }
}

using System.Globalization;
using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Operator.Observing;

/// <summary>
/// Who this operator is to the agents: the installation's UID, made once, and a counter that rises at every start and never
/// falls. Agents refuse an older counter and another installation.
/// </summary>
public sealed class Epoch : IDisposable
{
    private const string InstallationName = "installation";
    private const string CounterName = "epoch";

    private readonly IControlState _control;
    private readonly SemaphoreSlim _gate = new(1);
    private InstallationEpoch _current;

    private readonly Func<CancellationToken, Task> _ensureLeading;

    private Epoch(IControlState control, InstallationEpoch current, Func<CancellationToken, Task> ensureLeading)
    {
        _control = control;
        _current = current;
        _ensureLeading = ensureLeading;
    }

    /// <summary>Gets the epoch that calls carry.</summary>
    public InstallationEpoch Current => Volatile.Read(ref _current);

    /// <summary>Reads the installation's UID, or makes it at the first start; it is stored before it is used. No call can be made yet.</summary>
    /// <param name="control">Where both are kept.</param>
    /// <param name="newGuid">Makes the installation's UID.</param>
    /// <param name="ensureLeading">Throws where this process leads no longer; asked before the counter is raised.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<Epoch> OpenAsync(
        IControlState control,
        Func<Guid> newGuid,
        Func<CancellationToken, Task> ensureLeading,
        CancellationToken cancellationToken
    )
    {
        var installation = await control.GetOrAddControlAsync(
            InstallationName,
            () => newGuid().ToString("D"),
            cancellationToken
        );
        return new Epoch(control, new InstallationEpoch(installation, 0), ensureLeading);
    }

    /// <summary>Opens the epoch and begins it, where nobody else can lead.</summary>
    public static async Task<Epoch> BeginAsync(
        IControlState control,
        Func<Guid> newGuid,
        CancellationToken cancellationToken
    )
    {
        var epoch = await OpenAsync(control, newGuid, static _ => Task.CompletedTask, cancellationToken);
        await epoch.BeginAsync(cancellationToken);
        return epoch;
    }

    /// <summary>Raises the counter by one, as a new leader does before its first call.</summary>
    public Task BeginAsync(CancellationToken cancellationToken) => RaiseAboveAsync(Current.Counter, cancellationToken);

    /// <summary>Raises the stored counter above one that an agent has seen: another life of this installation was there.</summary>
    public async Task RaiseAboveAsync(ulong seen, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (Current.Counter > seen)
            {
                return;
            }

            var counter = await RaiseAsync(seen, cancellationToken);
            Volatile.Write(ref _current, Current with { Counter = counter });
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _gate.Dispose();

    private async Task<ulong> RaiseAsync(ulong above, CancellationToken cancellationToken)
    {
        while (true)
        {
            var stored = await _control.GetControlAsync(CounterName, cancellationToken);
            var last = stored is null ? 0 : ulong.Parse(stored.Value, CultureInfo.InvariantCulture);
            // Between the read and the write: a leader that came after this look has raised the counter, and the write fails.
            await _ensureLeading(cancellationToken);
            var next = Math.Max(last, above) + 1;
            try
            {
                await _control.SetControlAsync(
                    CounterName,
                    next.ToString(CultureInfo.InvariantCulture),
                    stored?.Revision,
                    cancellationToken
                );
                return next;
            }
            catch (ResourceConflictException)
            {
                // Someone else raised it in between: raise above that.
            }
        }
    }
}

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

    private Epoch(IControlState control, InstallationEpoch current)
    {
        _control = control;
        _current = current;
    }

    /// <summary>Gets the epoch that calls carry.</summary>
    public InstallationEpoch Current => Volatile.Read(ref _current);

    /// <summary>Reads the installation's UID, or makes it at the first start, and raises the counter by one; both are stored before they are used.</summary>
    public static async Task<Epoch> BeginAsync(
        IControlState control,
        Func<Guid> newGuid,
        CancellationToken cancellationToken
    )
    {
        var installation = await control.GetOrAddControlAsync(
            InstallationName,
            () => newGuid().ToString("D"),
            cancellationToken
        );
        var counter = await RaiseAsync(control, 0, cancellationToken);
        return new Epoch(control, new InstallationEpoch(installation, counter));
    }

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

            var counter = await RaiseAsync(_control, seen, cancellationToken);
            Volatile.Write(ref _current, Current with { Counter = counter });
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _gate.Dispose();

    private static async Task<ulong> RaiseAsync(IControlState control, ulong above, CancellationToken cancellationToken)
    {
        while (true)
        {
            var stored = await control.GetControlAsync(CounterName, cancellationToken);
            var last = stored is null ? 0 : ulong.Parse(stored.Value, CultureInfo.InvariantCulture);
            var next = Math.Max(last, above) + 1;
            try
            {
                await control.SetControlAsync(
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

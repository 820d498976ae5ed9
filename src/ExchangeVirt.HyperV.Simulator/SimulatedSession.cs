using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.CimXml;
using ExchangeVirt.HyperV.Simulator.Engine;
using ExchangeVirt.HyperV.Simulator.Faults;
using ExchangeVirt.HyperV.Simulator.Methods;
using ExchangeVirt.HyperV.Simulator.Model;
using ExchangeVirt.HyperV.Simulator.Wql;

namespace ExchangeVirt.HyperV.Simulator;

/// <summary>One client's connection to a simulated host.</summary>
internal sealed class SimulatedSession(HostEngine engine, CimCallCounter calls) : ICimSession
{
    private readonly CimReads _reads = new(engine);
    private readonly MethodDispatcher _methods = new(engine.Schema);
    private readonly Lock _gate = new();
    private readonly List<EventSubscription> _subscriptions = [];

    /// <inheritdoc />
    public async Task<IReadOnlyList<CimObject>> QueryAsync(
        string cimNamespace,
        string wql,
        CancellationToken cancellationToken
    )
    {
        calls.Add($"Query {wql}");
        var query = WqlParser.Parse(wql);
        await EnterAsync(cimNamespace, null, query.ClassName, cancellationToken);
        if (engine.Run(t => t.Meet(SimulatedFaultKind.QuotaExceeded, null, query.ClassName)) is not null)
        {
            throw new CimException(CimError.ServerLimitsExceeded, "A quota of WMI is used up (0x8004106C).");
        }

        return engine.Run(t => _reads.Query(t, cimNamespace, query));
    }

    /// <inheritdoc />
    public async Task<CimObject> GetAsync(CimPath path, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        calls.Add($"Get {path}");
        await EnterAsync(path.Namespace, MachineIn(path.ToString()), path.ClassName, cancellationToken);
        return engine.Run(t => _reads.Get(t, path));
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<CimObject>> AssociatorsAsync(
        CimPath source,
        string? association,
        string? resultClass,
        string? sourceRole,
        string? resultRole,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(source);
        calls.Add($"Associators {association} of {source}");
        await EnterAsync(source.Namespace, MachineIn(source.ToString()), association, cancellationToken);
        return engine.Run(t => _reads.Associators(t, source, association, resultClass, sourceRole, resultRole));
    }

    /// <inheritdoc />
    public async Task<CimMethodResult> InvokeAsync(
        CimPath target,
        string method,
        IReadOnlyDictionary<string, CimValue> arguments,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(arguments);
        calls.Add($"Invoke {method} on {target}");
        var machine = MachineIn(MethodDispatcher.Mentions(target, arguments));
        await EnterAsync(target.Namespace, machine, method, cancellationToken);
        _methods.Check(target, method, arguments);
        engine.Run(t => _reads.Get(t, target));
        return engine.Run(t => _methods.Invoke(t, machine, target, method, arguments));
    }

    /// <summary>
    /// Begins to listen at once, before the first event is asked for, so that a caller may subscribe, then read, and miss
    /// nothing in between. What is wrong with the query is thrown when the first event is asked for, as WMI does.
    /// </summary>
    public IAsyncEnumerable<CimEvent> SubscribeAsync(
        string cimNamespace,
        string wql,
        CancellationToken cancellationToken
    )
    {
        calls.Add($"Subscribe {wql}");
        try
        {
            if (engine.Run(t => FaultEffects.Refusal(t, cimNamespace, null, "Subscribe")) is { } refusal)
            {
                return Failing(refusal);
            }

            var subscription = engine.Events.Subscribe(cimNamespace, wql);
            lock (_gate)
            {
                _subscriptions.Add(subscription);
            }

            return ListenAsync(
                subscription,
                cancellationToken.UnsafeRegister(static s => ((EventSubscription)s!).End(null), subscription),
                cancellationToken
            );
        }
        catch (CimException refused)
        {
            return Failing(refused);
        }
    }

    /// <inheritdoc />
    public CimObject NewInstance(string cimNamespace, string className)
    {
        var cimClass = engine.Schema.Class(cimNamespace, className);
        var none = ImmutableSortedDictionary.Create<string, CimValue>(StringComparer.OrdinalIgnoreCase);
        return new CimObject(CimXmlReader.PathOf(cimClass, none), cimClass.Name, none);
    }

    /// <inheritdoc />
    public string Serialize(CimObject instance) => CimXmlWriter.Write(instance);

    /// <inheritdoc />
    public CimObject Deserialize(string cimXml) => new CimXmlReader(engine.Schema).Read(cimXml);

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        List<EventSubscription> mine;
        lock (_gate)
        {
            mine = [.. _subscriptions];
            _subscriptions.Clear();
        }

        mine.ForEach(subscription => subscription.End(null));
        return ValueTask.CompletedTask;
    }

    private static async IAsyncEnumerable<CimEvent> ListenAsync(
        EventSubscription subscription,
        CancellationTokenRegistration registration,
        CancellationToken sessionToken,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(sessionToken, cancellationToken);
        try
        {
            await foreach (var happened in subscription.Events.ReadAllAsync(both.Token))
            {
                yield return happened;
            }

            sessionToken.ThrowIfCancellationRequested();
        }
        finally
        {
            await registration.DisposeAsync();
            subscription.End(null);
        }
    }

    private static async IAsyncEnumerable<CimEvent> Failing(CimException refusal)
    {
        await Task.CompletedTask;
        throw refusal;
#pragma warning disable CS0162 // An iterator needs a yield, though this one never gets that far.
        yield break;
#pragma warning restore CS0162
    }

    private async Task EnterAsync(
        string cimNamespace,
        VirtualMachine? machine,
        string? what,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (engine.Run(t => t.Meet(SimulatedFaultKind.CallHangs, machine, what)) is not null)
        {
            // A hung provider never answers: only the caller's own deadline ends the wait.
            await Task.Delay(Timeout.InfiniteTimeSpan, engine.Time, cancellationToken);
        }

        if (engine.Run(t => FaultEffects.Refusal(t, cimNamespace, machine, what)) is { } refusal)
        {
            throw refusal;
        }
    }

    private VirtualMachine? MachineIn(string text) =>
        engine.Run(t =>
            t.State.Machines.Values.FirstOrDefault(m => text.Contains(m.Id, StringComparison.OrdinalIgnoreCase))
        );
}

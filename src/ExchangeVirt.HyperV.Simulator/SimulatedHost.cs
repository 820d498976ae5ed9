using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.HyperV.Simulator.Engine;
using ExchangeVirt.HyperV.Simulator.Model;

namespace ExchangeVirt.HyperV.Simulator;

/// <summary>
/// A simulated Hyper-V host, seen through WMI. It has the classes of the published schema and no others, changes its state only
/// as Hyper-V documents it, and takes the stricter reading where the documentation is silent.
/// </summary>
/// <remarks>
/// The host lives in its state file, not in the process: VMs go on starting, stopping and merging by the clock while nothing
/// runs, as Windows goes on while an agent is restarted. All members may be called from any thread.
/// </remarks>
public sealed class SimulatedHost : ICimSession
{
    private readonly HostEngine _engine;
    private readonly SimulatedSession _session;

    private SimulatedHost(HostEngine engine)
    {
        _engine = engine;
        _session = new SimulatedSession(engine, Calls);
        Control = new SimulatedHostControl(engine);
    }

    /// <summary>Gets the count of the calls made through every session of this host.</summary>
    public CimCallCounter Calls { get; } = new();

    /// <summary>Gets what changes the host behind its operator's back.</summary>
    public SimulatedHostControl Control { get; }

    /// <summary>Opens a host: from its state file if there is one, else as its description says.</summary>
    /// <param name="descriptionPath">The YAML file.</param>
    /// <param name="statePath">The file that keeps the state; made beside a directory that exists.</param>
    /// <param name="time">The clock.</param>
    /// <param name="newGuid">Makes identifiers. Absent: they follow from the description's seed, also after a restart.</param>
    /// <exception cref="DescriptionException">The description is wrong; all problems at once.</exception>
    /// <exception cref="InvalidDataException">The state file is damaged or of another version.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public static SimulatedHost Open(
        string descriptionPath,
        string statePath,
        TimeProvider time,
        Func<Guid>? newGuid = null
    )
    {
        ArgumentNullException.ThrowIfNull(time);
        var state = StateFile.Load(statePath);
        return state is null
            ? Create(DescriptionReader.Load(descriptionPath), time, statePath, newGuid)
            : new SimulatedHost(new HostEngine(state, time, newGuid, statePath));
    }

    /// <summary>Makes a new host from a description; without a path its state is in memory alone.</summary>
    public static SimulatedHost Create(
        SimulatedHostDescription description,
        TimeProvider time,
        string? statePath = null,
        Func<Guid>? newGuid = null
    )
    {
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(time);
        var state = HostBuilder.Build(description, HostClock.Now(time), newGuid);
        return new SimulatedHost(new HostEngine(state, time, newGuid, statePath));
    }

    /// <summary>Opens another session; disposing it ends its subscriptions and leaves the host as it is.</summary>
    public ICimSession OpenSession() => new SimulatedSession(_engine, Calls);

    /// <inheritdoc />
    public Task<IReadOnlyList<CimObject>> QueryAsync(
        string cimNamespace,
        string wql,
        CancellationToken cancellationToken
    ) => _session.QueryAsync(cimNamespace, wql, cancellationToken);

    /// <inheritdoc />
    public Task<CimObject> GetAsync(CimPath path, CancellationToken cancellationToken) =>
        _session.GetAsync(path, cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<CimObject>> AssociatorsAsync(
        CimPath source,
        string? association,
        string? resultClass,
        string? sourceRole,
        string? resultRole,
        CancellationToken cancellationToken
    ) => _session.AssociatorsAsync(source, association, resultClass, sourceRole, resultRole, cancellationToken);

    /// <inheritdoc />
    public Task<CimMethodResult> InvokeAsync(
        CimPath target,
        string method,
        IReadOnlyDictionary<string, CimValue> arguments,
        CancellationToken cancellationToken
    ) => _session.InvokeAsync(target, method, arguments, cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<CimEvent> SubscribeAsync(
        string cimNamespace,
        string wql,
        CancellationToken cancellationToken
    ) => _session.SubscribeAsync(cimNamespace, wql, cancellationToken);

    /// <inheritdoc />
    public CimObject NewInstance(string cimNamespace, string className) =>
        _session.NewInstance(cimNamespace, className);

    /// <inheritdoc />
    public string Serialize(CimObject instance) => _session.Serialize(instance);

    /// <inheritdoc />
    public CimObject Deserialize(string cimXml) => _session.Deserialize(cimXml);

    /// <summary>Ends the host's clockwork and every subscription; its state stays in its file.</summary>
    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        _engine.Dispose();
    }
}

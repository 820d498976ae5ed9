using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Placement;
using ExchangeVirt.Operator.Acting;
using ExchangeVirt.Operator.Controllers;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime;
using ExchangeVirt.Runtime.Events;
using ExchangeVirt.Runtime.Informers;
using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace ExchangeVirt.Operator;

/// <summary>What a control plane stands on; every way out of the process is here.</summary>
/// <param name="Store">Where the objects are.</param>
/// <param name="Control">Where what is no object is kept.</param>
/// <param name="Connector">How agents are reached.</param>
/// <param name="Epoch">Who this operator is to agents.</param>
/// <param name="Time">The clock.</param>
/// <param name="NewGuid">The source of identifiers.</param>
/// <param name="Random">The source of chance.</param>
/// <param name="Loggers">Where log lines go.</param>
/// <param name="Workers">How many VMs are worked on at the same time.</param>
public sealed record ControlPlaneSeams(
    IResourceStore Store,
    IControlState Control,
    IHostAgentConnector Connector,
    Epoch Epoch,
    TimeProvider Time,
    Func<Guid> NewGuid,
    Func<double> Random,
    ILoggerFactory Loggers,
    int Workers
);

/// <summary>
/// All informers and controllers, wired: what changes in one place rings where it matters, and nowhere else. It cannot tell
/// which store it runs on.
/// </summary>
public sealed partial class ControlPlane : IAsyncDisposable
{
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(3);

    private readonly ControlPlaneSeams _seams;
    private readonly Controller<ExchangeVirtualMachine> _machines;
    private readonly Controller<HyperVHost> _hosts;
    private readonly Controller<DatabaseAvailabilityGroup> _groups;
    private readonly Controller<VirtualizationPolicy> _policies;
    private readonly Controller<VirtualMachineMigration> _migrations;
    private readonly ControllerHost _host;
    private readonly PlacementService _placement;
    private readonly EventRecorder _events;
    private readonly ILogger _logger;

    /// <summary>Wires everything; nothing runs yet.</summary>
    public ControlPlane(ControlPlaneSeams seams)
    {
        _seams = seams;
        _logger = seams.Loggers.CreateLogger<ControlPlane>();
        var machines = Informer<ExchangeVirtualMachine>();
        var hosts = Informer<HyperVHost>();
        var groups = Informer<DatabaseAvailabilityGroup>();
        var policies = Informer<VirtualizationPolicy>();
        var migrations = Informer<VirtualMachineMigration>();

        Caches = new Caches(machines.Cache, hosts.Cache, groups.Cache, policies.Cache);
        Fleet = new FleetView(seams.Time);
        Connections = new HostConnections(
            Fleet,
            seams.Connector,
            seams.Epoch,
            seams.Time,
            seams.Random,
            seams.Loggers.CreateLogger<HostConnections>()
        );
        _events = new EventRecorder(seams.Store, seams.Time, seams.Loggers.CreateLogger<EventRecorder>());
        var failures = new ActionFailures(seams.Time, seams.Random);
        Reader = new SituationReader(
            Caches,
            Fleet,
            new PauseSwitch(seams.Control).ReadAsync,
            seams.Epoch.Current.Installation,
            seams.Time
        );
        _placement = new PlacementService(
            seams.Store,
            Caches,
            Fleet,
            new PlacementLedger(seams.Epoch.Current.Installation),
            seams.Time
        );
        var runner = new ActionRunner(
            Connections,
            Fleet,
            failures,
            seams.Time,
            seams.NewGuid,
            seams.Loggers.CreateLogger<ActionRunner>()
        );

        var keeper = new VirtualMachineController(
            seams.Store,
            Caches,
            Reader,
            _placement,
            runner,
            new GuestShutdowns(runner),
            failures,
            _events,
            seams.NewGuid
        );
        _machines = Controller(
            keeper,
            machines,
            new VirtualMachineFinalizer(seams.Store, keeper, Reader, runner, _placement, _events)
        );
        _hosts = Controller(new HostController(seams.Store, Caches, Fleet, Connections, _events, seams.Time), hosts);
        _groups = Controller(
            new AvailabilityGroupController(seams.Store, Caches, Fleet, seams.Epoch, _events, seams.Time),
            groups
        );
        _policies = Controller(new PolicyController(seams.Store, seams.Time), policies);
        _migrations = Controller(new MigrationController(seams.Store, seams.Time), migrations);
        _host = new ControllerHost(
            [machines, hosts, groups, policies, migrations],
            [_machines, _hosts, _groups, _policies, _migrations],
            seams.Time
        );

        Connections.OnNotice(OnFleetChange, (host, ended) => OnOperationEnded(host, ended, runner));
        machines.AddHandler(OnMachineChange);
        hosts.AddHandler(_ => OnDeclarationChange());
        groups.AddHandler(OnGroupChange);
        policies.AddHandler(OnPolicyChange);
    }

    /// <summary>Gets the declared objects as last heard.</summary>
    public Caches Caches { get; }

    /// <summary>Gets the fleet as last heard.</summary>
    public FleetView Fleet { get; }

    /// <summary>Gets the connections to agents.</summary>
    public HostConnections Connections { get; }

    /// <summary>Gets what reads for decisions.</summary>
    public SituationReader Reader { get; }

    /// <summary>Gets whether everything is paused, as last heard; null where nothing was heard, as by who does not work.</summary>
    public bool? IsPausedEverywhere { get; private set; }

    /// <summary>Gets whether no controller has anything ready or under way.</summary>
    public bool IsIdle => _host.IsIdle;

    /// <summary>Gets a task that ends when every informer has synced and the controllers run.</summary>
    public Task Started => _host.Started;

    /// <summary>Gets what follows the store.</summary>
    public IReadOnlyList<IInformer> Informers => _host.Informers;

    /// <summary>Gets a task that ends when every informer holds what the store held at its first list.</summary>
    public Task Synced => _host.Synced;

    /// <summary>Watches and works until cancelled, then waits for the passes under way.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => WorkingAsync(_host.RunAsync, cancellationToken);

    /// <summary>Follows the store until cancelled, and does nothing about what it hears.</summary>
    public Task WatchAsync(CancellationToken cancellationToken) => _host.WatchAsync(cancellationToken);

    /// <summary>
    /// Works until cancelled, as the one who leads: the epoch is raised before the first call to an agent, and every stream to
    /// an agent has ended when this returns.
    /// </summary>
    public async Task LeadAsync(CancellationToken cancellationToken)
    {
        await _seams.Epoch.BeginAsync(cancellationToken);
        try
        {
            await WorkingAsync(_host.WorkAsync, cancellationToken);
        }
        finally
        {
            await Connections.DisposeAsync();
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Connections.DisposeAsync();
        _machines.Dispose();
        _hosts.Dispose();
        _groups.Dispose();
        _policies.Dispose();
        _migrations.Dispose();
    }

    private async Task WorkingAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pauses = FollowPausesAsync(stop.Token);
        try
        {
            await work(cancellationToken);
        }
        finally
        {
            await stop.CancelAsync();
            await pauses;
            await FarewellAsync();
        }
    }

    // What was only counted is told, but nobody who waits for this one's end waits long for it.
    private async Task FarewellAsync()
    {
        using var late = new CancellationTokenSource(s_farewell, _seams.Time);
        try
        {
            await _events.FlushAsync(late.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            LogEventsLost(_logger);
        }
    }

    [LoggerMessage(
        EventId = 1021,
        Level = LogLevel.Warning,
        Message = "Repetitions of events could not be recorded before the end"
    )]
    private static partial void LogEventsLost(ILogger logger);

    private Informer<T> Informer<T>()
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        new(
            _seams.Store,
            new InformerOptions(),
            _seams.Time,
            _seams.Random,
            _seams.Loggers.CreateLogger<Informer<T>>()
        );

    private Controller<T> Controller<T>(
        IEntityController<T> controller,
        Informer<T> informer,
        params IReadOnlyList<IEntityFinalizer<T>> finalizers
    )
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        new(
            controller,
            finalizers,
            _seams.Store,
            informer,
            new ControllerOptions { Workers = _seams.Workers },
            _seams.Time,
            _seams.Random,
            _seams.Loggers.CreateLogger<Controller<T>>()
        );

    private void OnFleetChange(FleetNotice notice)
    {
        _placement.HostChanged(notice.Host);
        _hosts.Enqueue(new ResourceKey(null, notice.Host));
        if (notice.WholeHost)
        {
            EnqueueAll(notice.Host);
            return;
        }

        foreach (var machine in new[] { notice.Before, notice.After })
        {
            foreach (var key in machine is null ? [] : Caches.ObjectsOf(machine))
            {
                _machines.Enqueue(key);
                EnqueueGroupOf(Caches.VirtualMachines.Get(key));
            }
        }

        if (IsMerging(notice.Before) && !IsMerging(notice.After))
        {
            // One merge for each volume: a neighbour may have waited for this one.
            EnqueueAll(notice.Host);
        }

        // Room that was given back may be what a VM without a host waits for.
        if (
            notice.After is null
            || notice.Before is null
            || notice.Before.ProcessorCount != notice.After.ProcessorCount
        )
        {
            EnqueueUnplaced();
        }
    }

    private static bool IsMerging(ObservedVirtualMachine? machine) =>
        machine?.Operation is VirtualMachineOperation.MergingDisks or VirtualMachineOperation.DeletingCheckpoint;

    private void EnqueueAll(string host)
    {
        foreach (var group in Caches.Groups.List().Where(group => group.Spec.Witness?.Host == host))
        {
            _groups.Enqueue(group.Key());
        }

        foreach (var entity in Caches.VirtualMachines.List())
        {
            // One that is not where it was last seen may have been found on this host, or be found nowhere now.
            if (
                entity.Status?.Host is null
                || entity.Status.Host == host
                || entity.Status.Placement?.Host == host
                || !IsWhereItWas(entity.Status)
            )
            {
                _machines.Enqueue(entity.Key());
                EnqueueGroupOf(entity);
            }
        }
    }

    private bool IsWhereItWas(ExchangeVirtualMachineStatus status) =>
        Guid.TryParse(status.VirtualMachineId, out var id)
        && Fleet.ById(id) is [var seen]
        && seen.Host.Name == status.Host;

    private void EnqueueUnplaced()
    {
        foreach (var entity in Caches.WithoutHost())
        {
            _machines.Enqueue(entity.Key());
        }
    }

    private void EnqueueGroupOf(ExchangeVirtualMachine? entity)
    {
        if (entity?.Spec.Exchange.DatabaseAvailabilityGroup is { } group)
        {
            _groups.Enqueue(new ResourceKey(entity.Metadata.NamespaceProperty, group));
        }
    }

    private void OnOperationEnded(string host, OperationEnded ended, ActionRunner runner)
    {
        if (runner.End(ended) is { } asked)
        {
            _machines.Enqueue(new ResourceKey(asked.Namespace, asked.Name));
        }
        else if (ended.VirtualMachineId is { } id)
        {
            foreach (var key in Fleet.ById(id).SelectMany(seen => Caches.ObjectsOf(seen.Machine)).Distinct())
            {
                _machines.Enqueue(key);
            }
        }
        else
        {
            // A creation that another life of this operator asked for, and that left no VM to tell whose it was.
            EnqueueAll(host);
        }
    }

    private void OnMachineChange(ResourceChange<ExchangeVirtualMachine> change)
    {
        EnqueueGroupOf(change.Before);
        EnqueueGroupOf(change.After);
        if (change.After is null)
        {
            EnqueueUnplaced();
        }
    }

    private void OnDeclarationChange()
    {
        _placement.DeclarationsChanged();
        EnqueueUnplaced();
    }

    private void OnGroupChange(ResourceChange<DatabaseAvailabilityGroup> change)
    {
        foreach (var member in Caches.MembersOf(change.Key.Namespace, change.Key.Name))
        {
            _machines.Enqueue(member.Key());
        }
    }

    private void OnPolicyChange(ResourceChange<VirtualizationPolicy> change)
    {
        _placement.DeclarationsChanged();
        foreach (var entity in Caches.UnderPolicy(change.Key.Name))
        {
            _machines.Enqueue(entity.Key());
        }

        foreach (var host in Caches.Hosts.List())
        {
            _hosts.Enqueue(host.Key());
        }
    }

    private async Task FollowPausesAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var value in _seams.Control.WatchControlAsync(PauseSwitch.Name, cancellationToken))
            {
                IsPausedEverywhere = PauseSwitch.IsThrown(value);
                foreach (var key in Caches.VirtualMachines.Keys())
                {
                    _machines.Enqueue(key);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping is how this ends.
        }
    }
}

using System.Text.Json.Nodes;
using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Domain.Placement;
using ExchangeVirt.Operator.Acting;
using ExchangeVirt.Operator.Controllers;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Operator.Reporting;
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
    private readonly PauseWatch _pauses;

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

        Caches = Caches.Of(machines, hosts, groups, policies);
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
        _pauses = new PauseWatch(seams.Control, seams.Time, seams.Random, seams.Loggers.CreateLogger<PauseWatch>());
        Reader = new SituationReader(Caches, Fleet, _pauses.Reading, seams.Epoch.Current.Installation, seams.Time);
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

        var stored = new StoredStatus(seams.Store);
        var keeper = new VirtualMachineController(
            stored,
            Caches,
            Reader,
            _placement,
            runner,
            new GuestShutdowns(runner),
            failures,
            _events,
            seams.NewGuid
        );
        _machines = Controller<ExchangeVirtualMachine, ExchangeVirtualMachineStatus>(
            keeper,
            machines,
            new VirtualMachineFinalizer(
                stored,
                new RetentionReader(seams.Store),
                keeper,
                Caches,
                Reader,
                runner,
                _placement,
                _events,
                seams.Time
            )
        );
        _hosts = Controller<HyperVHost, HyperVHostStatus>(
            new HostController(seams.Store, Caches, Fleet, Connections, _events, seams.Time),
            hosts
        );
        _groups = Controller<DatabaseAvailabilityGroup, DatabaseAvailabilityGroupStatus>(
            new AvailabilityGroupController(seams.Store, Caches, Fleet, seams.Epoch, _events, seams.Time),
            groups
        );
        _policies = Controller<VirtualizationPolicy, VirtualizationPolicyStatus>(
            new PolicyController(seams.Store, seams.Time),
            policies
        );
        _migrations = Controller<VirtualMachineMigration, VirtualMachineMigrationStatus>(
            new MigrationController(seams.Store, seams.Time),
            migrations
        );
        _host = new ControllerHost(
            [machines, hosts, groups, policies, migrations],
            [_machines, _hosts, _groups, _policies, _migrations],
            seams.Time
        );

        Connections.OnNotice(OnFleetChange, (host, ended) => OnOperationEnded(host, ended, runner));
        machines.AddHandler(OnMachineChange);
        machines.AddUnreadableHandler(OnUnreadableMachine);
        hosts.AddHandler(_ => OnDeclarationChange());
        hosts.AddUnreadableHandler(OnUnreadableHost);
        groups.AddHandler(change => OnGroupChange(change.Key));
        groups.AddUnreadableHandler(group => OnGroupChange(group.Key));
        policies.AddHandler(change => OnPolicyChange(change.Key));
        policies.AddUnreadableHandler(policy => OnPolicyChange(policy.Key));
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
    public bool? IsPausedEverywhere => _pauses.IsPaused;

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
        var pauses = _pauses.RunAsync(EnqueueEverything, stop.Token);
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
        EventId = 1041,
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

    private Controller<T> Controller<T, TStatus>(
        IEntityController<T> controller,
        Informer<T> informer,
        params IReadOnlyList<IEntityFinalizer<T>> finalizers
    )
        where T : class, IKubernetesObject<V1ObjectMeta>, IStatus<TStatus?>
        where TStatus : ResourceStatus, new()
    {
        var reporting = new FailureReporting<T, TStatus>(
            controller,
            _seams.Store,
            _seams.Time,
            _seams.Loggers.CreateLogger<FailureReporting<T, TStatus>>()
        );
        return new Controller<T>(
            reporting,
            [.. finalizers.Select(reporting.Around)],
            _seams.Store,
            informer,
            new ControllerOptions
            {
                Workers = _seams.Workers,
                MayBeLetGoUnread = static resource =>
                    JsonNode.Parse(resource.Json) is JsonObject json && DeletionPolicies.MayBeLetGoUnread(json),
                DescribeUnreadable = resource => UnreadableReport.ChangedStatusOf(resource, _seams.Time.GetUtcNow()),
            },
            _seams.Time,
            _seams.Random,
            _seams.Loggers.CreateLogger<Controller<T>>()
        );
    }
}

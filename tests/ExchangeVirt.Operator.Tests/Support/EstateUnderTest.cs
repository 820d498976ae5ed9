using System.Diagnostics;
using ExchangeVirt.Agent.Contract.Client;
using ExchangeVirt.Agent.Contract.Security;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Directories;
using ExchangeVirt.Runtime.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.Operator.Tests.Support;

/// <summary>
/// Hosts with their agents, a directory of manifests and the operator, all in this process on one clock that only
/// <see cref="UntilAsync(Func{bool}, string, TimeSpan?)"/> moves.
/// </summary>
internal sealed class EstateUnderTest : IAsyncDisposable
{
    /// <summary>How long is waited, in real time, for what should come.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(100);

    private readonly string _root = Directory.CreateTempSubdirectory("exvirt-operator-").FullName;
    private readonly Dictionary<string, HostUnderTest> _hosts = [];
    private readonly Courier _courier;
    private readonly CertificateAuthority _authority;
    private readonly TlsIdentitySource _identity;
    private int _guids;
    private CancellationTokenSource? _stop;
    private Task _running = Task.CompletedTask;
    private Epoch? _epoch;

    public EstateUnderTest()
    {
        _courier = new Courier(_root);
        // Issued days ago: what a clock that is set back makes of a certificate of a minute ago is not these scenes' matter.
        var issuing = new SetClock(Time);
        issuing.Jump(TimeSpan.FromDays(-3));
        _authority = CertificateAuthority.Create("test authority", TimeSpan.FromDays(3650), issuing);
        _identity = new TlsIdentitySource(
            _authority
                .IssueClient("operator", Roles.Operator, TimeSpan.FromDays(900))
                .Save(Path.Combine(_root, "tls"), "operator")
        );
        Directory.CreateDirectory(Manifests);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));

    /// <summary>Gets the operator's own clock: it runs as that of the hosts does, and can be set apart from it.</summary>
    public SetClock Clock => field ??= new SetClock(Time);

    public string Manifests => Path.Combine(_root, "manifests");

    public string State => Path.Combine(_root, "state");

    public DirectoryStore Store { get; private set; } = null!;

    /// <summary>Gets what the operator has for a store; made anew with each life of the operator.</summary>
    public StoreUnderTest Seen { get; private set; } = null!;

    /// <summary>Gets or sets what is done before each write, from the operator's first on.</summary>
    public Action<string, object> BeforeWrite { get; set; } = static (_, _) => { };

    /// <summary>Gets or sets what cannot be read, from the operator's first look on.</summary>
    public Func<object, string?> Misfit { get; set; } = static _ => null;

    public ControlPlane Plane { get; private set; } = null!;

    /// <summary>Gets or sets how long, in real time, a connection to an agent is used for new calls.</summary>
    public TimeSpan ConnectionLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Gets or sets what is looked at after each step of the clock.</summary>
    public Action Watching { get; set; } = static () => { };

    public HostUnderTest this[string host] => _hosts[host];

    public HostUnderTest AddHost(string name, params SimulatedMachine[] machines) => AddHost(Describe(name, machines));

    public HostUnderTest AddHost(SimulatedHostDescription description) =>
        _hosts[description.HostName] = new HostUnderTest(_root, description, Time, NewGuid);

    public static SimulatedHostDescription Describe(string name, params SimulatedMachine[] machines) =>
        new()
        {
            HostName = name,
            Processor = new SimulatedProcessor { Sockets = 2, CoresPerSocket = 16 },
            Memory = 512UL << 30,
            Volumes =
            [
                new SimulatedVolume
                {
                    Path = @"D:\",
                    Size = 8UL << 40,
                    Free = 6UL << 40,
                },
            ],
            Switches = [new SimulatedSwitch { Name = "prod" }],
            VirtualMachines = [.. machines],
            Timings = new SimulatedTimings
            {
                StartSeconds = 1,
                StopSeconds = 0.5,
                BootSeconds = 2,
                GuestShutdownSeconds = 2,
                MergeSeconds = 1,
            },
        };

    /// <summary>Makes a VM that is as its manifest below asks.</summary>
    public static SimulatedMachine Right(string name) =>
        new()
        {
            Name = name,
            Processors = 8,
            Memory = new SimulatedMemory { Size = 64UL << 30 },
            State = SimulatedPowerState.Running,
            AutomaticStopAction = SimulatedStopAction.ShutDown,
            CheckpointType = SimulatedCheckpointType.Disabled,
            AutomaticCheckpoints = false,
        };

    public void Write(string file, string text) => File.WriteAllText(Path.Combine(Manifests, file), text);

    public void Remove(string file) => File.Delete(Path.Combine(Manifests, file));

    public void WritePolicy(string more = "", string name = "default") =>
        Write(
            $"policy-{name}.yaml",
            $"""
            apiVersion: exchangevirt.io/v1alpha1
            kind: VirtualizationPolicy
            metadata: {"{"}name: {name}{"}"}
            spec:
              enforcement: Enforce
              disruption: Anytime
              maxChangedPerHour: 100%
              checkpoints: {"{"}removeUserCheckpoints: Anytime{"}"}
            {more}
            """
        );

    public void WriteGroup(string name = "dag01", string more = "") =>
        Write(
            $"group-{name}.yaml",
            $$"""
            apiVersion: exchangevirt.io/v1alpha1
            kind: DatabaseAvailabilityGroup
            metadata: {name: {{name}}, namespace: messaging}
            spec:
              minReadySeconds: 3
              witness: {external: fs01}
              maintenance: {hook: None}
            {{more}}
            """
        );

    public void WriteMachine(
        string name,
        string membership = "standalone: true",
        int processors = 8,
        string memory = "64Gi",
        string power = "Running",
        string more = ""
    ) =>
        Write(
            $"{name}.yaml",
            $$"""
            apiVersion: exchangevirt.io/v1alpha1
            kind: ExchangeVirtualMachine
            metadata: {name: {{name}}, namespace: messaging}
            spec:
              exchange: {version: ExchangeSE, cumulativeUpdate: 0, role: Mailbox, {{membership}}}
              guest: {operatingSystem: WindowsServer2022}
              processors: {count: {{processors}}}
              memory: {size: {{memory}}}
              powerState: {{power}}
              adoption: IfExists
            {{more}}
            """
        );

    /// <summary>Starts the agents and the operator.</summary>
    public async Task StartAsync()
    {
        foreach (var host in _hosts.Values.Where(static host => !host.IsUp))
        {
            await host.StartAgentAsync(_authority);
            WriteHost(host.Name);
        }

        await StartOperatorAsync();
    }

    public void WriteHost(string name, string more = "") =>
        Write(
            $"host-{name}.yaml",
            $$"""
            apiVersion: exchangevirt.io/v1alpha1
            kind: HyperVHost
            metadata: {name: {{name}}}
            spec:
              agent: {endpoint: "{{_hosts[name].Endpoint.ToString().TrimEnd('/')}}", serverName: {{name}}}
            {{more}}
            """
        );

    /// <summary>Gives the agent of a host a certificate that is valid for so long from now.</summary>
    public void RenewCertificate(string host, TimeSpan validity) => _hosts[host].IssueCertificate(_authority, validity);

    public Task StartAgentAsync(string host) => _hosts[host].StartAgentAsync(_authority);

    public async Task StartOperatorAsync()
    {
        Store = DirectoryStore.Open(
            new DirectoryStoreOptions(Manifests, State),
            new ManifestParser(),
            Clock,
            NewGuid,
            new NoChangeHints(),
            NullLogger<DirectoryStore>.Instance
        );
        Seen = new StoreUnderTest(Store) { BeforeWrite = BeforeWrite, Misfit = what => Misfit(what) };
        _epoch = await Epoch.BeginAsync(Store, NewGuid, CancellationToken.None);
        var epoch = _epoch;
        Plane = new ControlPlane(
            new ControlPlaneSeams(
                Seen,
                Seen,
                new HostAgentConnector(
                    new HostAgentConnectorOptions
                    {
                        Identity = _identity,
                        Epoch = () => epoch.Current,
                        Time = Clock,
                        // The clock runs faster than sockets: only a test that means it lets a call or a stream run out.
                        HeartbeatTimeout = TimeSpan.FromDays(1),
                        ApplyTimeout = TimeSpan.FromHours(1),
                        ObserveTimeout = TimeSpan.FromHours(1),
                        ConnectionLifetime = ConnectionLifetime,
                    }
                ),
                epoch,
                Clock,
                NewGuid,
                static () => 0.5,
                NullLoggerFactory.Instance,
                Workers: 4
            )
        );
        _stop = new CancellationTokenSource();
        _running = RunAsync(_stop.Token);
        await UntilAsync(() => Store.FirstPass.IsCompleted && Plane.Started.IsCompleted, "the first pass");
    }

    public async Task StopOperatorAsync()
    {
        if (_stop is { } stop)
        {
            _stop = null;
            await stop.CancelAsync();
            await UntilAsync(() => _running.IsCompleted, "the operator's end");
            await _running;
            await Plane.DisposeAsync();
            _epoch!.Dispose();
            Store.Dispose();
            stop.Dispose();
        }
    }

    public ExchangeVirtualMachine? Machine(string name) =>
        Plane.Caches.VirtualMachines.Get(new ResourceKey("messaging", name));

    public DatabaseAvailabilityGroup? Group(string name = "dag01") =>
        Plane.Caches.Groups.Get(new ResourceKey("messaging", name));

    public StatusCondition? Condition(string machine, string type) =>
        Machine(machine)?.Status?.Conditions?.FirstOrDefault(condition => condition.Type == type);

    public bool Is(string machine, string type, string status = "True", string? reason = null) =>
        Machine(machine) is { } entity
        && entity.Status?.ObservedGeneration == entity.Metadata.Generation
        && Condition(machine, type) is { } condition
        && condition.Status == status
        && (reason is null || condition.Reason == reason);

    public bool IsInSync(string machine) => Is(machine, "Ready") && Is(machine, "Synced");

    /// <summary>Lets time pass until a state holds; fails where it never does.</summary>
    public Task UntilAsync(Func<bool> state, string what, TimeSpan? step = null) => UntilAsync(state, () => what, step);

    public async Task UntilAsync(Func<bool> state, Func<string> what, TimeSpan? step = null)
    {
        var watch = Stopwatch.StartNew();
        while (!state())
        {
            Assert.True(watch.Elapsed < Patience, $"Never came: {what()}\n{Describe()}");
            await StepAsync(step ?? s_step);
        }
    }

    /// <summary>Lets time pass.</summary>
    public async Task PassAsync(TimeSpan time, TimeSpan? step = null)
    {
        for (var end = Time.GetUtcNow() + time; Time.GetUtcNow() < end; )
        {
            await StepAsync(step ?? s_step);
        }
    }

    public string Describe() =>
        string.Join(
            '\n',
            Plane
                .Caches.VirtualMachines.List()
                .Select(entity =>
                    $"{entity.Metadata.Name} on {entity.Status?.Host} {entity.Status?.PowerState} {entity.Status?.Operation}: "
                    + string.Join(
                        "; ",
                        (entity.Status?.Conditions ?? []).Select(static c =>
                            $"{c.Type}={c.Status} {c.Reason} {c.Message}"
                        )
                    )
                )
                .Concat(
                    Plane
                        .Caches.Groups.List()
                        .Select(static group =>
                            $"{group.Metadata.Name}: {System.Text.Json.JsonSerializer.Serialize(group.Status)}"
                        )
                )
                .Concat(
                    Plane
                        .Fleet.Hosts()
                        .Select(static host => $"{host.Name} {host.Reachable} {host.Reason} {host.Message}")
                )
                .Concat(Store.Problems.Select(static problem => problem.ToString()))
        );

    public async ValueTask DisposeAsync()
    {
        await StopOperatorAsync();
        foreach (var host in _hosts.Values)
        {
            await host.DisposeAsync();
        }

        _authority.Dispose();
        _courier.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private async Task StepAsync(TimeSpan step)
    {
        if (_running.IsFaulted)
        {
            await _running;
        }

        Time.Advance(step);
        Watching();
        // Sockets live in real time: what one step set off is given as long as it takes to go to and fro some times, and to the disk.
        await _courier.CarryAsync(times: 12);
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var scanning = Store.RunAsync(cancellationToken);
            await Store.FirstPass.WaitAsync(cancellationToken);
            await Task.WhenAll(scanning, Plane.RunAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping is how this ends.
        }
    }

    private Guid NewGuid() => new(Interlocked.Increment(ref _guids), 1, 1, [1, 0, 0, 0, 0, 0, 0, 1]);
}

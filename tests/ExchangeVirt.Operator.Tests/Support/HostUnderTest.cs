using System.Net;
using System.Runtime.CompilerServices;
using ExchangeVirt.Agent.Contract.Security;
using ExchangeVirt.Agent.Hosting;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.HyperV;
using ExchangeVirt.HyperV.Simulator;
using ExchangeVirt.HyperV.Simulator.Description;
using Microsoft.AspNetCore.Builder;

namespace ExchangeVirt.Operator.Tests.Support;

/// <summary>A simulated host with an agent in this process, over real gRPC and mutual TLS on a loopback port.</summary>
internal sealed class HostUnderTest(
    string root,
    SimulatedHostDescription description,
    TimeProvider time,
    Func<Guid> newGuid
) : IAsyncDisposable
{
    private WebApplication? _agent;

    public string Name => description.HostName;

    public SimulatedHost Simulated { get; } = SimulatedHost.Create(description, time);

    public CountingDriver? Driver { get; private set; }

    public Uri Endpoint { get; private set; } = new("https://127.0.0.1:1");

    public TimeSpan Resync { get; set; } = TimeSpan.FromMinutes(10);

    public string StateDirectory => Path.Combine(root, "agent-" + Name);

    public bool IsUp => _agent is not null;

    public async Task StartAgentAsync(CertificateAuthority authority)
    {
        var endpoint = Path.Combine(root, Name + ".endpoint");
        var files = IssueCertificate(authority, TimeSpan.FromDays(900));
        _agent = AgentApplication.Create(
            new AgentSettings
            {
                // A host that comes back is where it was.
                Listen = new IPEndPoint(IPAddress.Loopback, Endpoint.Port == 1 ? 0 : Endpoint.Port),
                Tls = files,
                StateDirectory = StateDirectory,
                HostName = Name,
                EndpointFile = endpoint,
                Resync = Resync,
            },
            new AgentEnvironment(
                installation =>
                    Driver = new CountingDriver(
                        new HyperVDriver(
                            Simulated.OpenSession(),
                            time,
                            new HyperVDriverOptions { NewGuid = newGuid, Installation = installation }
                        )
                    ),
                time,
                newGuid,
                static () => 0.5
            )
        );
        await _agent.StartAsync();
        Endpoint = new Uri((await File.ReadAllTextAsync(endpoint)).Trim());
    }

    public TlsFiles IssueCertificate(CertificateAuthority authority, TimeSpan validity) =>
        authority.IssueHost(Name, [], [IPAddress.Loopback], validity).Save(Path.Combine(root, "tls-" + Name), Name);

    public async Task StopAgentAsync()
    {
        if (_agent is { } agent)
        {
            _agent = null;
            await agent.StopAsync();
            await agent.DisposeAsync();
        }
    }

    public SimulatedMachineView Machine(string name) =>
        Simulated.Control.Machines().Single(machine => machine.Name == name);

    public void Do(string machine, string action, string? argument = null)
    {
        var outcome = Simulated.Control.Do(machine, action, argument);
        Assert.True(outcome.IsAccepted, outcome.Reason);
    }

    public void Set(string machine, string setting, string value)
    {
        var outcome = Simulated.Control.Set(machine, setting, value);
        Assert.True(outcome.IsAccepted, outcome.Reason);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAgentAsync();
        await Simulated.DisposeAsync();
    }
}

/// <summary>A driver with a count of its full reads and a list of what it was asked to do.</summary>
internal sealed class CountingDriver(IHyperVDriver inner) : IHyperVDriver
{
    private readonly Lock _lock = new();
    private readonly List<VirtualMachineAction> _asked = [];
    private readonly List<VirtualMachineAction> _accepted = [];
    private readonly List<VirtualMachineAction> _changed = [];
    private int _fullReads;

    public int FullReads => Volatile.Read(ref _fullReads);

    public IReadOnlyList<VirtualMachineAction> Asked
    {
        get
        {
            lock (_lock)
            {
                return [.. _asked];
            }
        }
    }

    /// <summary>Gets the actions that were not refused: what was decided on before the host's last word came is.</summary>
    public IReadOnlyList<VirtualMachineAction> Accepted
    {
        get
        {
            lock (_lock)
            {
                return [.. _accepted];
            }
        }
    }

    /// <summary>Gets the actions that found something to change.</summary>
    public IReadOnlyList<VirtualMachineAction> Changed
    {
        get
        {
            lock (_lock)
            {
                return [.. _changed];
            }
        }
    }

    public Task<ObservedHost> ReadHostAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _fullReads);
        return inner.ReadHostAsync(cancellationToken);
    }

    public Task<ObservedVirtualMachine?> ReadVirtualMachineAsync(Guid id, CancellationToken cancellationToken) =>
        inner.ReadVirtualMachineAsync(id, cancellationToken);

    public async Task<ActionResult> ApplyAsync(
        Guid? id,
        VirtualMachineAction action,
        string? expectedFingerprint,
        CancellationToken cancellationToken
    )
    {
        lock (_lock)
        {
            _asked.Add(action);
        }

        var result = await inner.ApplyAsync(id, action, expectedFingerprint, cancellationToken);
        lock (_lock)
        {
            _accepted.Add(action);
            if (result.Changed)
            {
                _changed.Add(action);
            }
        }

        return result;
    }

    public async IAsyncEnumerable<HostChange> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var change in inner.WatchAsync(cancellationToken))
        {
            yield return change;
        }
    }
}

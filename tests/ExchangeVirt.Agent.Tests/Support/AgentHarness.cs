using System.Net;
using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Agent.Contract.Client;
using ExchangeVirt.Agent.Contract.Security;
using ExchangeVirt.Agent.Hosting;
using ExchangeVirt.HyperV;
using ExchangeVirt.HyperV.Simulator;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.Agent.Tests.Support;

/// <summary>An agent in this process, over real gRPC and real mutual TLS on a loopback port, with a clock that tests move.</summary>
internal sealed class AgentHarness : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly List<IHostAgent> _clients = [];
    private readonly CertificateAuthority _authority;
    private int _names;
    private WebApplication? _application;

    private AgentHarness(string root)
    {
        Root = root;
        _authority = CertificateAuthority.Create("test authority", TimeSpan.FromDays(3650), Time);
        ServerFiles = _authority
            .IssueHost("hv01", [], [IPAddress.Loopback], TimeSpan.FromDays(90))
            .Save(Path.Combine(root, "tls"), "hv01");
    }

    public string Root { get; }

    public string StateDirectory => Path.Combine(Root, "state");

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public FakeDriver Driver { get; } = new();

    public TlsFiles ServerFiles { get; }

    public CertificateAuthority Authority => _authority;

    public Func<AgentSettings, AgentSettings> Settings { get; set; } = static settings => settings;

    public Func<Func<string?>, IHyperVDriver>? OtherDriver { get; set; }

    public SimulatedHostControl? Simulator { get; set; }

    public Uri Endpoint { get; private set; } = new("https://127.0.0.1:1");

    public static AgentHarness Prepare() => new(Directory.CreateTempSubdirectory("exvirt-agent-").FullName);

    public static async Task<AgentHarness> StartedAsync(Func<AgentSettings, AgentSettings>? settings = null)
    {
        var harness = Prepare();
        harness.Driver.Add(Samples.Machine());
        harness.Settings = settings ?? harness.Settings;
        await harness.StartAsync();
        return harness;
    }

    public async Task StartAsync()
    {
        var incarnations = 0;
        _application = AgentApplication.Create(
            Settings(
                new AgentSettings
                {
                    Listen = new IPEndPoint(IPAddress.Loopback, 0),
                    Tls = ServerFiles,
                    StateDirectory = StateDirectory,
                    HostName = "hv01",
                    EndpointFile = Path.Combine(Root, "endpoint"),
                }
            ),
            new AgentEnvironment(
                installation => OtherDriver?.Invoke(installation) ?? Driver,
                Time,
                () => new Guid(_names++, (short)++incarnations, 0, [0, 0, 0, 0, 0, 0, 0, 0]),
                static () => 0.5
            ),
            Simulator
        );
        await _application.StartAsync();
        Endpoint = new Uri((await File.ReadAllTextAsync(Path.Combine(Root, "endpoint"))).Trim());
    }

    public async Task StopAsync()
    {
        if (_application is { } application)
        {
            _application = null;
            await application.StopAsync();
            await application.DisposeAsync();
        }
    }

    /// <summary>Saves a client's certificate and gives its source.</summary>
    public TlsIdentitySource Identity(
        string role = Roles.Operator,
        CertificateAuthority? issuer = null,
        TimeSpan? validity = null
    )
    {
        var directory = Path.Combine(Root, $"client-{_names++}");
        var files = (issuer ?? _authority)
            .IssueClient("client", role, validity ?? TimeSpan.FromDays(90))
            .Save(directory, "client");
        // Whoever issued it, the client trusts the agent's authority.
        File.WriteAllText(files.AuthorityPath, _authority.CertificatePem);
        return new TlsIdentitySource(files);
    }

    public IHostAgent Connect(
        TlsIdentitySource? identity = null,
        string installation = Samples.Installation,
        ulong counter = 1,
        string serverName = "hv01",
        FakeTimeProvider? clientTime = null
    )
    {
        var client = new HostAgentConnector(
            new HostAgentConnectorOptions
            {
                Identity = identity ?? Identity(),
                Epoch = () => new InstallationEpoch(installation, counter),
                Time = clientTime ?? Time,
                // Only a test that moves the clock on purpose may end a stream by its clock.
                HeartbeatTimeout = TimeSpan.FromDays(1),
            }
        ).Connect(Endpoint, serverName);
        _clients.Add(client);
        return client;
    }

    /// <summary>Lets the agent's time pass, in small steps, until something is done.</summary>
    public async Task<T> PassTimeUntilAsync<T>(Task<T> done)
    {
        var deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!done.IsCompleted)
        {
            Assert.True(Environment.TickCount64 < deadline, "What was waited for never came.");
            Time.Advance(TimeSpan.FromMilliseconds(100));
            await ((Task)done)
                .WaitAsync(TimeSpan.FromMilliseconds(20))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return await done;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }

        await StopAsync();
        _authority.Dispose();
        Directory.Delete(Root, recursive: true);
    }
}

using System.Net;
using ExchangeVirt.Agent.Contract.Security;

namespace ExchangeVirt.Cli.Simulation;

/// <summary>Runs simulated hosts, each behind an agent process with a certificate of its own, until it is disposed of.</summary>
internal sealed class SimulatedEstate : IAsyncDisposable
{
    private const int LinesKept = 40;
    private static readonly TimeSpan s_validity = TimeSpan.FromDays(30);
    private static readonly TimeSpan s_restart = TimeSpan.FromSeconds(1);

    private readonly List<Member> _members = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly TimeProvider _clock;
    private readonly Action<string> _tell;

    private SimulatedEstate(TlsFiles operatorFiles, TlsFiles readerFiles, TimeProvider clock, Action<string> tell)
    {
        Operator = operatorFiles;
        Reader = readerFiles;
        _clock = clock;
        _tell = tell;
    }

    /// <summary>The certificate of the operator's role, its key and the authority.</summary>
    public TlsFiles Operator { get; }

    /// <summary>The certificate of the reader's role, its key and the authority: what measuring needs.</summary>
    public TlsFiles Reader { get; }

    /// <summary>The hosts, in order of their names.</summary>
    public IReadOnlyList<SimulatedHost> Hosts => [.. _members.Select(static member => member.Host)];

    /// <summary>Starts one agent per description, all at once, and waits until each serves.</summary>
    /// <param name="descriptions">The files that describe the hosts; the file's name is the host's.</param>
    /// <param name="folder">Where certificates and the hosts' state are kept.</param>
    /// <param name="clock">The clock of deadlines and certificates.</param>
    /// <param name="tell">Told that an agent ended by itself and was started again, or why it could not be.</param>
    /// <param name="cancellationToken">Ends all agents again.</param>
    /// <exception cref="CommandException">An agent does not start; none is left running.</exception>
    public static async Task<SimulatedEstate> StartAsync(
        IEnumerable<string> descriptions,
        string folder,
        TimeProvider clock,
        Action<string> tell,
        CancellationToken cancellationToken
    )
    {
        var certificates = Path.Combine(folder, "certificates");
        using var authority = CertificateAuthority.Create("ExchangeVirt simulation", s_validity, clock);
        var estate = new SimulatedEstate(
            authority.IssueClient("operator", Roles.Operator, s_validity).Save(certificates, "operator"),
            authority.IssueClient("reader", Roles.Reader, s_validity).Save(certificates, "reader"),
            clock,
            tell
        );
        try
        {
            var starts = descriptions
                .Order(StringComparer.Ordinal)
                .Select(description =>
                {
                    var name = Path.GetFileNameWithoutExtension(description);
                    return new Member(
                        name,
                        description,
                        Path.Combine(folder, "hosts", name),
                        authority
                            .IssueHost(name, ["localhost"], [IPAddress.Loopback], s_validity)
                            .Save(certificates, name),
                        clock
                    );
                })
                .ToList();
            estate._members.AddRange(starts);
            await Task.WhenAll(starts.Select(member => member.StartAsync(cancellationToken)));
            foreach (var member in starts)
            {
                member.Supervision = estate.SuperviseAsync(member);
            }

            return estate;
        }
        catch
        {
            await estate.DisposeAsync();
            throw;
        }
    }

    /// <summary>Gives the last lines that each agent wrote.</summary>
    public IEnumerable<string> LogTails() =>
        _members.SelectMany(static member => member.Log.Lines.Select(line => $"{member.Name}: {line}"));

    /// <summary>Ends all agents, by their ids.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await Task.WhenAll(_members.Select(static member => member.EndAsync()));
        _ending.Dispose();
    }

    // A service manager starts an agent again, and so does this: killing one is a thing to try out.
    private async Task SuperviseAsync(Member member)
    {
        try
        {
            while (true)
            {
                await member.WaitForExitAsync(_ending.Token);
                await Task.Delay(s_restart, _clock, _ending.Token);
                await member.StartAsync(_ending.Token);
                _tell($"{member.Name}'s agent ended and was started again as process {member.Host.ProcessId}.");
            }
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // The estate ends.
        }
        catch (CommandException failure)
        {
            _tell(failure.Message);
        }
    }

    private sealed class Member(string name, string description, string state, TlsFiles certificate, TimeProvider clock)
    {
        private AgentProcess? _agent;
        private int _port;

        public string Name => name;

        public LogTail Log { get; } = new(LinesKept);

        public Task Supervision { get; set; } = Task.CompletedTask;

        public SimulatedHost Host =>
            _agent is { } agent
                ? new SimulatedHost(name, agent.Endpoint, agent.Id, description, state, certificate)
                : throw new InvalidOperationException($"{name}'s agent was not started.");

        public async Task StartAsync(CancellationToken cancellationToken)
        {
            if (_agent is { } ended)
            {
                await ended.DisposeAsync();
            }

            Directory.CreateDirectory(state);
            // A restarted agent keeps its port: the manifest names it.
            _agent = await AgentProcess.StartAsync(Arguments(), Log, clock, cancellationToken);
            _port = _agent.Endpoint.Port;
        }

        public Task WaitForExitAsync(CancellationToken cancellationToken) =>
            _agent!.WaitForExitAsync(cancellationToken);

        public async Task EndAsync()
        {
            await Supervision;
            if (_agent is { } agent)
            {
                await agent.DisposeAsync();
            }
        }

        private IEnumerable<string> Arguments() =>
            [
                "run",
                "--host-name",
                name,
                "--simulate",
                description,
                "--state",
                state,
                "--listen",
                $"127.0.0.1:{_port}",
                "--cert",
                certificate.CertificatePath,
                "--key",
                certificate.KeyPath,
                "--ca",
                certificate.AuthorityPath,
                "--exit-on-stdin-close",
            ];
    }
}

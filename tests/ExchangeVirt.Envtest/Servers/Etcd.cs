using ExchangeVirt.Envtest.Processes;

namespace ExchangeVirt.Envtest.Servers;

/// <summary>The store behind an API server.</summary>
public sealed class Etcd : Server
{
    private int _port;
    private int _peerPort;

    internal Etcd(string executable, string doomed)
        : base("etcd", executable, doomed, new HttpClient()) { }

    /// <summary>Gets where it answers.</summary>
    public Uri Address => new($"http://127.0.0.1:{_port}");

    /// <inheritdoc/>
    protected override void ChoosePorts() => (_port, _peerPort) = (Ports.Free(), Ports.Free());

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Arguments() =>
        [
            $"--data-dir={Path.Combine(Folder, "data")}",
            $"--listen-client-urls=http://127.0.0.1:{_port}",
            $"--advertise-client-urls=http://127.0.0.1:{_port}",
            $"--listen-peer-urls=http://127.0.0.1:{_peerPort}",
            $"--initial-advertise-peer-urls=http://127.0.0.1:{_peerPort}",
            $"--initial-cluster=default=http://127.0.0.1:{_peerPort}",
            // The data survive the process, which is all that tests do to it; they need not survive the machine.
            "--unsafe-no-fsync",
            "--log-level=warn",
        ];

    /// <inheritdoc/>
    protected override async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        using var response = await Http.GetAsync(new Uri(Address, "health"), cancellationToken);
        return response.IsSuccessStatusCode;
    }
}

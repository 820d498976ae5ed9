using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ExchangeVirt.Kubernetes.Tests.Faults;

/// <summary>Stands between a client and a server on loopback, and cuts or swallows what goes through.</summary>
internal sealed class TcpRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<int, Pair> _pairs = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly IPEndPoint _target;
    private readonly Task _accepting;
    private int _count;
    private volatile bool _swallows;
    private volatile bool _refuses;

    public TcpRelay(Uri target)
    {
        _target = new IPEndPoint(IPAddress.Loopback, target.Port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Gets where clients come in.</summary>
    public Uri Address => new($"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>Gets how many connections are open.</summary>
    public int Open => _pairs.Count;

    /// <summary>Closes all connections now; new ones are let through.</summary>
    public void Cut()
    {
        foreach (var pair in _pairs.Values)
        {
            pair.Dispose();
        }
    }

    /// <summary>Lets nothing through from now on, without closing anything: a peer that is silently gone.</summary>
    public void Swallow() => _swallows = true;

    /// <summary>Closes all connections and takes no new ones.</summary>
    public void Refuse()
    {
        _refuses = true;
        Cut();
    }

    /// <summary>Lets everything through again; what was swallowed is lost, so the connections that lost it are closed.</summary>
    public void Mend()
    {
        _swallows = false;
        _refuses = false;
        Cut();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                if (_refuses)
                {
                    client.Dispose();
                    continue;
                }

                _ = RelayAsync(client);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // It is being disposed of.
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        var number = Interlocked.Increment(ref _count);
        using var pair = new Pair(client, new TcpClient());
        _pairs[number] = pair;
        try
        {
            await pair.Server.ConnectAsync(_target, _stop.Token);
            await Task.WhenAny(PumpAsync(pair.Client, pair.Server), PumpAsync(pair.Server, pair.Client));
        }
        catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException)
        {
            // One side is gone: so is the other.
        }
        finally
        {
            _pairs.TryRemove(number, out _);
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.GetStream().ReadAsync(buffer, _stop.Token) is var count and > 0)
            {
                if (!_swallows)
                {
                    await to.GetStream().WriteAsync(buffer.AsMemory(0, count), _stop.Token);
                }
            }
        }
        catch (Exception exception)
            when (exception
                    is IOException
                        or ObjectDisposedException
                        or InvalidOperationException
                        or OperationCanceledException
            )
        {
            // Cut.
        }
    }

    private sealed class Pair(TcpClient client, TcpClient server) : IDisposable
    {
        public TcpClient Client { get; } = client;

        public TcpClient Server { get; } = server;

        public void Dispose()
        {
            Client.Dispose();
            Server.Dispose();
        }
    }
}

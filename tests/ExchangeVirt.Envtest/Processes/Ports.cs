using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace ExchangeVirt.Envtest.Processes;

/// <summary>Finds free ports of the loopback address.</summary>
public static class Ports
{
    // Below those that systems lend to outgoing connections: otherwise a client that tries to reach a server that is down can
    // be lent the server's own port, and then nobody else can have it.
    private const int First = 12_000;
    private const int Last = 30_000;

    private static readonly ConcurrentDictionary<int, bool> s_given = new();

    /// <summary>Finds a port that nobody listens on now and that was not given out before; another process may still take it first.</summary>
    public static int Free()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(First, Last);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                if (s_given.TryAdd(port, true))
                {
                    return port;
                }
            }
            catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse) { }
        }
    }
}

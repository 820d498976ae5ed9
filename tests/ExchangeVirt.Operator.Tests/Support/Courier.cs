using System.Net;
using System.Net.Sockets;

namespace ExchangeVirt.Operator.Tests.Support;

/// <summary>
/// Carries a byte to and fro over a loopback connection within this process, by the same way as calls to agents, and one to
/// the disk, as what is stored goes: on a busy machine it takes as much longer as they do. Each leg is waited for before it is
/// sent, so that it goes by the system's word of it and another thread, as theirs do.
/// </summary>
internal sealed class Courier(string folder) : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TcpClient _here = new();
    private TcpClient? _there;
    private FileStream? _disk;

    /// <summary>Goes to and fro.</summary>
    public async Task CarryAsync(int times)
    {
        if (_there is null)
        {
            _listener.Start();
            await _here.ConnectAsync((IPEndPoint)_listener.LocalEndpoint);
            _there = await _listener.AcceptTcpClientAsync();
            _here.NoDelay = _there.NoDelay = true;
        }

        var parcel = new byte[1];
        for (var time = 0; time < times; time++)
        {
            await SendAsync(_here, _there, parcel);
            await SendAsync(_there, _here, parcel);
        }

        _disk ??= new FileStream(Path.Combine(folder, "parcel"), FileMode.Create);
        _disk.Position = 0;
        _disk.Write(parcel);
        _disk.Flush(flushToDisk: true);
    }

    private static async Task SendAsync(TcpClient from, TcpClient to, ReadOnlyMemory<byte> parcel)
    {
        var comes = to.GetStream().ReadExactlyAsync(new byte[parcel.Length]).AsTask();
        await from.GetStream().WriteAsync(parcel);
        await comes;
    }

    public void Dispose()
    {
        _disk?.Dispose();
        _there?.Dispose();
        _here.Dispose();
        _listener.Dispose();
    }
}

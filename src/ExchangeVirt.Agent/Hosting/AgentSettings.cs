using System.Net;
using ExchangeVirt.Agent.Contract.Security;

namespace ExchangeVirt.Agent.Hosting;

/// <summary>How an agent runs.</summary>
public sealed record AgentSettings
{
    /// <summary>Gets where it listens; port 0: any that is free.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>Gets its certificate, key and authority.</summary>
    public required TlsFiles Tls { get; init; }

    /// <summary>Gets where it keeps what must outlive it.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>Gets the name it gives its host in faults.</summary>
    public required string HostName { get; init; }

    /// <summary>Gets the file that the bound address is written to; null: none.</summary>
    public string? EndpointFile { get; init; }

    /// <summary>Gets whether TLS 1.2 is spoken too, for Windows Server 2016 and 2019, which have no 1.3.</summary>
    public bool AllowTls12 { get; init; }

    /// <summary>Gets whether logs are JSON.</summary>
    public bool JsonLogs { get; init; }

    /// <summary>Gets after how long an action is answered with Accepted.</summary>
    public TimeSpan AcceptAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets the time between two heartbeats of a stream.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Gets the time between two full reads, varied by a fifth.</summary>
    public TimeSpan Resync { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Gets the time between two looks at the pause marker for the stream.</summary>
    public TimeSpan PauseCheck { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets the first pause after a failed read.</summary>
    public TimeSpan RetryFrom { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets the longest pause after failed reads.</summary>
    public TimeSpan RetryTo { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets how long an ended operation is remembered.</summary>
    public TimeSpan JournalAge { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Gets how many ended operations are remembered at most.</summary>
    public int JournalCount { get; init; } = 10_000;

    /// <summary>Gets how many changes a resumed watcher may have missed.</summary>
    public int ReplayedChanges { get; init; } = 4096;

    /// <summary>Gets how many changes a watcher may lag behind before it is cut.</summary>
    public int QueuedChanges { get; init; } = 1024;
}

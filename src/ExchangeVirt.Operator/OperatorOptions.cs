using ExchangeVirt.Runtime.Directories;
using Microsoft.Extensions.Logging;

namespace ExchangeVirt.Operator;

/// <summary>What an operator on a directory of manifests needs.</summary>
public sealed record OperatorOptions
{
    /// <summary>Gets where people write manifests; never written to.</summary>
    public required string ManifestDirectory { get; init; }

    /// <summary>Gets where the operator remembers; one operator at a time.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>Gets the operator's certificate (PEM), whose SAN gives it the role of operator.</summary>
    public required string CertificateFile { get; init; }

    /// <summary>Gets the certificate's key (PEM).</summary>
    public required string KeyFile { get; init; }

    /// <summary>Gets the private authority that agents' certificates are judged by (PEM).</summary>
    public required string CertificateAuthorityFile { get; init; }

    /// <summary>Gets the clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Gets the source of identifiers.</summary>
    public required Func<Guid> NewGuid { get; init; }

    /// <summary>Gets the source of chance: numbers from 0 (inclusive) to 1 (exclusive), for jitter.</summary>
    public required Func<double> Random { get; init; }

    /// <summary>Gets where log lines go.</summary>
    public required ILoggerFactory Loggers { get; init; }

    /// <summary>Gets how many VMs are worked on at the same time.</summary>
    public int Workers { get; init; } = 8;

    /// <summary>Gets how long a set of files must be unchanged before it is taken.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets the directory store's options.</summary>
    public DirectoryStoreOptions Store => new(ManifestDirectory, StateDirectory) { Settle = Settle };
}

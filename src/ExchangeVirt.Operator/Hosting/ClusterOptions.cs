using System.Net;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Runtime.Leadership;
using Microsoft.Extensions.Logging;

namespace ExchangeVirt.Operator.Hosting;

/// <summary>How an operator in a cluster runs.</summary>
public sealed record ClusterOptions
{
    /// <summary>Gets the kubeconfig; null: the pod's own service account, or the user's usual one.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>Gets the kubeconfig's context; null: its current one.</summary>
    public string? Context { get; init; }

    /// <summary>Gets the namespace of the Lease and of what must outlive it; null: the pod's own, else <c>exchangevirt-system</c>.</summary>
    public string? Namespace { get; init; }

    /// <summary>Gets the folder of the certificate by which agents know the operator.</summary>
    public required string Certificates { get; init; }

    /// <summary>Gets the webhook; null: it is not served.</summary>
    public WebhookOptions? Webhook { get; init; }

    /// <summary>Gets where <c>/healthz</c> and <c>/readyz</c> are served.</summary>
    public required IPEndPoint Health { get; init; }

    /// <summary>Gets where <c>/metrics</c> is served.</summary>
    public required IPEndPoint Metrics { get; init; }

    /// <summary>Gets how the leader is found; null: there is only this one.</summary>
    public LeaseElectorOptions? Election { get; init; }

    /// <summary>Gets the name of this process in events.</summary>
    public required string Identity { get; init; }

    /// <summary>Gets how many VMs are worked on at the same time.</summary>
    public int Workers { get; init; } = 8;

    /// <summary>Gets whether agents may speak TLS 1.2, for hosts on Windows Server 2016 and 2019, which have no 1.3.</summary>
    public bool AllowTls12 { get; init; }
}

/// <summary>How the webhook is served.</summary>
/// <param name="Certificates">The folder with <c>tls.crt</c> and <c>tls.key</c>, as in a Secret.</param>
/// <param name="Listen">Where it listens.</param>
/// <param name="UnknownReferences">What becomes of an object that names a DAG or a policy that does not exist.</param>
public sealed record WebhookOptions(string Certificates, IPEndPoint Listen, UnknownReferences UnknownReferences);

/// <summary>What an operator takes from outside; made once, in Program.cs.</summary>
/// <param name="Time">The clock.</param>
/// <param name="NewGuid">The source of identifiers.</param>
/// <param name="Random">The source of chance: numbers from 0 (inclusive) to 1 (exclusive).</param>
/// <param name="Loggers">Where log lines go.</param>
/// <param name="Abort">Ends the process at once, where work does not end in time and another may begin it.</param>
public sealed record ClusterSeams(
    TimeProvider Time,
    Func<Guid> NewGuid,
    Func<double> Random,
    ILoggerFactory Loggers,
    Action Abort
);

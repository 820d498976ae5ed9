using ExchangeVirt.Agent.Contract.Client;
using ExchangeVirt.Agent.Contract.Security;
using ExchangeVirt.Operator.Admission;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime;
using ExchangeVirt.Runtime.Kubernetes;
using ExchangeVirt.Runtime.Leadership;
using ExchangeVirt.Runtime.Queueing;
using ExchangeVirt.Runtime.Stores;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExchangeVirt.Operator.Hosting;

/// <summary>
/// The operator in a cluster. Every replica follows the API server; the one that holds the lease works, and ends with it: a
/// process that lost the lease starts again from nothing.
/// </summary>
public sealed partial class ClusterOperator : IAsyncDisposable
{
    /// <summary>The name in Kubernetes of the operator: of its Lease, and of whoever writes status.</summary>
    public const string Name = "exchangevirt-operator";

    /// <summary>The namespace where none is named.</summary>
    public const string DefaultNamespace = "exchangevirt-system";

    private static readonly Backoff s_backoff = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(15));

    private readonly ClusterSeams _seams;
    private readonly KubernetesApi _api;
    private readonly Epoch _epoch;
    private readonly ControlPlane _plane;
    private readonly LeaseElector? _elector;
    private readonly OperatorMeters _meters;
    private readonly IReadOnlyList<WebApplication> _servers;
    private readonly ILogger _logger;
    private readonly TimeSpan _margin;

    private ClusterOperator(
        ClusterOptions options,
        ClusterSeams seams,
        KubernetesApi api,
        Epoch epoch,
        ControlPlane plane,
        LeaseElector? elector,
        WebApplication? webhook,
        OperatorMeters meters,
        ILogger logger
    )
    {
        _seams = seams;
        _api = api;
        _epoch = epoch;
        _plane = plane;
        _elector = elector;
        _meters = meters;
        _logger = logger;
        _margin = options.Election is { } election ? election.LeaseDuration - election.RenewDeadline : TimeSpan.Zero;
        var endpoints = OperatorEndpoints.Create(
            options,
            new Health(
                plane.Informers,
                elector is null ? null : () => new LeaseSight(elector.IsLeading, elector.SinceLook)
            ),
            meters,
            seams
        );
        _servers = webhook is null ? [endpoints] : [endpoints, webhook];
    }

    /// <summary>Connects, and reads or makes the installation's identity, for which it waits until the API server answers.</summary>
    /// <exception cref="k8s.Exceptions.KubeConfigException">The kubeconfig cannot be used.</exception>
    /// <exception cref="TlsFileException">The certificate for agents cannot be used.</exception>
    public static async Task<ClusterOperator> OpenAsync(
        ClusterOptions options,
        ClusterSeams seams,
        CancellationToken cancellationToken
    )
    {
        var logger = seams.Loggers.CreateLogger<ClusterOperator>();
        var identity = new TlsIdentitySource(
            AgentCertificate.In(options.Certificates),
            failure => LogUnusableCertificate(logger, failure.Message)
        );
        var connection = ApiConnection.Find(options.Kubeconfig, options.Context, $"{Name}/{ProductVersion.Text}");
        var ofNamespace = options.Namespace ?? (connection.IsInPod ? connection.Namespace : null) ?? DefaultNamespace;
        var api = connection.Connect(seams.Time);
        // Before anything is counted: what is counted while nobody listens is lost.
        var meters = OperatorMeters.Start();
        try
        {
            var control = new ConfigMapControlState(api, ofNamespace, Name, seams.Random, seams.Time);
            var elector = options.Election is null
                ? null
                : new LeaseElector(
                    new KubernetesLease(api, new ResourceKey(ofNamespace, Name), Name),
                    options.Election,
                    seams.Time,
                    seams.Random,
                    seams.Loggers.CreateLogger<LeaseElector>()
                );
            var epoch = await OpenEpochAsync(control, elector, seams, logger, cancellationToken);
            LogBegins(logger, ProductVersion.Text, api.Server, ofNamespace, options.Identity);
            var store = Store(options, seams, api);
            var plane = Plane(options, seams, store, control, identity, epoch, elector);
            var webhook = Webhook(options, seams, store, plane);
            meters.Publish(
                plane,
                elector is null ? null : () => elector.IsLeading,
                Certificates(identity, webhook),
                seams.Time
            );
            return new ClusterOperator(options, seams, api, epoch, plane, elector, webhook, meters, logger);
        }
        catch
        {
            meters.Dispose();
            api.Dispose();
            throw;
        }
    }

    /// <summary>Gets the controllers and what they know.</summary>
    public ControlPlane ControlPlane => _plane;

    /// <summary>Works until cancelled, whenever it leads.</summary>
    /// <exception cref="LeadershipLostException">It led and had to stop.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        foreach (var server in _servers)
        {
            await server.StartAsync(stop.Token);
        }

        Task[] parts = [_plane.WatchAsync(stop.Token), LeadAsync(stop.Token)];
        await Task.WhenAny(parts);
        await stop.CancelAsync();
        try
        {
            // Both are waited for whatever the one has thrown: what is under way still writes.
            await Task.WhenAll(parts);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            LogEnds(_logger);
        }
        finally
        {
            foreach (var server in _servers)
            {
                await server.StopAsync(CancellationToken.None);
            }
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        await _plane.DisposeAsync();
        _meters.Dispose();
        _epoch.Dispose();
        _api.Dispose();
    }

    private async Task LeadAsync(CancellationToken cancellationToken)
    {
        // Who cannot read the cluster does not keep the lease from those who can.
        await _plane.Synced.WaitAsync(cancellationToken);
        if (_elector is null)
        {
            await _plane.LeadAsync(cancellationToken);
            return;
        }

        await _elector.RunAsync(token => WorkAsync(_elector, token), cancellationToken);
    }

    private async Task WorkAsync(LeaseElector elector, CancellationToken cancellationToken)
    {
        await using var overdue = _seams.Time.CreateTimer(
            _ =>
            {
                if (!elector.IsLeading)
                {
                    LogOverdue(_logger, _margin.TotalSeconds);
                    _seams.Abort();
                }
            },
            state: null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
        await using var registration = cancellationToken.Register(() =>
            overdue.Change(_margin, Timeout.InfiniteTimeSpan)
        );
        await _plane.LeadAsync(cancellationToken);
    }

    private static KubernetesStore Store(ClusterOptions options, ClusterSeams seams, KubernetesApi api) =>
        new(
            api,
            new KubernetesStoreOptions
            {
                FieldManager = Name,
                Instance = options.Identity,
                Json = ResourceJson.Received,
            },
            seams.Random
        );

    // Every replica answers it, from caches of its own: judging needs no leader.
    private static WebApplication? Webhook(
        ClusterOptions options,
        ClusterSeams seams,
        KubernetesStore store,
        ControlPlane plane
    ) =>
        options.Webhook is not { } webhook
            ? null
            : AdmissionServer.Create(
                new AdmissionServerOptions(
                    webhook.Listen,
                    Path.Combine(webhook.Certificates, "tls.crt"),
                    Path.Combine(webhook.Certificates, "tls.key"),
                    new AdmissionWebhook(
                        new AdmissionLookups(plane.Caches, store, () => plane.Synced.IsCompletedSuccessfully),
                        webhook.UnknownReferences,
                        seams.Time,
                        seams.Loggers.CreateLogger<AdmissionWebhook>()
                    ),
                    seams.Loggers
                )
            );

    private static ControlPlane Plane(
        ClusterOptions options,
        ClusterSeams seams,
        KubernetesStore store,
        ConfigMapControlState control,
        TlsIdentitySource identity,
        Epoch epoch,
        LeaseElector? elector
    )
    {
        var connector = new HostAgentConnector(
            new HostAgentConnectorOptions
            {
                Identity = identity,
                Epoch = () => epoch.Current,
                Time = seams.Time,
                AllowTls12 = options.AllowTls12,
            }
        );
        return new ControlPlane(
            new ControlPlaneSeams(
                store,
                control,
                elector is null ? connector : new LeadingConnector(connector, () => elector.IsLeading),
                epoch,
                seams.Time,
                seams.NewGuid,
                seams.Random,
                seams.Loggers,
                options.Workers
            )
        );
    }

    private static Dictionary<string, Func<DateTimeOffset>> Certificates(
        TlsIdentitySource identity,
        WebApplication? webhook
    )
    {
        Dictionary<string, Func<DateTimeOffset>> expiries = new(StringComparer.Ordinal)
        {
            ["agent-client"] = () => new DateTimeOffset(identity.Current.Certificate.NotAfter.ToUniversalTime()),
        };
        if (webhook?.Services.GetRequiredService<ServerCertificateSource>() is { } served)
        {
            expiries["webhook"] = () => served.ExpiresAt;
        }

        return expiries;
    }

    private static async Task<Epoch> OpenEpochAsync(
        ConfigMapControlState control,
        LeaseElector? elector,
        ClusterSeams seams,
        ILogger logger,
        CancellationToken cancellationToken
    )
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                return await Epoch.OpenAsync(
                    control,
                    seams.NewGuid,
                    elector is null ? static _ => Task.CompletedTask : elector.EnsureLeadingAsync,
                    cancellationToken
                );
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                var delay = s_backoff.Delay(failures, seams.Random());
                LogNotOpened(
                    logger,
                    ExpectedFailure.StackOf(exception),
                    ExpectedFailure.Describe(exception),
                    delay.TotalSeconds
                );
                await Task.Delay(delay, seams.Time, cancellationToken);
            }
        }
    }

    [LoggerMessage(
        EventId = 1051,
        Level = LogLevel.Information,
        Message = "Version {Version} begins at {Server} in namespace {Namespace} as {Identity}"
    )]
    private static partial void LogBegins(
        ILogger logger,
        string version,
        Uri server,
        string @namespace,
        string identity
    );

    [LoggerMessage(EventId = 1052, Level = LogLevel.Information, Message = "The operator ends; hosts stay as they are")]
    private static partial void LogEnds(ILogger logger);

    [LoggerMessage(
        EventId = 1053,
        Level = LogLevel.Warning,
        Message = "The installation's identity cannot be read: {Problem} Trying again in {Seconds:0.#} s"
    )]
    private static partial void LogNotOpened(ILogger logger, Exception? exception, string problem, double seconds);

    [LoggerMessage(
        EventId = 1054,
        Level = LogLevel.Error,
        Message = "Changed certificate files cannot be used, and the last good ones stay in use: {Problem}"
    )]
    private static partial void LogUnusableCertificate(ILogger logger, string problem);

    [LoggerMessage(
        EventId = 1055,
        Level = LogLevel.Critical,
        Message = "Leadership was lost and work did not end within {Seconds} s; the process ends at once"
    )]
    private static partial void LogOverdue(ILogger logger, double seconds);
}

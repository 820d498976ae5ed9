using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.Operator.Hosting;
using ExchangeVirt.Operator.Tests.Support;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Stores;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;

namespace ExchangeVirt.Operator.Tests.Metrics;

/// <summary>What /metrics tells of a small estate.</summary>
[Collection(AloneInTheProcess.Name)]
public sealed class ExpositionScenes
{
    /// <summary>Every metric of an operator on a directory; on a cluster come those of the API server, and of the webhook.</summary>
    private static readonly Dictionary<string, string> s_types = new(StringComparer.Ordinal)
    {
        ["controller_runtime_active_workers"] = "gauge",
        ["controller_runtime_max_concurrent_reconciles"] = "gauge",
        ["controller_runtime_reconcile_errors_total"] = "counter",
        ["controller_runtime_reconcile_panics_total"] = "counter",
        ["controller_runtime_reconcile_time_seconds"] = "histogram",
        ["controller_runtime_reconcile_timeouts_total"] = "counter",
        ["controller_runtime_reconcile_total"] = "counter",
        ["controller_runtime_terminal_reconcile_errors_total"] = "counter",
        ["exchangevirt_action_duration_seconds"] = "histogram",
        ["exchangevirt_actions_total"] = "counter",
        ["exchangevirt_agent_certificate_expiry_timestamp_seconds"] = "gauge",
        ["exchangevirt_availability_group_disruptions_allowed"] = "gauge",
        ["exchangevirt_build_info"] = "gauge",
        ["exchangevirt_host_reachable"] = "gauge",
        ["exchangevirt_host_vcpu_ratio"] = "gauge",
        ["exchangevirt_host_within_ratio"] = "gauge",
        ["exchangevirt_operator_certificate_expiry_timestamp_seconds"] = "gauge",
        ["exchangevirt_paused"] = "gauge",
        ["exchangevirt_virtual_machine_condition"] = "gauge",
        ["exchangevirt_virtual_machine_last_backup_timestamp_seconds"] = "gauge",
        ["exchangevirt_virtual_machine_setting_drift_seconds"] = "gauge",
        ["exchangevirt_watch_last_event_timestamp_seconds"] = "gauge",
        ["leader_election_master_status"] = "gauge",
        ["workqueue_adds_total"] = "counter",
        ["workqueue_depth"] = "gauge",
        ["workqueue_longest_running_processor_seconds"] = "gauge",
        ["workqueue_queue_duration_seconds"] = "histogram",
        ["workqueue_retries_total"] = "counter",
        ["workqueue_unfinished_work_seconds"] = "gauge",
        ["workqueue_work_duration_seconds"] = "histogram",
    };

    /// <summary>What is the operator's own, without what tells only how long something took.</summary>
    private const string Told = """
        exchangevirt_action_duration_seconds_count{action="MarkOwner"} …
        exchangevirt_actions_total{action="MarkOwner",result="changed"} 1
        exchangevirt_agent_certificate_expiry_timestamp_seconds{host="hv01"} 1971000000
        exchangevirt_agent_certificate_expiry_timestamp_seconds{host="hv02"} 1971000000
        exchangevirt_availability_group_disruptions_allowed{name="dag01",namespace="messaging"} 0
        exchangevirt_build_info{version="0.1.0"} 1
        exchangevirt_host_reachable{host="hv01"} 1
        exchangevirt_host_reachable{host="hv02"} 1
        exchangevirt_host_vcpu_ratio{host="hv01"} 0.32
        exchangevirt_host_vcpu_ratio{host="hv02"} 0.19
        exchangevirt_host_within_ratio{host="hv01"} 1
        exchangevirt_host_within_ratio{host="hv02"} 1
        exchangevirt_operator_certificate_expiry_timestamp_seconds{certificate="agent-client"} 1901275200
        exchangevirt_paused{scope="agent"} 0
        exchangevirt_paused{scope="everywhere"} 0
        exchangevirt_paused{scope="hold"} 0
        exchangevirt_paused{scope="policy"} 0
        exchangevirt_paused{scope="virtual_machine"} 1
        exchangevirt_virtual_machine_condition{condition="Ready",name="ex01",namespace="messaging",status="True"} 1
        exchangevirt_virtual_machine_condition{condition="Ready",name="ex02",namespace="messaging",status="True"} 1
        exchangevirt_virtual_machine_condition{condition="RestartPending",name="ex01",namespace="messaging",status="False"} 1
        exchangevirt_virtual_machine_condition{condition="RestartPending",name="ex02",namespace="messaging",status="True"} 1
        exchangevirt_virtual_machine_condition{condition="Supported",name="ex01",namespace="messaging",status="True"} 1
        exchangevirt_virtual_machine_condition{condition="Supported",name="ex02",namespace="messaging",status="True"} 1
        exchangevirt_virtual_machine_condition{condition="Synced",name="ex01",namespace="messaging",status="True"} 1
        exchangevirt_virtual_machine_condition{condition="Synced",name="ex02",namespace="messaging",status="False"} 1
        exchangevirt_virtual_machine_last_backup_timestamp_seconds{name="ex01",namespace="messaging"} 1893481200
        exchangevirt_virtual_machine_setting_drift_seconds{name="ex02",namespace="messaging",setting="Checkpoints",state="Blocked"} …
        exchangevirt_virtual_machine_setting_drift_seconds{name="ex02",namespace="messaging",setting="ProcessorCount",state="RestartPending"} …
        exchangevirt_watch_last_event_timestamp_seconds{kind="DatabaseAvailabilityGroup"} …
        exchangevirt_watch_last_event_timestamp_seconds{kind="ExchangeVirtualMachine"} …
        exchangevirt_watch_last_event_timestamp_seconds{kind="HyperVHost"} …
        exchangevirt_watch_last_event_timestamp_seconds{kind="VirtualMachineMigration"} …
        exchangevirt_watch_last_event_timestamp_seconds{kind="VirtualizationPolicy"} …
        """;

    [Fact]
    public async Task A_small_estate_is_told_of_in_full()
    {
        await using var estate = new EstateUnderTest();
        await using var endpoints = new Endpoints(estate);
        await StartAsync(estate);
        await endpoints.StartAsync(static () => true);

        var seen = await endpoints.ScrapeAsync();

        Assert.Equal(Words(s_types), Words(seen.Types));
        Assert.All(s_types.Keys, name => Assert.Contains($"# HELP {name} ", seen.Text, StringComparison.Ordinal));
        Assert.Equal(
            Told.Split('\n'),
            seen.Series("exchangevirt_")
                .Where(static series => !IsOfTime(series) && !IsOfAnotherAsk(series))
                .Select(series => Tell(seen, series))
        );
        // Every time is counted.
        Assert.Equal(
            seen.Series("exchangevirt_actions_total").Sum(series => seen[series]),
            seen["exchangevirt_action_duration_seconds_count{action=\"MarkOwner\"}"]
        );
        Assert.InRange(
            seen[
                "exchangevirt_virtual_machine_setting_drift_seconds{name=\"ex02\",namespace=\"messaging\",setting=\"ProcessorCount\",state=\"RestartPending\"}"
            ],
            0,
            (estate.Time.GetUtcNow() - estate.Time.Start).TotalSeconds
        );
        Assert.Equal(1, seen["leader_election_master_status{name=\"exchangevirt-operator\"}"]);
        Assert.Equal(4, seen["controller_runtime_max_concurrent_reconciles{controller=\"exchangevirtualmachine\"}"]);
        string[] results = ["error", "requeue", "requeue_after", "success"];
        Assert.Equal(
            results.Select(static result =>
                $"controller_runtime_reconcile_total{{controller=\"virtualmachinemigration\",result=\"{result}\"}}"
            ),
            seen.Series("controller_runtime_reconcile_total{controller=\"virtualmachinemigration\"")
        );
        Assert.DoesNotContain("otel_", seen.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_leader_tells_of_hosts_and_VMs()
    {
        await using var estate = new EstateUnderTest();
        await using var endpoints = new Endpoints(estate);
        await StartAsync(estate);
        await endpoints.StartAsync(static () => false);

        var seen = await endpoints.ScrapeAsync();

        // What was counted here stays counted: that is no state of the estate.
        string[] own =
        [
            "exchangevirt_build_info",
            "exchangevirt_operator_",
            "exchangevirt_watch_",
            "exchangevirt_action",
        ];
        Assert.DoesNotContain(
            seen.Series("exchangevirt_"),
            series => !own.Any(name => series.StartsWith(name, StringComparison.Ordinal))
        );
        Assert.Equal(5, seen.Series("exchangevirt_watch_").Count);
        Assert.Equal(0, seen["leader_election_master_status{name=\"exchangevirt-operator\"}"]);
    }

    [Fact]
    public async Task What_is_gone_is_told_of_no_more()
    {
        await using var estate = new EstateUnderTest();
        await using var endpoints = new Endpoints(estate);
        await StartAsync(estate);
        await endpoints.StartAsync(static () => true);
        Assert.NotEmpty(Of("ex02", await endpoints.ScrapeAsync()));

        Assert.True(
            await estate.Store.DeleteAsync<ExchangeVirtualMachine>(
                new ResourceKey("messaging", "ex02"),
                CancellationToken.None
            )
        );
        Assert.True(await estate.Store.DeleteAsync<HyperVHost>(new ResourceKey(null, "hv02"), CancellationToken.None));
        await estate.UntilAsync(
            () => estate.Machine("ex02") is null && estate.Plane.Fleet.Host("hv02") is null,
            "both are gone"
        );

        // What was scraped is given again for a moment.
        var left = await endpoints.ScrapeUntilAsync(static seen => Of("ex02", seen).Count == 0);
        Assert.Empty(Of("hv02", left));
        Assert.NotEmpty(Of("ex01", left));
        Assert.NotEmpty(Of("hv01", left));

        static List<string> Of(string name, Scraped seen) =>
            [.. seen.Series("exchangevirt_").Where(series => series.Contains($"\"{name}\"", StringComparison.Ordinal))];
    }

    [Fact]
    public async Task Each_port_serves_its_own_paths()
    {
        await using var estate = new EstateUnderTest();
        await using var endpoints = new Endpoints(estate);
        await estate.StartAsync();
        await endpoints.StartAsync(static () => true);

        Assert.Equal(HttpStatusCode.OK, await endpoints.StatusAsync(endpoints.Metrics("/metrics")));
        Assert.Equal(HttpStatusCode.OK, await endpoints.StatusAsync(endpoints.Health("/healthz")));
        Assert.Equal(HttpStatusCode.OK, await endpoints.StatusAsync(endpoints.Health("/readyz")));
        Assert.Equal(HttpStatusCode.NotFound, await endpoints.StatusAsync(endpoints.Health("/metrics")));
        Assert.Equal(HttpStatusCode.NotFound, await endpoints.StatusAsync(endpoints.Metrics("/healthz")));
        Assert.Equal(HttpStatusCode.NotFound, await endpoints.StatusAsync(endpoints.Metrics("/readyz")));
    }

    [Fact]
    public async Task A_renewed_certificate_of_an_agent_is_noticed_within_hours_and_the_host_stays_known()
    {
        await using var estate = new EstateUnderTest { ConnectionLifetime = TimeSpan.Zero };
        await using var endpoints = new Endpoints(estate);
        await StartAsync(estate);
        await endpoints.StartAsync(static () => true);
        const string Expiry = "exchangevirt_agent_certificate_expiry_timestamp_seconds{host=\"hv01\"}";
        var before = (await endpoints.ScrapeAsync())[Expiry];
        var unreachable = 0;
        estate.Watching = () => unreachable += estate.Plane.Fleet.Host("hv01") is { Reachable: true } ? 0 : 1;

        var known = estate.Plane.Connections.CertificateExpiries()["hv01"];
        estate.RenewCertificate("hv01", TimeSpan.FromDays(1800));
        var renewed = estate.Time.GetUtcNow();
        await estate.PassAsync(TimeSpan.FromHours(5), TimeSpan.FromSeconds(10));
        await estate.UntilAsync(
            () => estate.Plane.Connections.CertificateExpiries().GetValueOrDefault("hv01") > known,
            "the renewed certificate is seen",
            step: TimeSpan.FromSeconds(10)
        );

        Assert.True(estate.Time.GetUtcNow() - renewed < TimeSpan.FromHours(6));
        var after = await endpoints.ScrapeUntilAsync(seen => seen[Expiry] > before);
        var later = after[Expiry] - before - TimeSpan.FromDays(900).TotalSeconds;
        Assert.InRange(later, 0, (renewed - estate.Time.Start).TotalSeconds);
        Assert.Equal(0, unreachable);
    }

    private static IEnumerable<string> Words(IEnumerable<KeyValuePair<string, string>> types) =>
        types.Select(static pair => $"{pair.Key} {pair.Value}").Order(StringComparer.Ordinal);

    private static string Tell(Scraped seen, string series) =>
        series.StartsWith("exchangevirt_virtual_machine_setting_drift", StringComparison.Ordinal)
        || series.StartsWith("exchangevirt_action_duration_seconds_count", StringComparison.Ordinal)
        || series.StartsWith("exchangevirt_watch_", StringComparison.Ordinal)
            ? $"{series} …"
            : FormattableString.Invariant($"{series} {seen[series]}");

    // What a host did before its word of it came may be asked for again: it is refused by then, or changes nothing.
    private static bool IsOfAnotherAsk(string series) =>
        series.StartsWith("exchangevirt_actions_total", StringComparison.Ordinal)
        && (
            series.Contains("result=\"refused\"", StringComparison.Ordinal)
            || series.Contains("result=\"unchanged\"", StringComparison.Ordinal)
        );

    private static bool IsOfTime(string series) =>
        series.StartsWith("exchangevirt_action_duration_seconds_bucket", StringComparison.Ordinal)
        || series.StartsWith("exchangevirt_action_duration_seconds_sum", StringComparison.Ordinal);

    private static async Task StartAsync(EstateUnderTest estate)
    {
        estate.AddHost("hv01", EstateUnderTest.Right("ex01") with { LastBackupHoursAgo = 5 });
        estate.AddHost(
            "hv02",
            EstateUnderTest.Right("ex02") with
            {
                Processors = 4,
                CheckpointType = SimulatedCheckpointType.Standard,
            }
        );
        estate.WritePolicy();
        estate.WriteGroup();
        estate.WriteMachine("ex01", "databaseAvailabilityGroup: dag01");
        estate.WriteMachine("ex02", more: "  paused: true");
        await estate.StartAsync();
        await estate.UntilAsync(
            () =>
                estate.IsInSync("ex01")
                && estate.Is("ex02", "RestartPending")
                && estate.Group()?.Status?.Members == 1
                && estate
                    .Plane.Caches.Hosts.List()
                    .All(static host => host.Status?.Processor?.OverallRatio is not null),
            "ex01 in sync, ex02 and the hosts looked at"
        );
    }

    /// <summary>The operator's own server of health and metrics, over a control plane that a test runs.</summary>
    private sealed class Endpoints(EstateUnderTest estate) : IAsyncDisposable
    {
        private readonly OperatorMeters _meters = OperatorMeters.Start();
        private readonly HttpClient _client = new();

        // Bound at once when they are chosen: a port that is only known to be free does not stay so.
        private IPEndPoint _health = Unbound;
        private IPEndPoint _metrics = Unbound;
        private WebApplication? _server;

        public Uri Health(string path) => new($"http://{_health}{path}");

        public Uri Metrics(string path) => new($"http://{_metrics}{path}");

        public async Task StartAsync(Func<bool> isLeading)
        {
            _meters.Publish(
                estate.Plane,
                isLeading,
                new Dictionary<string, Func<DateTimeOffset>>
                {
                    ["agent-client"] = () => estate.Time.Start + TimeSpan.FromDays(90),
                },
                estate.Time
            );
            (_health, _metrics) = (Free(), Free());
            _server = OperatorEndpoints.Create(
                new ClusterOptions
                {
                    Certificates = "",
                    Health = _health,
                    Metrics = _metrics,
                    Identity = "test",
                },
                new Health(estate.Plane.Informers),
                _meters,
                new ClusterSeams(
                    estate.Time,
                    static () => Guid.Empty,
                    static () => 0.5,
                    NullLoggerFactory.Instance,
                    static () => { }
                )
            );
            await _server.StartAsync();
        }

        public async Task<HttpStatusCode> StatusAsync(Uri address)
        {
            using var response = await _client.GetAsync(address);
            return response.StatusCode;
        }

        public async Task<Scraped> ScrapeAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Metrics("/metrics"));
            // As Prometheus asks.
            request.Headers.TryAddWithoutValidation(
                "Accept",
                "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
            );
            using var response = await _client.SendAsync(request);
            response.EnsureSuccessStatusCode();
            Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
            return new Scraped(await response.Content.ReadAsStringAsync());
        }

        public async Task<Scraped> ScrapeUntilAsync(Func<Scraped, bool> isSo)
        {
            var watch = Stopwatch.StartNew();
            while (true)
            {
                var seen = await ScrapeAsync();
                if (isSo(seen))
                {
                    return seen;
                }

                Assert.True(watch.Elapsed < TimeSpan.FromMinutes(2), $"Never came:\n{seen.Text}");
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (_server is not null)
            {
                await _server.DisposeAsync();
            }

            _client.Dispose();
            _meters.Dispose();
        }

        private static IPEndPoint Unbound => new(IPAddress.Loopback, 1);

        private static IPEndPoint Free()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            return (IPEndPoint)listener.LocalEndpoint;
        }
    }
}

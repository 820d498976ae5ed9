using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Clients;

namespace ExchangeVirt.Kubernetes.Tests.Observing;

/// <summary>What the executables let be seen of them: metrics, traces and log lines.</summary>
public sealed class ObservedTests(SharedObservedEstate shared) : IClassFixture<SharedObservedEstate>
{
    [Fact]
    public async Task What_both_replicas_serve_is_clean_by_promtool()
    {
        var estate = await shared.GetAsync();
        var promtool = await Promtool.FindAsync(estate.Folder);

        foreach (var port in new[] { estate.LeaderPort, estate.StandbyPort })
        {
            var checkedBy = await promtool.FeedAsync(await estate.ScrapeAsync(port), "check", "metrics");

            Assert.True(checkedBy.ExitCode == 0, checkedBy.All);
            // Lints do not all fail it.
            Assert.Equal("", checkedBy.Output + checkedBy.Error);
        }
    }

    [Fact]
    public async Task The_leader_tells_of_the_fleet_and_the_standby_of_itself_alone()
    {
        var estate = await shared.GetAsync();
        var leader = await estate.ScrapeAsync(estate.LeaderPort);
        var standby = await estate.ScrapeAsync(estate.StandbyPort);

        string[] ofTheFleet =
        [
            "exchangevirt_host_reachable{host=\"hv01\"} 1",
            "exchangevirt_virtual_machine_condition{condition=\"RestartPending\",name=\"ex01\",namespace=\"default\",status=\"True\"} 1",
            "exchangevirt_virtual_machine_setting_drift_seconds{name=\"ex01\",namespace=\"default\",setting=\"AutomaticStopAction\",state=\"RestartPending\"} ",
            "exchangevirt_agent_certificate_expiry_timestamp_seconds{host=\"hv01\"} ",
            "exchangevirt_actions_total{action=\"DisableCheckpoints\",result=\"changed\"} 1",
        ];
        Assert.All(ofTheFleet, series => Assert.Contains("\n" + series, leader, StringComparison.Ordinal));
        Assert.All(ofTheFleet, series => Assert.DoesNotContain("\n" + series, standby, StringComparison.Ordinal));
        Assert.Contains(
            "\nleader_election_master_status{name=\"exchangevirt-operator\"} 1",
            leader,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "\nleader_election_master_status{name=\"exchangevirt-operator\"} 0",
            standby,
            StringComparison.Ordinal
        );
        string[] ofEach =
        [
            "exchangevirt_build_info{version=\"",
            "exchangevirt_watch_last_event_timestamp_seconds{kind=\"ExchangeVirtualMachine\"} ",
            "exchangevirt_operator_certificate_expiry_timestamp_seconds{certificate=\"agent-client\"} ",
            "exchangevirt_operator_certificate_expiry_timestamp_seconds{certificate=\"webhook\"} ",
            "controller_runtime_webhook_requests_total{code=\"500\",webhook=\"/validate\"} 0",
            "controller_runtime_webhook_requests_in_flight{webhook=\"/validate\"} 0",
            "rest_client_requests_total{code=\"200\",host=\"",
            "rest_client_request_duration_seconds_bucket{host=\"",
            "rest_client_rate_limiter_duration_seconds_count{host=\"",
            "workqueue_depth{controller=\"hypervhost\",name=\"hypervhost\"} ",
            "controller_runtime_reconcile_total{controller=\"hypervhost\",result=\"error\"} 0",
        ];
        Assert.All(ofEach, series => Assert.Contains("\n" + series, leader, StringComparison.Ordinal));
        Assert.All(ofEach, series => Assert.Contains("\n" + series, standby, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Operator_and_agent_send_their_spans_to_where_the_variable_says()
    {
        var estate = await shared.GetAsync();

        await Until.TrueAsync(
            "the operator's spans came",
            () => estate.Collector.Has("exvirt-operator", "Ask DisableCheckpoints")
        );
        await Until.TrueAsync(
            "the agent's spans came",
            () => estate.Collector.Has("exvirt-agent", "Msvm_VirtualSystemManagementService.ModifySystemSettings")
        );
        // A parent ends after its children, and so may come later.
        await Until.TrueAsync(
            "the spans around them came",
            () =>
                estate.Collector.Has("exvirt-operator", "Reconcile ExchangeVirtualMachine")
                && estate.Collector.Has("exvirt-operator", "exchangevirt.agent.v1.HostAgent/Apply")
                && estate.Collector.Has("exvirt-agent", "Operation DisableCheckpoints")
        );
        Assert.All(estate.Collector.Received, static message => Assert.Equal("/v1/traces", message.Path));
        // What belongs to no pass: streams, leases, and the sending itself.
        string[] none = ["HostAgent/Watch", "/leases/", "/v1/traces"];
        Assert.All(none, text => Assert.False(estate.Collector.Has("exvirt-operator", text), text));
    }

    [Fact]
    public async Task Every_line_that_a_process_writes_is_a_JSON_object_of_one_form()
    {
        var estate = await shared.GetAsync();

        foreach (var (name, lines) in estate.Lines)
        {
            Assert.NotEmpty(lines);
            Assert.All(lines, line => AssertIsLine(name, line));
        }

        Assert.Contains(
            estate.Lines["leader"],
            static line => line.Contains("\"TraceId\":\"", StringComparison.Ordinal)
        );
        Assert.Contains(
            estate.Lines["agent"],
            static line => line.Contains("\"TraceId\":\"", StringComparison.Ordinal)
        );
    }

    private static void AssertIsLine(string name, string line)
    {
        JsonObject parsed;
        try
        {
            parsed = JsonNode.Parse(line)!.AsObject();
        }
        catch (JsonException wrong)
        {
            Assert.Fail($"{name} wrote what is no JSON ({wrong.Message}): {line}");
            return;
        }

        var at = (string?)parsed["Timestamp"];
        Assert.True(
            DateTimeOffset.TryParseExact(
                at,
                "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'",
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var time
            ),
            line
        );
        Assert.InRange(Until.Clock.GetUtcNow() - time, TimeSpan.FromMinutes(-1), TimeSpan.FromHours(1));
        Assert.True((int?)parsed["EventId"] > 0, line);
        Assert.Contains((string?)parsed["LogLevel"], new[] { "Debug", "Information", "Warning", "Error", "Critical" });
        Assert.NotEqual("", (string?)parsed["Category"] ?? "");
        Assert.NotEqual("", (string?)parsed["Message"] ?? "");
        Assert.NotNull(parsed["State"]?["{OriginalFormat}"]);
    }
}

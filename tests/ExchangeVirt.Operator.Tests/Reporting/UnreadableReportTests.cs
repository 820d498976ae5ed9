using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeVirt.Domain.Tests.Planning;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Operator.Tests.Support;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Operator.Tests.Reporting;

public sealed class UnreadableReportTests
{
    private const string Problem = "The JSON value could not be converted: spec.exchange.version 'Exchange2030'.";

    private const string Raw = """
        {
          "apiVersion": "exchangevirt.io/v1alpha1", "kind": "ExchangeVirtualMachine",
          "metadata": {"name": "ex01", "namespace": "messaging", "generation": 7, "uid": "u1"},
          "spec": {"exchange": {"version": "Exchange2030"}},
          "status": {
            "observedGeneration": 6, "virtualMachineId": "0C6A", "host": "hv01",
            "placement": {"host": "hv01", "decidedAt": "2026-01-01T00:00:00Z", "fromTheFuture": true},
            "operation": {"name": "Restart", "id": "op1"},
            "conditions": [
              {"type": "Ready", "status": "False", "reason": "Restarting", "message": "m", "lastTransitionTime": "2026-01-02T00:00:00Z"},
              {"type": "Reconciling", "status": "True", "reason": "Restarting", "message": "m", "lastTransitionTime": "2026-01-02T00:00:00Z"},
              {"type": "Supported", "status": "True", "reason": "RulesKept", "message": "m", "lastTransitionTime": "2026-01-03T00:00:00Z", "new": 1},
              {"type": "Synced", "status": "True", "reason": "InSync", "message": "m", "lastTransitionTime": "2026-01-03T00:00:00Z"}
            ]
          }
        }
        """;

    [Fact]
    public void The_binding_and_the_identity_survive_and_so_does_all_else()
    {
        var before = Parse(Raw);
        var status = UnreadableReport.StatusOf(before, Problem, Some.Now);

        foreach (var field in new[] { "virtualMachineId", "host", "placement", "operation" })
        {
            Assert.True(JsonNode.DeepEquals(before["status"]![field], status[field]), field);
        }

        Assert.True(JsonNode.DeepEquals(Parse(Raw), before), "the object itself is left as it is");
    }

    [Fact]
    public void It_says_that_it_is_not_understood_and_what_to_do()
    {
        var status = UnreadableReport.StatusOf(Parse(Raw), Problem, Some.Now);

        Assert.Equal(7, status["observedGeneration"]!.GetValue<long>());
        var conditions = status["conditions"]!.AsArray().Select(static one => one!.AsObject()).ToList();
        Assert.Equal(
            ["Ready=False", "Stalled=True", "Supported=True", "Synced=Unknown"],
            conditions.Select(static one => $"{one["type"]}={one["status"]}")
        );
        foreach (var said in conditions.Where(static one => $"{one["type"]}" != "Supported"))
        {
            Assert.Equal("NotUnderstood", $"{said["reason"]}");
            Assert.Equal(7, said["observedGeneration"]!.GetValue<long>());
            Assert.Contains("Exchange2030", $"{said["message"]}", StringComparison.Ordinal);
            Assert.Contains("Upgrade the operator", $"{said["message"]}", StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_time_of_transition_moves_only_with_the_status()
    {
        var conditions = UnreadableReport.StatusOf(Parse(Raw), Problem, Some.Now)["conditions"]!
            .AsArray()
            .ToDictionary(static one => $"{one!["type"]}", static one => $"{one!["lastTransitionTime"]}");

        Assert.Equal("2026-01-02T00:00:00Z", conditions["Ready"]);
        Assert.Equal("2026-01-03T00:00:00Z", conditions["Supported"]);
        Assert.Equal("2026-11-22T12:00:00Z", conditions["Synced"]);
        Assert.Equal("2026-11-22T12:00:00Z", conditions["Stalled"]);
    }

    [Fact]
    public void Said_again_it_is_the_same_so_that_nothing_is_written()
    {
        var entity = Parse(Raw);
        var first = UnreadableReport.StatusOf(entity, Problem, Some.Now);
        entity["status"] = first.DeepClone();

        Assert.True(JsonNode.DeepEquals(first, UnreadableReport.StatusOf(entity, Problem, Some.Now.AddHours(3))));
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"kind":"ExchangeVirtualMachine","metadata":null,"status":null}""")]
    [InlineData("""{"kind":7,"metadata":{"generation":"x"},"status":{"conditions":"none"}}""")]
    [InlineData("""{"status":{"conditions":[7,null,{"type":3},{"type":"Ready"},{"type":"Ready","status":{}}]}}""")]
    public void Whatever_is_there_it_says_so(string raw)
    {
        var status = UnreadableReport.StatusOf(Parse(raw), Problem, Some.Now);

        var types = status["conditions"]!.AsArray().Select(static one => $"{one!["type"]}").ToList();
        Assert.Contains("Stalled", types);
        Assert.Equal(types.Distinct(), types);
        Assert.Equal(Kstatus.Failed, Kstatus.Compute(generation: 0, deleted: false, Read(status)));
    }

    [Theory]
    [InlineData("""{"metadata":{},"status":{}}""", false)]
    [InlineData("""{"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"}}""", true)]
    [InlineData("""{"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"},"status":{"host":"hv01"}}""", true)]
    [InlineData("""{"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"},"status":"odd"}""", false)]
    [InlineData(
        """{"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"},"status":{"operation":{"name":"Restart"}}}""",
        false
    )]
    public void A_deleted_object_that_cannot_be_read_is_let_go_unless_its_VM_may_be_down_by_us(string raw, bool letGo)
    {
        var entity = Parse(raw);
        Assert.Equal(letGo, DeletionPolicies.MayBeLetGoUnread(entity));

        var isHeld = !letGo && raw.Contains("deletionTimestamp", StringComparison.Ordinal);
        var ready = UnreadableReport.StatusOf(entity, Problem, Some.Now)["conditions"]!.AsArray()[0]!;
        Assert.Equal(isHeld, $"{ready["message"]}".Contains("remove the finalizer", StringComparison.Ordinal));
    }

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();

    private static ExchangeVirtualMachineStatus Read(JsonObject status) =>
        status.Deserialize<ExchangeVirtualMachineStatus>(ResourceJson.Options)!;
}

using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeVirt.Deploy.Tests.Support;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Operator.Tests.Reporting;
using ExchangeVirt.Operator.Tests.Support;
using ExchangeVirt.Resources.V1Alpha1;
using KeraLua;

namespace ExchangeVirt.Deploy.Tests;

/// <summary>What Argo CD shows, row by row of the table of conditions.</summary>
public sealed class ArgoHealthTests
{
    private static readonly JsonSerializerOptions s_plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly string s_script = File.ReadAllText(Manifests.Path("argocd", "health.lua"));

    /// <summary>The situation; its conditions, those that are absent left out; what Argo CD shall show.</summary>
    public static TheoryData<string, string, string> Rows =>
        new()
        {
            // VMs: the situations of the table.
            { "being created", "Ready=False Reconciling=True Synced=False", "Progressing" },
            { "agent not reachable", "Ready=False Reconciling=True Synced=False HostReachable=False", "Progressing" },
            { "no host fits now", "Ready=False Reconciling=True Synced=False Placed=False", "Progressing" },
            { "in sync, power as asked", "Ready=True Synced=True RestartPending=False Paused=False", "Healthy" },
            { "drift waits for a window", "Ready=True Synced=False RestartPending=True Paused=False", "Healthy" },
            { "Observe with drift", "Ready=True Synced=False Paused=False", "Healthy" },
            { "Observe, not in the asked power state", "Ready=False Synced=False Paused=False", "Suspended" },
            { "disruption Never with drift", "Ready=True Synced=False RestartPending=True", "Healthy" },
            { "paused", "Ready=True Synced=False Paused=True", "Suspended" },
            { "paused, not in the asked power state", "Ready=False Synced=False Paused=True", "Suspended" },
            { "two VMs of the name", "Ready=False Stalled=True Synced=False", "Degraded" },
            { "contended, and paused since", "Ready=False Stalled=True Synced=False Paused=True", "Degraded" },
            { "unsupported, and in sync", "Ready=True Synced=True Supported=False", "Healthy" },
            // The other kinds.
            { "host whose agent answers", "Ready=True Dedicated=True WithinRatio=False", "Healthy" },
            { "host whose agent does not answer", "Ready=False Reconciling=True", "Progressing" },
            { "DAG short of votes", "Ready=False Reconciling=True", "Progressing" },
            { "policy in force", "Ready=True", "Healthy" },
            { "policy that cannot be understood", "Ready=False Stalled=True", "Degraded" },
            { "migration that is not available yet", "Ready=False Stalled=True", "Degraded" },
            // A condition may be there and not hold.
            { "conditions that are said to be false", "Stalled=False Reconciling=False Ready=True", "Healthy" },
            { "nothing known", "Ready=Unknown", "Suspended" },
        };

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_situation_has_its_health(string situation, string conditions, string health)
    {
        var (status, message) = HealthOf(Object(4, 4, conditions));

        Assert.True(health == status, $"{situation}: {status}");
        // The next step is in the condition's message, so that is what is shown.
        Assert.Matches("^R[A-Za-z]+: Message of [A-Za-z]+\\.$", message);
    }

    public static TheoryData<string> Table => [.. ConditionRows.All.Keys];

    [Theory]
    [MemberData(nameof(Table))]
    public void What_the_operator_writes_has_its_health_in_every_row_of_the_table(string row)
    {
        const int Generation = 3;
        var decision = ConditionRows.Decide(row);
        var entity = decision.Situation.Entity;
        entity.Metadata.Generation = Generation;
        entity.Status = VirtualMachineReport.For(decision, OperationStep.For(decision, static () => Guid.Empty));

        var (status, message) = HealthOf((JsonObject)JsonSerializer.SerializeToNode(entity, ResourceJson.Options)!);

        // As those decide who wait by kstatus; but what a person stopped is nobody's progress, and not healthy either.
        var expected = row.StartsWith("paused", StringComparison.Ordinal)
            ? "Suspended"
            : ConditionRows.Verdicts[row] switch
            {
                Kstatus.Current => "Healthy",
                Kstatus.Failed => "Degraded",
                _ => "Progressing",
            };
        Assert.Equal((row, expected), (row, status));
        Assert.Contains(
            message,
            entity.Status.Conditions!.Select(static condition => $"{condition.Reason}: {condition.Message}")
        );
    }

    [Fact]
    public void A_generation_that_was_not_seen_is_waited_for_whatever_was_said_of_the_last() =>
        Assert.Equal("Progressing", HealthOf(Object(5, 4, "Ready=True")).Status);

    [Fact]
    public void The_default_status_is_no_status() => Assert.Equal("Progressing", HealthOf(Object(1, -1, "")).Status);

    [Fact]
    public void An_object_without_status_or_conditions_is_waited_for()
    {
        var bare = Object(1, 1, "");
        bare.Remove("status");

        Assert.Equal("Progressing", HealthOf(bare).Status);
        Assert.Equal("Progressing", HealthOf(Object(1, 1, "")).Status);
    }

    private static JsonObject Object(int generation, int observed, string conditions) =>
        new()
        {
            ["metadata"] = new JsonObject { ["name"] = "ex01", ["generation"] = generation },
            ["status"] = new JsonObject
            {
                ["observedGeneration"] = observed,
                ["conditions"] = new JsonArray([
                    .. conditions
                        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                        .Select(static word => word.Split('='))
                        .Select(static pair => new JsonObject
                        {
                            ["type"] = pair[0],
                            ["status"] = pair[1],
                            ["reason"] = $"R{pair[0]}",
                            ["message"] = $"Message of {pair[0]}.",
                        }),
                ]),
            },
        };

    private static (string Status, string Message) HealthOf(JsonObject entity)
    {
        using var lua = new Lua(openLibs: true) { Encoding = Encoding.UTF8 };
        // Argo CD opens no library that reaches outside.
        var text = new StringBuilder("os, io, debug, package, require = nil, nil, nil, nil, nil\nobj = ");
        Write(text, entity);
        text.Append("\nlocal health = (function()\n")
            .Append(s_script)
            .Append("\nend)()\nreturn health.status, health.message");
        Assert.False(lua.DoString(text.ToString()), lua.ToString(-1));
        return (lua.ToString(-2), lua.ToString(-1));
    }

    private static void Write(StringBuilder text, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                text.Append('{');
                foreach (var (key, value) in map)
                {
                    text.Append(CultureInfo.InvariantCulture, $"[\"{key}\"]=");
                    Write(text, value);
                    text.Append(',');
                }

                text.Append('}');
                break;
            case JsonArray list:
                text.Append('{');
                foreach (var item in list)
                {
                    Write(text, item);
                    text.Append(',');
                }

                text.Append('}');
                break;
            default:
                // Text and numbers are written alike in both, as long as no letter is escaped by its number.
                text.Append(node is null ? "nil" : node.ToJsonString(s_plain));
                break;
        }
    }
}

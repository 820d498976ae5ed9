using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Resources.Tests.Manifests;
using ExchangeVirt.Resources.V1Alpha1;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Resources.Tests.V1Alpha1;

public class ResourceJsonTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private static readonly ExchangeVirtualMachineStatus Status = new()
    {
        ObservedGeneration = 4,
        AppliedGeneration = 3,
        Placement = new PlacementStatus { Host = "hv01", DecidedAt = Noon },
        VirtualMachineId = "0C6A",
        PowerState = "Running",
        Settings =
        [
            new SettingStatus
            {
                Name = "Memory",
                Desired = "128Gi fixed",
                State = "RestartPending",
                Since = Noon,
            },
        ],
        Violations =
        [
            new ViolationStatus
            {
                Rule = "mem-dynamic",
                Severity = "Unsupported",
                Since = Noon.AddTicks(10),
            },
        ],
        Unknown =
        [
            new UnknownRuleStatus
            {
                Rule = "disk-spindles",
                Subject = "db1",
                MissingFacts = ["physicalDisks"],
            },
        ],
        Pending = new PendingStatus
        {
            Count = 1,
            Restart = true,
            Actions = [new PendingActionStatus { Name = "SetFixedMemory", NeedsOff = true }],
        },
        Operation = new OperationStatus
        {
            Name = "Restart",
            Stage = "ShuttingDown",
            StartedAt = Noon,
        },
        Contention = [new ContentionStatus { Setting = "Checkpoints", ChangedBackAt = [Noon] }],
        Conditions =
        [
            new StatusCondition
            {
                Type = "Ready",
                Status = "True",
                Reason = "InSync",
                Message = "All is well.",
                LastTransitionTime = Noon,
                ObservedGeneration = 4,
            },
        ],
    };

    public static TheoryData<string> Manifests => [.. Samples.All];

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Ours_and_the_clients_options_read_what_the_other_wrote(string text)
    {
        var entity = Read(text);
        var type = entity.GetType();
        var ours = JsonSerializer.Serialize(entity, type, ResourceJson.Options);
        var theirs = KubernetesJson.Serialize(entity);

        Assert.Equal(Normal(ours), Normal(theirs));
        Assert.Equal(
            ours,
            JsonSerializer.Serialize(
                JsonSerializer.Deserialize(theirs, type, ResourceJson.Options),
                type,
                ResourceJson.Options
            )
        );
        Assert.Equal(ours, JsonSerializer.Serialize(ReadTheirs(ours, type), type, ResourceJson.Options));
    }

    [Fact]
    public void A_status_is_written_as_the_api_has_it_without_nulls()
    {
        var json = JsonSerializer.Serialize(Status, ResourceJson.Options);

        Assert.DoesNotContain("null", json);
        Assert.Contains("\"placement\":{\"host\":\"hv01\",\"decidedAt\":\"2026-11-22T12:00:00Z\"}", json);
        Assert.Contains("\"observedGeneration\":4", json);
        Assert.Contains("\"since\":\"2026-11-22T12:00:00.000001Z\"", json);
        Assert.Contains("{\"rule\":\"mem-dynamic\",\"subject\":\"\"", json);
        Assert.Equal(
            json,
            JsonSerializer.Serialize(
                JsonSerializer.Deserialize<ExchangeVirtualMachineStatus>(json, ResourceJson.Options),
                ResourceJson.Options
            )
        );
    }

    [Fact]
    public void Words_of_a_newer_version_in_a_status_are_kept()
    {
        var status = JsonSerializer.Deserialize<ExchangeVirtualMachineStatus>(
            """{"observedGeneration":1,"powerState":"Hibernated2031","settings":[{"name":"X","state":"New","another":1}]}""",
            ResourceJson.Options
        )!;

        Assert.Equal("Hibernated2031", status.PowerState);
        Assert.Equal("New", status.Settings![0].State);
    }

    [Fact]
    public void An_unknown_word_in_a_spec_is_refused() =>
        Assert.Throws<JsonException>(() =>
            JsonSerializer.Deserialize<GuestSpec>("""{"operatingSystem":"WindowsServer2099"}""", ResourceJson.Options)
        );

    [Fact]
    public void A_number_in_place_of_a_word_is_refused() =>
        Assert.Throws<JsonException>(() =>
            JsonSerializer.Deserialize<GuestSpec>("""{"operatingSystem":1}""", ResourceJson.Options)
        );

    private static object ReadTheirs(string json, Type type) =>
        typeof(KubernetesJson)
            .GetMethods()
            .Single(method => method.Name == "Deserialize" && method.GetParameters()[0].ParameterType == typeof(string))
            .MakeGenericMethod(type)
            .Invoke(null, [json, null])!;

    private static string Normal(string json) => JsonNode.Parse(json)!.ToJsonString();

    private static IKubernetesObject<V1ObjectMeta> Read(string text) =>
        Assert.Single(ManifestReader.ReadText("m.yaml", text).Entities).Entity;
}

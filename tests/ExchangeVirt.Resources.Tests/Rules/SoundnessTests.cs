using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Resources.Mapping;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.Schema;
using ExchangeVirt.Resources.Tests.Manifests;
using ExchangeVirt.Resources.V1Alpha1;
using k8s;
using k8s.Models;
using YamlDotNet.Serialization;

namespace ExchangeVirt.Resources.Tests.Rules;

/// <summary>What an API server let pass, as no manifest reader sees it.</summary>
public class SoundnessTests
{
    private static readonly JsonSerializerOptions s_lenient = new(ResourceJson.Options)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver().WithAddedModifier(static type =>
        {
            foreach (var property in type.Properties)
            {
                property.IsRequired = false;
            }
        }),
    };

    private static readonly string[] s_samples =
    [
        Samples.VirtualMachine,
        Samples.Group,
        Samples.Host,
        Samples.Policy,
        Samples.Migration,
    ];

    public static TheoryData<string, string, string, string, string, string> RuleCases =>
        [.. BadManifestTests.Cases.Where(static row => row.Data.Item6.StartsWith('('))];

    public static TheoryData<string> Kinds => [.. SchemaReader.Kinds.Keys];

    [Theory]
    [MemberData(nameof(RuleCases))]
    public void A_rule_that_a_server_did_not_ask_is_named_with_its_field(
        string name,
        string good,
        string find,
        string replacement,
        string place,
        string rule
    )
    {
        var at = good.IndexOf(find, StringComparison.Ordinal);
        var entity = Read(JsonOf(good[..at] + replacement + good[(at + find.Length)..]), ResourceJson.Options);

        var field = Assert.Single(Soundness.Check(entity));

        Assert.True($"({field.Rule})" == rule, $"{name}: {field}");
        Assert.Equal(place.Split(": ")[1], field.Path);
        Assert.EndsWith($"{rule}.", Soundness.Describe([field]), StringComparison.Ordinal);
        Map(entity);
    }

    [Fact]
    public void What_a_manifest_reader_takes_is_sound() =>
        Assert.All(
            s_samples,
            static sample =>
            {
                var entity = Assert.Single(ManifestReader.ReadText("m.yaml", sample).Entities).Entity;
                Assert.Empty(Soundness.Check(entity));
                Assert.Null(Soundness.Describe(Soundness.CheckUnchanging(entity)));
            }
        );

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Whatever_is_missing_or_absurd_is_a_verdict_and_nothing_throws(string kind)
    {
        var sample = s_samples.Select(JsonOf).Single(json => (string?)json["kind"] == kind);
        var spoilt = 0;
        foreach (var path in Paths(sample["spec"]!, "spec"))
        {
            foreach (var value in Absurdities(path, sample))
            {
                var json = sample.DeepClone();
                Put(json, path, value?.DeepClone());
                foreach (var options in new[] { ResourceJson.Options, s_lenient })
                {
                    if (TryRead(json.AsObject(), options) is { } entity)
                    {
                        Judge(entity, path, value);
                        spoilt++;
                    }
                }
            }
        }

        Assert.True(spoilt > 10, $"{spoilt} objects were judged");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_object_without_a_spec_is_not_sound_where_its_kind_needs_one(string kind)
    {
        var json = JsonOf(s_samples.Single(sample => sample.Contains($"kind: {kind}\n", StringComparison.Ordinal)));
        json["spec"] = null;
        var entity = TryRead(json, ResourceJson.Options)!;

        Assert.Equal("spec", Assert.Single(Soundness.Check(entity)).Path);
        Map(entity);
    }

    [Fact]
    public void Of_an_unsound_machine_what_it_takes_and_where_it_belongs_is_still_known()
    {
        var json = JsonOf(Samples.VirtualMachine);
        json["spec"]!["networkAdapters"]!.AsArray()[0]!["switchName"] = "";
        json["spec"]!["exchange"]!["standalone"] = true;

        var (desired, unsound) = Desired.Read((ExchangeVirtualMachine)Read(json, ResourceJson.Options));

        Assert.Equal(2, unsound.Count);
        Assert.Equal("EX01", desired.VirtualMachineName);
        Assert.Equal("dag01", desired.Exchange.AvailabilityGroup);
        Assert.Equal((8, ByteSize.FromGibibytes(128)), (desired.ProcessorCount, desired.Memory));
        Assert.Null(desired.NetworkAdapters);
        Assert.False(desired.AdoptIfExists);
    }

    [Fact]
    public void An_unsound_policy_enforces_nothing_and_an_unsound_group_lets_nobody_down()
    {
        var policy = JsonOf(Samples.Policy);
        policy["spec"]!["processor"]!["maxRatioPercent"] = 300;
        policy["spec"]!["enforcement"] = "Enforce";
        Assert.Equal(
            Domain.Model.Enforcement.Observe,
            Desired.From((VirtualizationPolicy)Read(policy, ResourceJson.Options)).Enforcement
        );

        var group = JsonOf(Samples.Group);
        group["spec"]!["minReadySeconds"] = -1;
        var mapped = Desired.From((DatabaseAvailabilityGroup)Read(group, ResourceJson.Options));
        Assert.Equal((0, Domain.Model.MaintenanceHook.Unset), (mapped.MaxUnavailable, mapped.Hook));
    }

    [Fact]
    public void Many_problems_are_told_by_the_first_and_their_number()
    {
        var json = JsonOf(Samples.VirtualMachine);
        json["spec"]!["networkAdapters"] = new JsonArray([
            .. Enumerable
                .Range(0, 20)
                .Select(static i => (JsonNode)new JsonObject { ["name"] = $"n{i}", ["switchName"] = "" }),
        ]);

        var text = Soundness.Describe(Soundness.Check(Read(json, ResourceJson.Options)))!;

        Assert.StartsWith("spec.networkAdapters has 20 items; 0 to 8 are allowed.", text, StringComparison.Ordinal);
        Assert.EndsWith("And 13 more.", text, StringComparison.Ordinal);
    }

    private static void Judge(IKubernetesObject<V1ObjectMeta> entity, string path, JsonNode? value)
    {
        var unsound = Soundness.Check(entity);
        Map(entity);
        if (value is null && IsNull(entity, path))
        {
            Assert.True(
                unsound.Any(field => path.StartsWith(field.Path, StringComparison.Ordinal)),
                $"{path} is null and nothing is said: {Soundness.Describe(unsound)}"
            );
        }
    }

    // Whether null reached a place where there may be none: elsewhere the default or «not given» holds.
    private static bool IsNull(IKubernetesObject<V1ObjectMeta> entity, string path)
    {
        object? at = entity;
        ObjectSchema? schema = null;
        foreach (var name in path.Split('.', '[').Select(static part => part.TrimEnd(']')))
        {
            if (schema?.Find(name) is { Required: false, Default: null })
            {
                return false;
            }

            schema = name == "spec" ? SchemaReader.Kinds[entity.Kind].Spec : schema?.Find(name)?.Value as ObjectSchema;
            at = at
                ?.GetType()
                .GetProperties()
                .FirstOrDefault(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name) == name)
                ?.GetValue(at);
            if (schema is null)
            {
                return at is null;
            }
        }

        return at is null;
    }

    private static void Map(IKubernetesObject<V1ObjectMeta> entity)
    {
        switch (entity)
        {
            case ExchangeVirtualMachine machine:
                Assert.NotNull(Desired.From(machine).VirtualMachineName);
                Desired.RulesFor(machine, Desired.From((VirtualizationPolicy?)null));
                Assert.NotNull(Desired.PolicyNameOf(machine));
                break;
            case HyperVHost host:
                Assert.NotNull(Desired.From(host, Desired.From((VirtualizationPolicy?)null)).Name);
                Assert.NotNull(Desired.PolicyNameOf(host));
                break;
            case DatabaseAvailabilityGroup group:
                Assert.NotNull(Desired.From(group).IgnoredMembers);
                break;
            case VirtualizationPolicy policy:
                Assert.NotNull(Desired.From(policy).Name);
                Assert.InRange(Desired.MaxChangedPercentPerHour(policy), 0, 100);
                break;
        }
    }

    private static IEnumerable<JsonNode?> Absurdities(string path, JsonObject sample)
    {
        yield return null;
        var now = At(sample, path);
        switch (now)
        {
            case JsonArray:
                yield return new JsonArray((JsonNode?)null);
                yield return new JsonArray([.. Enumerable.Repeat(0, 300).Select(static _ => (JsonNode?)null)]);
                break;
            case JsonValue value when value.TryGetValue<int>(out _):
                yield return int.MaxValue;
                yield return int.MinValue;
                break;
            case JsonValue value when value.TryGetValue<string>(out _):
                yield return "";
                yield return "\0";
                yield return new string('x', 5000);
                yield return "-1Gi";
                break;
        }
    }

    private static IEnumerable<string> Paths(JsonNode node, string path)
    {
        yield return path;
        var inner = node switch
        {
            JsonObject fields => fields.Select(field => (field.Value, Path: $"{path}.{field.Key}")),
            JsonArray items => items.Select((item, index) => (item, Path: $"{path}[{index}]")),
            _ => [],
        };
        foreach (var (value, innerPath) in inner)
        {
            if (value is not null)
            {
                foreach (var each in Paths(value, innerPath))
                {
                    yield return each;
                }
            }
        }
    }

    private static JsonNode? At(JsonNode root, string path) =>
        path.Split('.', '[')
            .Select(static part => part.TrimEnd(']'))
            .Aggregate<string, JsonNode?>(
                root,
                static (node, part) => node is JsonArray items ? items[int.Parse(part, null)] : node![part]
            );

    private static void Put(JsonNode root, string path, JsonNode? value)
    {
        var cut = path.LastIndexOfAny(['.', '[']);
        var parent = cut < 0 ? root : At(root, path[..cut])!;
        var name = path[(cut + 1)..].TrimEnd(']');
        if (parent is JsonArray items)
        {
            items[int.Parse(name, null)] = value;
        }
        else
        {
            parent[name] = value;
        }
    }

    private static IKubernetesObject<V1ObjectMeta>? TryRead(JsonObject json, JsonSerializerOptions options)
    {
        try
        {
            return Read(json, options);
        }
        catch (JsonException)
        {
            // That one cannot be read, which is another matter.
            return null;
        }
    }

    private static IKubernetesObject<V1ObjectMeta> Read(JsonObject json, JsonSerializerOptions options) =>
        (IKubernetesObject<V1ObjectMeta>)json.Deserialize(SchemaReader.Kinds[(string)json["kind"]!].Type, options)!;

    private static JsonObject JsonOf(string yaml)
    {
        var tree = new DeserializerBuilder()
            .WithAttemptingUnquotedStringTypeDeserialization()
            .Build()
            .Deserialize(yaml);
        return JsonNode.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(tree))!.AsObject();
    }
}

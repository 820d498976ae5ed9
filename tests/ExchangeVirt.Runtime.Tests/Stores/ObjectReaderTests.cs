using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ExchangeVirt.Runtime.Kubernetes;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Tests.Stores;

public sealed class ObjectReaderTests
{
    private static readonly JsonSerializerOptions s_strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    [Theory]
    [InlineData("""{"spec":{"size":"huge"}}""", "spec.size: \"huge\"")]
    [InlineData("""{"spec":{"size":50000000000}}""", "spec.size: 50000000000")]
    [InlineData("""{"spec":{"size":1,"burst":{"credits":7}}}""", "spec.burst")]
    [InlineData("""{"spec":{"size":1,"burst":true}}""", "spec.burst: true")]
    [InlineData("""{"status":{"parts":["a",{"b":1}]}}""", "status.parts[1]")]
    [InlineData("""{"status":{"parts":["a",7]}}""", "status.parts[1]: 7")]
    [InlineData("""{"spec":{"size":1,"a.b":7}}""", "spec['a.b']")]
    public void What_does_not_fit_is_named_as_the_user_wrote_it(string fields, string message)
    {
        foreach (var label in new[] { "short", "longer than before" })
        {
            using var document = JsonDocument.Parse(
                """{"metadata":{"name":"odd","namespace":"test","labels":{"round":"LABEL"}},""".Replace(
                    "LABEL",
                    label,
                    StringComparison.Ordinal
                ) + fields[1..]
            );

            var (read, unreadable) = Reader().Read<Widget>(document.RootElement);

            Assert.Null(read);
            Assert.Equal(message, unreadable!.Message);
        }
    }

    [Fact]
    public void Conditions_of_others_are_passed_over_and_all_else_that_others_wrote_is_not()
    {
        // «Restored» wrote it, and as the operator's own word it counts. «kubectl» is on record for everything, and says nothing.
        using var document = JsonDocument.Parse(
            """
            {
              "metadata": {
                "name": "a", "namespace": "test", "resourceVersion": "7",
                "managedFields": [
                  {"manager": "us", "fieldsV1": {"f:status": {"f:conditions": {"k:{\"type\":\"Ready\"}": {}, "k:{\"type\":\"Both\"}": {}}}}},
                  {"manager": "other", "fieldsV1": {"f:status": {"f:conditions": {"k:{\"type\":\"Audited\"}": {}, "k:{\"type\":\"Both\"}": {}}}}},
                  {"manager": "restored", "fieldsV1": {"f:status": {"f:phase": {}}}},
                  {"manager": "kubectl", "fieldsV1": {"f:spec": {}, "f:status": {"f:conditions": {"k:{\"type\":\"Old\"}": {}}}}}
                ]
              },
              "status": {
                "phase": "Bound",
                "conditions": [
                  {"type": "Ready", "status": "True"},
                  {"type": "Audited", "status": "True"},
                  {"type": "Both", "status": "True"},
                  {"type": "Old", "status": "True"}
                ]
              }
            }
            """
        );
        var memory = new StatusMemory();

        var (read, _) = Reader(memory).Read<Widget>(document.RootElement);

        Assert.Equal("Bound", read!.Status!.Phase);
        Assert.Equal(["Ready", "Both", "Old"], read.Status.Conditions!.Select(static each => each.Type));
        // What the operator would write is what it takes to be stored: nothing is sent.
        Assert.True(memory.IsSame(ResourceType.Of<Widget>(), read.Key(), "7", Reader().StatusOf(read)!));
    }

    private static ObjectReader Reader(StatusMemory? memory = null) =>
        new(s_strict, memory ?? new StatusMemory(), "us");
}

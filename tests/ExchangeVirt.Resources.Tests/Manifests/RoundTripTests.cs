using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Resources.Schema;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Resources.Tests.Manifests;

public class RoundTripTests
{
    public static TheoryData<string> Kinds => [.. SchemaReader.Kinds.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_the_schema_allows_is_read_from_json_and_from_yaml_as_it_was_meant(string kind)
    {
        var schema = SchemaReader.Kinds[kind];

        SchemaGen
            .Of(schema.Spec)
            .Sample(
                spec =>
                {
                    var root = new JsonObject
                    {
                        ["apiVersion"] = ApiGroup.ApiVersion,
                        ["kind"] = kind,
                        ["metadata"] = new JsonObject { ["name"] = "x" },
                        ["spec"] = spec.DeepClone(),
                    };
                    var meant = Spec(root.Deserialize(schema.Type, ResourceJson.Options)!);

                    AssertReads(root.ToJsonString(ResourceJson.Options), meant);
                    AssertReads(YamlWriter.Write(root), meant);
                },
                iter: 300
            );
    }

    private static void AssertReads(string text, string meant)
    {
        var read = ManifestReader.ReadText("m.yaml", text);
        // Random values seldom go together; that the schema holds is asked here.
        Assert.DoesNotContain(read.Problems, problem => problem.Rule is null);
        if (read.Problems.Count == 0)
        {
            Assert.Equal(meant, Spec(Assert.Single(read.Entities).Entity));
        }
    }

    private static string Spec(object entity) =>
        JsonSerializer.SerializeToNode(entity, entity.GetType(), ResourceJson.Options)!["spec"]!.ToJsonString();
}

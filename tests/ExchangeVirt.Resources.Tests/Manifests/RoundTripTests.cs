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
        var compared = 0;

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

                    var isCompared = IsReadAs(meant, root.ToJsonString(ResourceJson.Options));
                    Assert.Equal(isCompared, IsReadAs(meant, YamlWriter.Write(root)));
                    Interlocked.Add(ref compared, isCompared ? 1 : 0);
                },
                iter: 300
            );

        Assert.True(compared > 10, $"Only {compared} specs kept all rules.");
    }

    /// <summary>Asserts that the schema holds and, where the random values go together too, that they arrive.</summary>
    private static bool IsReadAs(string meant, string text)
    {
        var read = ManifestReader.ReadText("m.yaml", text);
        Assert.DoesNotContain(read.Problems, problem => problem.Rule is null);
        if (read.Problems.Count > 0)
        {
            return false;
        }

        Assert.Equal(meant, Spec(Assert.Single(read.Entities).Entity));
        return true;
    }

    private static string Spec(object entity) =>
        JsonSerializer.SerializeToNode(entity, entity.GetType(), ResourceJson.Options)!["spec"]!.ToJsonString();
}

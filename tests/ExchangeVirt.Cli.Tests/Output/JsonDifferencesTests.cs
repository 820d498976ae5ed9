using System.Text.Json.Nodes;
using ExchangeVirt.Cli.Output;

namespace ExchangeVirt.Cli.Tests.Output;

public sealed class JsonDifferencesTests
{
    [Theory]
    [InlineData("""{"a":1}""", """{"a":1}""")]
    [InlineData("""{"a":1}""", """{"a":2}""", "spec.a: 1 -> 2")]
    [InlineData("""{"a":{"b":"x"}}""", """{"a":{"b":"y"}}""", "spec.a.b: x -> y")]
    [InlineData("""{}""", """{"a":true}""", "spec.a: absent -> true")]
    [InlineData("""{"a":{"b":1}}""", """{}""", """spec.a: {"b":1} -> absent""")]
    [InlineData("""{"a":["x"]}""", """{"a":["x","y"]}""", """spec.a: ["x"] -> ["x","y"]""")]
    // Items that bear names are matched by them, in whatever order they stand.
    [InlineData(
        """{"d":[{"name":"os","size":1},{"name":"db","size":2}]}""",
        """{"d":[{"name":"db","size":3},{"name":"os","size":1}]}""",
        "spec.d[db].size: 2 -> 3"
    )]
    [InlineData(
        """{"d":[{"name":"os","size":1}]}""",
        """{"d":[{"name":"os","size":1},{"name":"db","size":2}]}""",
        """spec.d[db]: absent -> {"name":"db","size":2}"""
    )]
    public void Every_field_that_differs_is_named_and_no_other(string before, string after, params string[] told) =>
        Assert.Equal(
            told,
            JsonDifferences
                .Between(JsonNode.Parse(before), JsonNode.Parse(after), "spec")
                .Select(static each => each.ToString())
        );
}

using System.Text.Json.Nodes;
using CsCheck;
using ExchangeVirt.Resources.Schema;
using YamlDotNet.RepresentationModel;

namespace ExchangeVirt.Resources.Tests.Schema;

public class YamlWriterTests
{
    [Fact]
    public void Any_text_is_read_back_as_it_was() => Gen.String.Sample(text => ReadBack(text) == text, iter: 1000);

    [Theory]
    [InlineData("yes")]
    [InlineData("No")]
    [InlineData("null")]
    [InlineData("1.5")]
    [InlineData("")]
    [InlineData("it's")]
    [InlineData("a: b # c")]
    public void What_yaml_would_guess_at_stands_in_quotes(string text)
    {
        var yaml = YamlWriter.Write(new JsonObject { ["x"] = text });

        Assert.StartsWith("x: '", yaml);
        Assert.Equal(text, ReadBack(text));
    }

    [Fact]
    public void Lists_of_objects_stand_beside_their_dashes()
    {
        var tree = new JsonObject
        {
            ["list"] = new JsonArray(
                new JsonObject { ["a"] = 1, ["b"] = new JsonArray("x", "y") },
                new JsonObject { ["a"] = true }
            ),
            ["none"] = new JsonArray(),
            ["empty"] = new JsonObject(),
        };

        Assert.Equal("list:\n- a: 1\n  b:\n  - x\n  - 'y'\n- a: true\nnone: []\nempty: {}\n", YamlWriter.Write(tree));
    }

    private static string ReadBack(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(YamlWriter.Write(new JsonObject { ["x"] = text })));
        return ((YamlScalarNode)((YamlMappingNode)stream.Documents[0].RootNode)["x"]).Value ?? "";
    }
}

using System.Text;
using CsCheck;
using ExchangeVirt.Resources.Manifests;

namespace ExchangeVirt.Resources.Tests.Manifests;

public class ManifestFuzzTests
{
    private static readonly string[] Fragments =
    [
        "&a",
        "*a",
        "<<: *a",
        "!!int",
        "!x",
        "%YAML 1.2",
        "---",
        "...",
        "|",
        ">-",
        "? ",
        ": ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        "'",
        "\"",
        "\"\\ud83d\"",
        "\"\\x\"",
        "null",
        "~",
        "true",
        "1e999",
        "-0",
        "\t",
        "\r",
        "\u2028",
        "\0",
        "\uFEFF",
        "# c",
        "@",
        "`",
        "😀",
        "99999999999999999999999",
        "spec:",
        "\n  ",
        "\n",
        "metadata: {}",
    ];

    private static readonly Gen<byte[]> MutatedManifests =
        from sample in Gen.OneOf(Samples.All)
        from edits in Gen.Select(Gen.Int[0, 5000], Gen.Int[0, 12], Gen.OneOf(Fragments)).Array[1, 4]
        select Encoding.UTF8.GetBytes(edits.Aggregate(sample, Edit));

    [Fact]
    public void No_bytes_make_it_throw() => Gen.Byte.Array[0, 200].Sample(IsJudged, iter: 500);

    [Fact]
    public void No_yaml_marks_make_it_throw() =>
        Gen.OneOf(Fragments)
            .Array[0, 20]
            .Select(parts => Encoding.UTF8.GetBytes(string.Concat(parts)))
            .Sample(IsJudged, iter: 1000);

    [Fact]
    public void No_mistyped_manifest_makes_it_throw() => MutatedManifests.Sample(IsJudged, iter: 500);

    [Fact]
    public void A_manifest_with_content_gives_an_object_or_a_problem_or_a_notice() =>
        MutatedManifests.Sample(
            content =>
            {
                var read = Read(content);
                return read.Entities.Count + read.Problems.Count + read.Notices.Count > 0;
            },
            iter: 300
        );

    private static void IsJudged(byte[] content)
    {
        var read = Read(content);

        Assert.All(read.Problems, problem => Assert.True(problem.Line >= 1, problem.ToString()));
        Assert.All(read.Problems, problem => Assert.NotEmpty(problem.Message));
    }

    private static ManifestSet Read(byte[] content) => ManifestReader.Read([new ManifestFile("fuzz.yaml", content)]);

    private static string Edit(string text, (int At, int Length, string Fragment) edit)
    {
        var at = edit.At % (text.Length + 1);
        return text[..at] + edit.Fragment + text[Math.Min(text.Length, at + edit.Length)..];
    }
}

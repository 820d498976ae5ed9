using System.Text;
using ExchangeVirt.Resources.Manifests;

namespace ExchangeVirt.Resources.Tests.Manifests;

public sealed class ManifestLimitTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("manifests").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_yaml_bomb_is_refused_before_it_grows()
    {
        var bomb = new StringBuilder("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for (var level = 1; level < 30; level++)
        {
            bomb.Append($"a{level}: &a{level} [{string.Join(", ", Enumerable.Repeat($"*a{level - 1}", 9))}]\n");
        }

        var problem = Assert.Single(ManifestReader.ReadText("bomb.yaml", bomb.ToString()).Problems);

        Assert.Contains("once its aliases are written out", problem.Message);
    }

    [Fact]
    public void A_bomb_of_merges_is_refused_before_it_grows()
    {
        var bomb = new StringBuilder("a0: &a0 {x: 1, y: [1, 2, 3, 4, 5, 6, 7, 8]}\n");
        for (var level = 1; level < 30; level++)
        {
            var entries = string.Join(", ", Enumerable.Range(0, 9).Select(i => $"k{level}x{i}: *a{level - 1}"));
            bomb.Append($"a{level}: &a{level} {{<<: *a{level - 1}, {entries}}}\n");
        }

        Assert.Contains(
            "aliases",
            Assert.Single(ManifestReader.ReadText("bomb.yaml", bomb.ToString()).Problems).Message
        );
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    public void Deep_nesting_is_refused(string opening)
    {
        var text = string.Concat(Enumerable.Repeat(opening, 10_000));

        var problem = Assert.Single(ManifestReader.ReadText("deep.yaml", text).Problems);

        Assert.Contains("nested deeper than 64 levels", problem.Message);
    }

    [Fact]
    public void A_file_of_50_megabytes_is_refused_without_being_loaded()
    {
        var path = Path.Combine(_folder, "big.yaml");
        using (var file = File.Create(path))
        {
            file.SetLength(50_000_000);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var problem = Assert.Single(ManifestReader.ReadPaths([path]).Problems);

        Assert.Equal($"{path}:0: has 50000000 bytes; at most 4194304 are read, so split the file", problem.ToString());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void A_file_of_too_many_nodes_is_refused()
    {
        var text = "a: [" + string.Concat(Enumerable.Repeat("1,", 600_000)) + "1]";

        Assert.Contains(
            "more than 500000 nodes",
            Assert.Single(ManifestReader.ReadText("m.yaml", text).Problems).Message
        );
    }

    [Theory]
    [InlineData("a: *unknown", 1, "no anchor before it")]
    [InlineData("a: &x [*x]", 1, "no anchor before it")]
    [InlineData("a: b\n c: d: e\n", 2, "is not YAML")]
    [InlineData("a: 'b\n", 1, "is not YAML")]
    [InlineData("- 1\n- 2\n", 1, "is not an object")]
    [InlineData("just words", 1, "is not an object")]
    [InlineData("? [a]\n: b\n", 1, "a list or mapping as a key")]
    public void What_is_no_manifest_is_said_with_its_line(string text, int line, string says)
    {
        var problems = ManifestReader.ReadText("m.yaml", text).Problems;

        Assert.Contains(
            problems,
            problem => problem.Line == line && problem.Message.Contains(says, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("---\n---\n")]
    [InlineData("# only a comment\n")]
    public void Emptiness_is_no_problem(string text)
    {
        var read = ManifestReader.ReadText("m.yaml", text);

        Assert.Empty(read.Problems);
        Assert.Empty(read.Entities);
    }

    [Fact]
    public void Another_encoding_is_said_with_its_line()
    {
        var read = ManifestReader.Read([new ManifestFile("m.yaml", new byte[] { (byte)'a', (byte)'\n', 0xFF, 0xFE })]);

        Assert.Equal("m.yaml:2: is not UTF-8; save the file in that encoding", Assert.Single(read.Problems).ToString());
    }

    [Fact]
    public void A_byte_order_mark_is_left_aside()
    {
        byte[] content = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Samples.Host)];

        Assert.Empty(ManifestReader.Read([new ManifestFile("m.yaml", content)]).Problems);
    }

    [Fact]
    public void Folders_are_read_in_order_without_what_a_dot_hides()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "vms"));
        Directory.CreateDirectory(Path.Combine(_folder, ".state"));
        File.WriteAllText(Path.Combine(_folder, "vms", "b.yml"), Samples.VirtualMachine);
        File.WriteAllText(Path.Combine(_folder, "a.yaml"), Samples.Host);
        File.WriteAllText(Path.Combine(_folder, "notes.txt"), "not: [read");
        File.WriteAllText(Path.Combine(_folder, ".state", "c.yaml"), "not: [read");

        var read = ManifestReader.ReadPaths([_folder]);

        Assert.Empty(read.Problems);
        Assert.Equal(
            ["a.yaml", Path.Combine("vms", "b.yml")],
            read.Entities.Select(each => Path.GetRelativePath(_folder, each.File))
        );
    }

    [Fact]
    public void A_file_that_is_not_there_is_a_problem()
    {
        var path = Path.Combine(_folder, "none.yaml");

        Assert.StartsWith(
            $"{path}:0: cannot be read",
            Assert.Single(ManifestReader.ReadPaths([path]).Problems).ToString()
        );
    }
}

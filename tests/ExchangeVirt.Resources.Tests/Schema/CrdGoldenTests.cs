using ExchangeVirt.Resources.Schema;

namespace ExchangeVirt.Resources.Tests.Schema;

public class CrdGoldenTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "crds");

    [Fact]
    public void The_committed_definitions_are_those_of_the_types()
    {
        var generated = CrdGenerator.Generate();
        if (Environment.GetEnvironmentVariable("EXVIRT_ACCEPT") == "1")
        {
            Directory.CreateDirectory(Folder);
            foreach (var (name, text) in generated)
            {
                File.WriteAllText(Path.Combine(Folder, name), text);
            }
        }

        var committed = Directory
            .EnumerateFiles(Folder, "*.yaml")
            .ToDictionary(file => Path.GetFileName(file), File.ReadAllText);
        Assert.Equal(generated.Keys.Order(), committed.Keys.Order());
        foreach (var (name, text) in generated)
        {
            Assert.True(
                text == committed[name],
                $"crds/{name} differs from the types; run these tests once with EXVIRT_ACCEPT=1 and review the difference."
            );
        }
    }

    [Fact]
    public void Generating_twice_gives_the_same_text() =>
        Assert.Equal(CrdGenerator.Generate(), CrdGenerator.Generate());
}

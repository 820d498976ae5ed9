using ExchangeVirt.Resources.Manifests;

namespace ExchangeVirt.Resources.Tests.Manifests;

public class GoodManifestTests
{
    [Fact]
    public void All_kinds_are_read_from_one_file_of_many_documents()
    {
        var read = ManifestReader.ReadText("all.yaml", string.Join("---\n", Samples.All));

        Assert.Empty(read.Problems);
        Assert.Equal(
            [
                "ExchangeVirtualMachine",
                "HyperVHost",
                "DatabaseAvailabilityGroup",
                "VirtualizationPolicy",
                "VirtualMachineMigration",
            ],
            read.Entities.Select(each => each.Entity.Kind)
        );
        Assert.Equal(1, read.Entities[0].Line);
    }
}

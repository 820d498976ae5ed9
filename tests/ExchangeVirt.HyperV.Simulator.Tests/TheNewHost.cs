namespace ExchangeVirt.HyperV.Simulator.Tests;

public sealed class TheNewHost
{
    [Fact]
    public async Task Is_as_it_was_described()
    {
        await using var bench = Bench.Start();
        var settings = await bench.VmSettings(Bench.Ex01);
        Assert.Equal("EX01", settings.Text("ElementName"));
        Assert.Equal(5, settings.Number("UserSnapshotType"));
        Assert.Equal(3, settings.Number("AutomaticShutdownAction"));
        Assert.Equal(TimeSpan.FromSeconds(30), settings["AutomaticStartupActionDelay"]);
        Assert.Equal(65536, (await bench.Memory(Bench.Ex01)).Number("VirtualQuantity"));
        Assert.Equal(8, (await bench.Processor(Bench.Ex01)).Number("VirtualQuantity"));
        Assert.Equal(2, await bench.State(Bench.Ex01));
        Assert.Equal(6, await bench.State(Bench.Ex03));
        Assert.Equal(2, (await bench.Query("SELECT * FROM Win32_Processor", @"root\cimv2")).Count);
        Assert.Equal(2, (await bench.Query("SELECT * FROM MSFT_Volume", @"root\microsoft\windows\storage")).Count);
        var leaf = await bench.Query(
            $@"SELECT HostResource FROM Msvm_StorageAllocationSettingData WHERE InstanceID LIKE 'Microsoft:{Bench.Ex01}\\%'"
        );
        Assert.All(
            leaf,
            disk => Assert.EndsWith(".avhdx", Assert.Single(disk.Texts("HostResource")), StringComparison.Ordinal)
        );
    }
}

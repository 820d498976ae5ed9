using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.Description;

namespace ExchangeVirt.HyperV.Simulator.Tests;

/// <summary>What the published schema does not have, the host refuses as WMI would.</summary>
public sealed class TheSchema
{
    [Theory]
    [InlineData(@"root\mscluster", "SELECT * FROM MSCluster_Cluster", CimError.InvalidNamespace)]
    [InlineData(@"root\virtualization", "SELECT * FROM Msvm_ComputerSystem", CimError.InvalidNamespace)]
    [InlineData(Bench.Ns, "SELECT * FROM Msvm_Nonsense", CimError.InvalidClass)]
    [InlineData(Bench.Ns, "SELECT * FROM Win32_Service", CimError.InvalidClass)]
    [InlineData(Bench.Ns, "SELECT Colour FROM Msvm_ComputerSystem", CimError.InvalidQuery)]
    [InlineData(Bench.Ns, "SELECT * FROM Msvm_ComputerSystem WHERE Colour='red'", CimError.InvalidQuery)]
    [InlineData(Bench.Ns, "SELECT * FROM Msvm_ComputerSystem WHERE EnabledState='on'", CimError.InvalidQuery)]
    [InlineData(Bench.Ns, "SELECT * FROM Msvm_ComputerSystem WHERE OperationalStatus=2", CimError.InvalidQuery)]
    [InlineData(Bench.Ns, "SELECT * FROM Msvm_ComputerSystem WITHIN 2", CimError.InvalidQuery)]
    [InlineData(@"root\cimv2", "SELECT * FROM Win32_Product", CimError.InvalidClass)]
    public async Task Refuses_unknown_namespaces_classes_and_properties(string cimNamespace, string wql, CimError error)
    {
        await using var bench = Bench.Start();
        var refused = await Assert.ThrowsAsync<CimException>(() => bench.Query(wql, cimNamespace));
        Assert.Equal(error, refused.Error);
    }

    [Fact]
    public async Task Refuses_unknown_methods_parameters_and_types()
    {
        await using var bench = Bench.Start();
        var system = Bench.System(Bench.Ex02);
        async Task<CimError> Refused(string method, string parameter, CimValue value) =>
            (await Assert.ThrowsAsync<CimException>(() => bench.Invoke(system, method, (parameter, value)))).Error;
        Assert.Equal(CimError.MethodNotFound, await Refused("Explode", "RequestedState", CimValue.UInt16(2)));
        Assert.Equal(CimError.InvalidParameter, await Refused("RequestStateChange", "State", CimValue.UInt16(2)));
        Assert.Equal(
            CimError.InvalidParameter,
            await Refused("RequestStateChange", "RequestedState", CimValue.UInt32(2))
        );
        Assert.Equal(CimError.InvalidParameter, await Refused("RequestStateChange", "Job", CimValue.Reference(system)));
        var wrongClass = await Assert.ThrowsAsync<CimException>(() =>
            bench.Manage("DestroySystem", ("AffectedSystem", CimValue.Reference(Bench.Settings(Bench.Ex02))))
        );
        Assert.Equal(CimError.InvalidParameter, wrongClass.Error);
        Assert.Equal(3, await bench.State(Bench.Ex02));
    }

    [Fact]
    public async Task Says_plainly_what_the_simulated_host_does_not_do()
    {
        await using var bench = Bench.Start();
        var refused = await Assert.ThrowsAsync<CimException>(() =>
            bench.Invoke(Bench.System(Bench.Ex02), "InjectNonMaskableInterrupt")
        );
        Assert.Equal(CimError.NotSupported, refused.Error);
    }

    [Fact]
    public async Task Knows_inheritance_in_queries()
    {
        await using var bench = Bench.Start();
        var switches = await bench.Query("SELECT * FROM CIM_ComputerSystem WHERE ElementName='prod'");
        Assert.Equal("Msvm_VirtualEthernetSwitch", Assert.Single(switches).ClassName);
        var services = await bench.Query("SELECT * FROM CIM_Service");
        Assert.Equal(5, services.Count);
        Assert.Single(
            await bench.Query("SELECT * FROM CIM_ComputerSystem WHERE __CLASS='Msvm_ComputerSystem' AND Name='HV01'")
        );
    }

    [Fact]
    public async Task Lacks_the_properties_that_came_with_a_later_Windows()
    {
        await using var bench = Bench.Start(d =>
            d with
            {
                OperatingSystem = new SimulatedOperatingSystem
                {
                    Version = "10.0.14393",
                    Caption = "Microsoft Windows Server 2016",
                },
            }
        );
        Assert.DoesNotContain("AutomaticSnapshotsEnabled", (await bench.VmSettings(Bench.Ex02)).Properties.Keys);
        var refused = await Assert.ThrowsAsync<CimException>(() =>
            bench.Query("SELECT AutomaticSnapshotsEnabled FROM Msvm_VirtualSystemSettingData")
        );
        Assert.Equal(CimError.InvalidQuery, refused.Error);
        Assert.False(bench.Control.Set("EX02", "automaticCheckpoints", "true").IsAccepted);
    }

    [Fact]
    public async Task Gives_a_path_without_the_keys_that_were_not_selected()
    {
        await using var bench = Bench.Start();
        var narrow = (await bench.Query("SELECT ElementName FROM Msvm_ComputerSystem"))[0];
        Assert.Empty(narrow.Path.Keys);
        var refused = await Assert.ThrowsAsync<CimException>(() => bench.Get(narrow.Path));
        Assert.Equal(CimError.InvalidParameter, refused.Error);
    }

    [Fact]
    public async Task Every_instance_of_the_host_can_be_read_again_by_its_path()
    {
        await using var bench = Bench.Start();
        await bench.Request(Bench.Ex02, 2);
        var read = 0;
        foreach (var name in new[] { "CIM_ManagedElement", "CIM_Dependency", "CIM_Component" })
        {
            foreach (var instance in await bench.Query($"SELECT * FROM {name}"))
            {
                Assert.Equal(instance.Path, (await bench.Get(instance.Path)).Path);
                read++;
            }
        }

        string[] windows =
        [
            "Win32_ComputerSystem",
            "Win32_OperatingSystem",
            "Win32_Processor",
            "Win32_PhysicalMemory",
            "Win32_Service",
            "Win32_LogicalDisk",
            "Win32_ServerFeature",
            "Win32_OptionalFeature",
            "Win32_PerfFormattedData",
        ];
        foreach (var name in windows)
        {
            var found = await bench.Query($"SELECT * FROM {name}", @"root\cimv2");
            Assert.NotEmpty(found);
            foreach (var instance in found)
            {
                Assert.Equal(instance.Path, (await bench.Get(instance.Path)).Path);
                read++;
            }
        }

        Assert.InRange(read, 100, 10_000);
    }

    [Fact]
    public async Task Every_read_of_many_VMs_costs_the_same_number_of_calls()
    {
        string[] queries =
        [
            "Msvm_ComputerSystem",
            "Msvm_VirtualSystemSettingData",
            "CIM_ResourceAllocationSettingData",
            "Msvm_FeatureSettingData",
            "Msvm_AffectedJobElement",
        ];
        foreach (var count in new[] { 1, 60 })
        {
            await using var bench = Bench.Start(d => d with { VirtualMachines = Bench.Many(count) });
            bench.Host.Calls.Reset();
            var instances = 0;
            foreach (var name in queries)
            {
                instances += (await bench.Query($"SELECT * FROM {name}")).Count;
            }

            Assert.Equal(queries.Length, bench.Host.Calls.Count);
            Assert.InRange(instances, count * 15, (count * 30) + 30);
        }
    }
}

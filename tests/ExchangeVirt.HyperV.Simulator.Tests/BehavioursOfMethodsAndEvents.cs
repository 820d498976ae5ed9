using System.Collections.Immutable;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.Description;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.HyperV.Simulator.Tests;

/// <summary>One test for each of the documented behaviours that a driver must be able to rely on, in the reference's order: 13 to 25.</summary>
public sealed class BehavioursOfMethodsAndEvents
{
    [Theory]
    [InlineData("Microsoft:Hyper-V:SubType:1", 2)]
    [InlineData("Microsoft:Hyper-V:SubType:2", 0)]
    public async Task B13_DefineSystem_without_resources_makes_memory_processor_and_default_devices(
        string subType,
        int controllers
    )
    {
        await using var bench = Bench.Synchronous();
        var settings = bench
            .Host.NewInstance(Bench.Ns, "Msvm_VirtualSystemSettingData")
            .With("ElementName", CimValue.Text("NEW"))
            .With("VirtualSystemSubType", CimValue.Text(subType));
        var result = await bench.Manage(
            "DefineSystem",
            ("SystemSettings", CimValue.Text(bench.Host.Serialize(settings)))
        );
        Assert.Equal(0u, result.ReturnValue);
        var id = (await bench.Get((CimPath)result.Out["ResultingSystem"].Value!)).Text("Name")!;
        Assert.Equal(1024, (await bench.Memory(id)).Number("VirtualQuantity"));
        Assert.False((await bench.Memory(id)).Flag("DynamicMemoryEnabled"));
        Assert.Equal(1, (await bench.Processor(id)).Number("VirtualQuantity"));
        var made = await bench.VmSettings(id);
        Assert.Equal(
            (3, 3, 3),
            (
                made.Number("AutomaticShutdownAction"),
                made.Number("UserSnapshotType"),
                made.Number("AutomaticStartupAction")
            )
        );
        Assert.False(made.Flag("AutomaticSnapshotsEnabled"));
        var devices = await bench.Associated(
            Bench.Settings(id),
            "Msvm_VirtualSystemSettingDataComponent",
            "Msvm_ResourceAllocationSettingData"
        );
        Assert.Equal(controllers, devices.Count);
    }

    [Fact]
    public async Task B14_DestroySystem_needs_Off_or_Saved_and_leaves_the_files()
    {
        await using var bench = Bench.Synchronous();
        Task<CimMethodResult> Destroy(string id) =>
            bench.Manage("DestroySystem", ("AffectedSystem", CimValue.Reference(Bench.System(id))));
        Assert.Equal(32775u, (await Destroy(Bench.Ex01)).ReturnValue);
        Assert.Equal(32775u, (await Destroy(Bench.Ex04)).ReturnValue);
        Assert.Equal(0u, (await Destroy(Bench.Ex02)).ReturnValue);
        Assert.Equal(0u, (await Destroy(Bench.Ex03)).ReturnValue);
        await Assert.ThrowsAsync<CimException>(() => bench.Get(Bench.System(Bench.Ex02)));
        Assert.Equal(
            0u,
            (
                await bench.Images("GetVirtualHardDiskSettingData", ("Path", CimValue.Text(@"D:\ex02\os.vhdx")))
            ).ReturnValue
        );
    }

    [Fact]
    public async Task A_whole_instance_that_was_read_is_taken_back_though_the_clock_is_finer_than_CIM_tells()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero).AddTicks(1_234_567));
        await using var host = SimulatedHost.Create(
            Bench.Description with
            {
                Answers = SimulatedAnswers.Synchronous,
            },
            time
        );
        var token = TestContext.Current.CancellationToken;
        var read = await host.GetAsync(Bench.Settings(Bench.Ex02), token);
        var service = (await host.QueryAsync(Bench.Ns, "SELECT * FROM Msvm_VirtualSystemManagementService", token))[0];

        var result = await host.InvokeAsync(
            service.Path,
            "ModifySystemSettings",
            new Dictionary<string, CimValue> { ["SystemSettings"] = CimValue.Text(host.Serialize(read)) },
            token
        );

        Assert.Equal(0u, result.ReturnValue);
    }

    [Fact]
    public async Task B15_ModifySystemSettings_picks_its_target_by_InstanceID()
    {
        await using var bench = Bench.Synchronous();
        var partial = bench
            .Host.NewInstance(Bench.Ns, "Msvm_VirtualSystemSettingData")
            .With("InstanceID", CimValue.Text($"Microsoft:{Bench.Ex02}"))
            .With("Notes", CimValue.TextArray(["mine"]));
        Assert.Equal(0u, (await bench.ModifySystem(partial)).ReturnValue);
        Assert.Equal(["mine"], (await bench.VmSettings(Bench.Ex02)).Texts("Notes"));
        Assert.Equal("EX02", (await bench.VmSettings(Bench.Ex02)).Text("ElementName"));
        var nowhere = partial.With("InstanceID", CimValue.Text("Microsoft:00000000-0000-0000-0000-00000000FFFF"));
        Assert.Equal(32773u, (await bench.ModifySystem(nowhere)).ReturnValue);
    }

    [Theory]
    [InlineData("not xml at all")]
    [InlineData("<INSTANCE CLASSNAME=\"Msvm_Nonsense\"></INSTANCE>")]
    [InlineData(
        "<INSTANCE CLASSNAME=\"Msvm_VirtualSystemSettingData\"><PROPERTY NAME=\"UserSnapshotType\" TYPE=\"uint32\"><VALUE>2</VALUE></PROPERTY></INSTANCE>"
    )]
    [InlineData(
        "<INSTANCE CLASSNAME=\"Msvm_VirtualSystemSettingData\"><PROPERTY NAME=\"UserSnapshotType\" TYPE=\"uint16\"><VALUE>70000</VALUE></PROPERTY></INSTANCE>"
    )]
    [InlineData(
        "<INSTANCE CLASSNAME=\"Msvm_VirtualSystemSettingData\"><PROPERTY NAME=\"Colour\" TYPE=\"string\"><VALUE>red</VALUE></PROPERTY></INSTANCE>"
    )]
    [InlineData("<INSTANCE CLASSNAME=\"Msvm_MemorySettingData\"></INSTANCE>")]
    [InlineData("")]
    public async Task B16_Embedded_instances_are_read_strictly(string text)
    {
        await using var bench = Bench.Synchronous();
        var result = await bench.Manage("ModifySystemSettings", ("SystemSettings", CimValue.Text(text)));
        Assert.Equal(32773u, result.ReturnValue);
    }

    [Fact]
    public async Task B17_RemoveResourceSettings_takes_references_and_no_text()
    {
        await using var bench = Bench.Synchronous();
        var port = await bench.One(
            $@"SELECT * FROM Msvm_SyntheticEthernetPortSettingData WHERE InstanceID LIKE 'Microsoft:{Bench.Ex02}\\%'"
        );
        var refused = await Assert.ThrowsAsync<CimException>(() =>
            bench.Manage(
                "RemoveResourceSettings",
                ("ResourceSettings", CimValue.TextArray([bench.Host.Serialize(port)]))
            )
        );
        Assert.Equal(CimError.InvalidParameter, refused.Error);
        var done = await bench.Manage(
            "RemoveResourceSettings",
            ("ResourceSettings", CimValue.ReferenceArray([port.Path]))
        );
        Assert.Equal(0u, done.ReturnValue);
        Assert.Empty(
            await bench.Query(
                $@"SELECT * FROM CIM_EthernetPortAllocationSettingData WHERE InstanceID LIKE 'Microsoft:{Bench.Ex02}\\%'"
            )
        );
    }

    [Fact]
    public async Task B18_ApplySnapshot_always_answers_4096_and_only_from_Off_or_Saved()
    {
        await using var bench = Bench.Synchronous();
        var snapshot = (await bench.Associated(Bench.System(Bench.Ex01), "Msvm_SnapshotOfVirtualSystem"))[0];
        Task<CimMethodResult> Apply() =>
            bench.Snapshots("ApplySnapshot", ("Snapshot", CimValue.Reference(snapshot.Path)));
        Assert.Equal(32775u, (await Apply()).ReturnValue);
        await bench.Request(Bench.Ex01, 3);
        bench.Pass(10);
        Assert.Equal(4096u, (await Apply()).ReturnValue);
        Assert.Equal([2, 32769], (await bench.Get(Bench.System(Bench.Ex01))).Numbers("OperationalStatus"));
        bench.Pass(5);
        Assert.Equal([2], (await bench.Get(Bench.System(Bench.Ex01))).Numbers("OperationalStatus"));
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public async Task B19_DestroySnapshot_may_take_dependents_along_and_merging_shows(bool takesDependents, int left)
    {
        await using var bench = Bench.Start(d =>
            d with
            {
                DestroySnapshotTakesDependents = takesDependents,
                Answers = SimulatedAnswers.Synchronous,
            }
        );
        var first = await bench.One("SELECT * FROM Msvm_VirtualSystemSettingData WHERE ElementName='before CU'");
        Assert.Equal(
            0u,
            (await bench.Snapshots("DestroySnapshot", ("AffectedSnapshot", CimValue.Reference(first.Path)))).ReturnValue
        );
        Assert.Equal([2, 32772], (await bench.Get(Bench.System(Bench.Ex01))).Numbers("OperationalStatus"));
        bench.Pass(5);
        Assert.Equal([2], (await bench.Get(Bench.System(Bench.Ex01))).Numbers("OperationalStatus"));
        Assert.Equal(left, (await bench.Associated(Bench.System(Bench.Ex01), "Msvm_SnapshotOfVirtualSystem")).Count);
    }

    [Fact]
    public async Task B19_DestroySnapshotTree_removes_the_subtree_and_the_merged_VM_is_back_on_its_own_files()
    {
        await using var bench = Bench.Synchronous();
        var first = await bench.One("SELECT * FROM Msvm_VirtualSystemSettingData WHERE ElementName='before CU'");
        var wrongName = await Assert.ThrowsAsync<CimException>(() =>
            bench.Snapshots("DestroySnapshotTree", ("AffectedSnapshot", CimValue.Reference(first.Path)))
        );
        Assert.Equal(CimError.InvalidParameter, wrongName.Error);
        await bench.Snapshots("DestroySnapshotTree", ("SnapshotSettingData", CimValue.Reference(first.Path)));
        bench.Pass(5);
        Assert.Equal(
            [@"D:\ex01\os.vhdx", @"D:\ex01\db1.vhdx"],
            bench.Control.Machines().Single(m => m.Name == "EX01").Disks
        );
    }

    [Fact]
    public async Task B20_The_shutdown_component_comes_and_goes_with_Running_and_its_answer_comes_before_Off()
    {
        await using var bench = Bench.Start();
        var component = $"SELECT * FROM Msvm_ShutdownComponent WHERE SystemName='{Bench.Ex02}'";
        Assert.Empty(await bench.Query(component));
        await bench.Request(Bench.Ex02, 2);
        bench.Pass(2);
        var path = (await bench.One(component)).Path;
        Task<CimMethodResult> Shutdown() =>
            bench.Invoke(path, "InitiateShutdown", ("Force", CimValue.Of(false)), ("Reason", CimValue.Text("test")));
        Assert.Equal(32780u, (await Shutdown()).ReturnValue);
        bench.Pass(20);
        var accepted = await Shutdown();
        Assert.Equal(0u, accepted.ReturnValue);
        Assert.DoesNotContain("Job", accepted.Out.Keys);
        Assert.Equal(2, await bench.State(Bench.Ex02));
        Assert.Equal(32782u, (await Shutdown()).ReturnValue);
        bench.Pass(10);
        Assert.Equal(4, await bench.State(Bench.Ex02));
        Assert.Empty(await bench.Query(component));
        bench.Pass(1);
        Assert.Equal(3, await bench.State(Bench.Ex02));
    }

    [Fact]
    public async Task B21_Migration_never_answers_0_and_the_check_never_has_a_job()
    {
        await using var bench = Bench.Synchronous();
        var service = await bench.Service("Msvm_VirtualSystemMigrationService");
        (string, CimValue)[] To(string host) =>
            [
                ("ComputerSystem", CimValue.Reference(Bench.System(Bench.Ex02))),
                ("DestinationHost", CimValue.Text(host)),
            ];
        var check = await bench.Invoke(service, "CheckVirtualSystemIsMigratableToHost", To("HV02"));
        Assert.Equal((0u, true), (check.ReturnValue, (bool)check.Out["IsMigratable"].Value!));
        Assert.DoesNotContain("Job", check.Out.Keys);
        var nowhere = await bench.Invoke(service, "MigrateVirtualSystemToHost", To("HV99"));
        Assert.Equal(10, await bench.Finished(nowhere));
        var away = await bench.Invoke(service, "MigrateVirtualSystemToHost", To("HV02"));
        Assert.Equal("Msvm_MigrationJob", (await bench.Job(away)).ClassName);
        Assert.Equal(7, await bench.Finished(away));
        Assert.Empty(await bench.Query($"SELECT * FROM Msvm_ComputerSystem WHERE Name='{Bench.Ex02}'"));
    }

    [Fact]
    public async Task B22_Summary_leaves_what_was_not_asked_for_null_and_the_name_of_an_unknown_VM_empty()
    {
        await using var bench = Bench.Start();
        var result = await bench.Manage(
            "GetSummaryInformation",
            (
                "SettingData",
                CimValue.ReferenceArray([
                    Bench.Settings(Bench.Ex01),
                    Bench.Settings("00000000-0000-0000-0000-00000000FFFF"),
                ])
            ),
            ("RequestedInformation", CimValue.UInt32Array([1, 100, 104]))
        );
        var summaries = ((ImmutableArray<object>)result.Out["SummaryInformation"].Value!).Cast<CimObject>().ToList();
        Assert.Equal(
            (Bench.Ex01, "EX01", 2L, 2L),
            (
                summaries[0].Text("Name"),
                summaries[0].Text("ElementName"),
                summaries[0].Number("EnabledState"),
                summaries[0].Number("Heartbeat")
            )
        );
        Assert.Null(summaries[0]["NumberOfProcessors"]);
        Assert.Equal("", summaries[1].Text("Name"));
        Assert.Null(summaries[1]["ElementName"]);
        var all = await bench.Manage("GetSummaryInformation", ("RequestedInformation", CimValue.UInt32Array([4])));
        Assert.Equal(5, ((ImmutableArray<object>)all.Out["SummaryInformation"].Value!).Length);
    }

    [Fact]
    public async Task B23_A_missing_disk_file_is_32779_and_only_a_differencing_disk_has_a_parent()
    {
        await using var bench = Bench.Start();
        async Task<CimMethodResult> Describe(string path) =>
            await bench.Images("GetVirtualHardDiskSettingData", ("Path", CimValue.Text(path)));
        Assert.Equal(32779u, (await Describe(@"D:\nowhere.vhdx")).ReturnValue);
        var template = bench.Host.Deserialize(
            (string)(await Describe(@"d:\TEMPLATES\ws2022.vhdx")).Out["SettingData"].Value!
        );
        Assert.Equal((3L, 3L, ""), (template.Number("Type"), template.Number("Format"), template.Text("ParentPath")));
        var leaf = bench.Control.Machines().Single(m => m.Name == "EX01").Disks[0];
        var above = bench.Host.Deserialize((string)(await Describe(leaf)).Out["SettingData"].Value!);
        Assert.Equal(4, above.Number("Type"));
        Assert.EndsWith(".avhdx", above.Text("ParentPath"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Msvm_ProcessorSettingData", "Limit", 100000, 100001)]
    [InlineData("Msvm_ProcessorSettingData", "Reservation", 100000, 100001)]
    [InlineData("Msvm_ProcessorSettingData", "Weight", 10000, 10001)]
    [InlineData("Msvm_ProcessorSettingData", "VirtualQuantity", 240, 241)]
    [InlineData("Msvm_MemorySettingData", "TargetMemoryBuffer", 2000, 2001)]
    [InlineData("Msvm_MemorySettingData", "TargetMemoryBuffer", 5, 4)]
    [InlineData("Msvm_MemorySettingData", "VirtualQuantity", 2048, 2049)]
    public async Task B24_Values_out_of_range_are_refused(string className, string property, long good, long bad)
    {
        await using var bench = Bench.Synchronous();
        var settings = await bench.One($@"SELECT * FROM {className} WHERE InstanceID LIKE 'Microsoft:{Bench.Ex02}\\%'");
        CimObject With(long value) =>
            settings.With(
                property,
                settings.Properties[property].Type is CimType.UInt64
                    ? CimValue.UInt64((ulong)value)
                    : CimValue.UInt32((uint)value)
            );
        Assert.Equal(0u, (await bench.ModifyResource(With(good))).ReturnValue);
        Assert.Equal(32773u, (await bench.ModifyResource(With(bad))).ReturnValue);
    }

    [Fact]
    public async Task B24_The_defaults_are_the_documented_ones()
    {
        await using var bench = Bench.Start();
        var processor = await bench.Processor(Bench.Ex02);
        Assert.Equal(
            (100000, 0, 100),
            (processor.Number("Limit"), processor.Number("Reservation"), processor.Number("Weight"))
        );
    }

    [Fact]
    public async Task B25_Modification_events_carry_both_instances_arrive_late_and_may_be_stale()
    {
        await using var bench = Bench.Start(d => d with { Timings = d.Timings with { EventSeconds = 3 } });
        await using var events = bench
            .Host.SubscribeAsync(
                Bench.Ns,
                "SELECT * FROM __InstanceModificationEvent WHERE TargetInstance ISA 'Msvm_ComputerSystem'",
                TestContext.Current.CancellationToken
            )
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await bench.Request(Bench.Ex02, 2);
        var next = events.MoveNextAsync().AsTask();
        bench.Pass(2.9);
        Assert.False(next.IsCompleted);
        bench.Pass(0.1);
        Assert.True(await next);
        Assert.Equal(
            (3, 10),
            (events.Current.Previous!.Number("EnabledState"), events.Current.Target!.Number("EnabledState"))
        );
        Assert.Equal(2, await bench.State(Bench.Ex02));

        bench.Control.Inject(new() { Kind = Faults.SimulatedFaultKind.EventStale, Remaining = 1 });
        bench.Control.Set("EX02", "name", "RENAMED");
        bench.Pass(30);
        Assert.True(await events.MoveNextAsync());
        Assert.True(await events.MoveNextAsync());
        Assert.Equal("EX02", events.Current.Target!.Text("ElementName"));
    }
}

using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.Description;

namespace ExchangeVirt.HyperV.Simulator.Tests;

/// <summary>Every row of the reference's change matrix, tried through WMI in each of the four states.</summary>
public sealed class TheChangeMatrix
{
    private const string Sys = "Msvm_VirtualSystemSettingData";
    private const string Mem = "Msvm_MemorySettingData";
    private const string Proc = "Msvm_ProcessorSettingData";

    /// <summary>Class, property, new value, dynamic memory, and one letter per state Off, Running, Saved, Paused; <c>?</c> is refused.</summary>
    public static TheoryData<string, string, object, bool, string> Rows { get; } =
        new()
        {
            { Mem, "DynamicMemoryEnabled", true, false, "YNNN" },
            { Mem, "DynamicMemoryEnabled", false, true, "YNNN" },
            { Mem, "VirtualQuantity", 4096UL, false, "YYN?" },
            { Mem, "VirtualQuantity", 4096UL, true, "YNNN" },
            { Mem, "Reservation", 256UL, true, "YYN?" },
            { Mem, "Reservation", 1024UL, true, "YNN?" },
            { Mem, "Limit", 16384UL, true, "YYN?" },
            { Mem, "Limit", 4096UL, true, "YNN?" },
            { Mem, "TargetMemoryBuffer", 30U, true, "YYN?" },
            { Mem, "Weight", 100U, false, "YYN?" },
            { Proc, "VirtualQuantity", 4UL, false, "YNNN" },
            { Proc, "Limit", 50000UL, false, "YYN?" },
            { Proc, "Reservation", 10000UL, false, "YYN?" },
            { Proc, "Weight", 200U, false, "YYN?" },
            { Proc, "LimitProcessorFeatures", true, false, "YNNN" },
            { Proc, "LimitCPUID", true, false, "YNNN" },
            { Proc, "ExposeVirtualizationExtensions", true, false, "YNNN" },
            { Proc, "HwThreadsPerCore", 1UL, false, "YNNN" },
            { Proc, "MaxProcessorsPerNumaNode", 8UL, false, "YNNN" },
            { Proc, "MaxNumaNodesPerSocket", 1UL, false, "YNNN" },
            { Sys, "AutomaticStartupAction", (ushort)4, false, "YY??" },
            { Sys, "AutomaticStartupActionDelay", TimeSpan.FromSeconds(90), false, "YY??" },
            { Sys, "AutomaticShutdownAction", (ushort)4, false, "YNNN" },
            { Sys, "AutomaticCriticalErrorAction", (ushort)0, false, "YY??" },
            { Sys, "AutomaticCriticalErrorActionTimeout", TimeSpan.FromMinutes(5), false, "YY??" },
            { Sys, "UserSnapshotType", (ushort)2, false, "YY??" },
            { Sys, "AutomaticSnapshotsEnabled", true, false, "YY??" },
            { Sys, "ElementName", "OTHER", false, "YYYY" },
            { Sys, "SecureBootEnabled", false, false, "YNNN" },
            { Sys, "VirtualNumaEnabled", false, false, "YNNN" },
            { Sys, "AutomaticRecoveryAction", (ushort)2, false, "YNNN" },
        };

    private static readonly SimulatedPowerState[] s_states =
    [
        SimulatedPowerState.Off,
        SimulatedPowerState.Running,
        SimulatedPowerState.Saved,
        SimulatedPowerState.Paused,
    ];

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Decides_what_may_be_changed_in_which_state(
        string className,
        string property,
        object value,
        bool dynamicMemory,
        string verdicts
    )
    {
        foreach (var (state, verdict) in s_states.Zip(verdicts))
        {
            await using var bench = Bench.Start(d => With(d, state, dynamicMemory));
            var settings =
                className == Sys
                    ? await bench.VmSettings(Bench.Ex01)
                    : await bench.One($@"SELECT * FROM {className} WHERE InstanceID LIKE 'Microsoft:{Bench.Ex01}\\%'");
            Assert.NotEqual(value, settings[property]);
            var wanted = settings.With(property, Typed(value));
            var result = className == Sys ? await bench.ModifySystem(wanted) : await bench.ModifyResource(wanted);
            Assert.True(
                (verdict == 'Y' ? 0u : 32775u) == result.ReturnValue,
                $"{property} when {state}: {result.ReturnValue}"
            );
            Assert.Equal(verdict == 'Y', Equals(value, (await bench.Get(settings.Path))[property]));
        }
    }

    [Fact]
    public async Task Refuses_to_resize_fixed_memory_of_a_running_guest_that_cannot()
    {
        await using var bench = Bench.Start(d =>
        {
            var host = With(d, SimulatedPowerState.Running, false);
            return host with
            {
                VirtualMachines =
                [
                    host.VirtualMachines[0] with
                    {
                        Guest = new SimulatedGuest { SupportsMemoryResize = false },
                    },
                ],
            };
        });
        var memory = (await bench.Memory(Bench.Ex01)).With("VirtualQuantity", CimValue.UInt64(4096));
        Assert.Equal(32775u, (await bench.ModifyResource(memory)).ReturnValue);
    }

    [Fact]
    public async Task Can_refuse_by_a_job_that_fails_instead()
    {
        await using var bench = Bench.Start(d =>
            With(d, SimulatedPowerState.Running, false) with
            {
                Refusals = SimulatedAnswers.Jobs,
            }
        );
        var processor = (await bench.Processor(Bench.Ex01)).With("VirtualQuantity", CimValue.UInt64(4));
        var result = await bench.ModifyResource(processor);
        Assert.Equal(10, await bench.Finished(result));
        var job = await bench.Job(result);
        Assert.Equal(32775, job.Number("ErrorCode"));
        Assert.Contains("Running", job.Text("ErrorDescription"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_every_change_while_a_job_is_pending()
    {
        await using var bench = Bench.Start(d => d with { Answers = SimulatedAnswers.Jobs });
        var settings = (await bench.VmSettings(Bench.Ex02)).With("UserSnapshotType", CimValue.UInt16(2));
        Assert.Equal(4096u, (await bench.ModifySystem(settings)).ReturnValue);
        Assert.Equal(32775u, (await bench.ModifySystem(settings)).ReturnValue);
        bench.Pass(1);
        Assert.Equal(4096u, (await bench.ModifySystem(settings)).ReturnValue);
    }

    [Fact]
    public async Task Lets_disks_be_added_to_a_running_VM_on_SCSI_and_not_on_IDE()
    {
        await using var bench = Bench.Synchronous();
        Assert.Equal(
            0u,
            (await AddDrive(bench, Bench.Ex01, "Microsoft:Hyper-V:Synthetic SCSI Controller")).ReturnValue
        );
        Assert.Equal(
            32775u,
            (await AddDrive(bench, Bench.Old, "Microsoft:Hyper-V:Emulated IDE Controller")).ReturnValue
        );
    }

    [Fact]
    public async Task Lets_a_template_become_a_disk_and_the_disk_be_attached_drive_first()
    {
        await using var bench = Bench.Synchronous();
        var file = bench
            .Host.NewInstance(Bench.Ns, "Msvm_VirtualHardDiskSettingData")
            .With("Path", CimValue.Text(@"D:\ex02\db.vhdx"))
            .With("Type", CimValue.UInt16(2))
            .With("Format", CimValue.UInt16(3));
        (string, CimValue)[] copy =
        [
            ("SourcePath", CimValue.Text(@"D:\templates\ws2022.vhdx")),
            ("VirtualDiskSettingData", CimValue.Text(bench.Host.Serialize(file))),
        ];
        Assert.Equal(0u, (await bench.Images("ConvertVirtualHardDisk", copy)).ReturnValue);
        Assert.Equal(32768u, (await bench.Images("ConvertVirtualHardDisk", copy)).ReturnValue);

        var drive = (CimPath)
            (
                (System.Collections.Immutable.ImmutableArray<object>)
                    (await AddDrive(bench, Bench.Ex02, "Microsoft:Hyper-V:Synthetic SCSI Controller"))
                        .Out["ResultingResourceSettings"]
                        .Value!
            )[0];
        var template = await bench.One(
            @"SELECT * FROM Msvm_StorageAllocationSettingData WHERE InstanceID LIKE '%\\Default' AND ResourceSubType='Microsoft:Hyper-V:Virtual Hard Disk'"
        );
        var disk = template
            .With("Parent", CimValue.Text(drive.ToString()))
            .With("HostResource", CimValue.TextArray([@"D:\ex02\db.vhdx"]));
        var added = await Add(bench, Bench.Ex02, disk);
        Assert.Equal(0u, added.ReturnValue);
        Assert.Equal(
            [@"D:\ex02\os.vhdx", @"D:\ex02\db.vhdx"],
            bench.Control.Machines().Single(m => m.Name == "EX02").Disks
        );
        Assert.Equal(
            32773u,
            (await Add(bench, Bench.Ex02, disk.With("HostResource", CimValue.TextArray([@"D:\no.vhdx"])))).ReturnValue
        );
    }

    [Fact]
    public async Task Lets_a_network_adapter_be_added_connected_and_tagged()
    {
        await using var bench = Bench.Synchronous();
        var port = await bench.One(
            @"SELECT * FROM Msvm_SyntheticEthernetPortSettingData WHERE InstanceID LIKE '%\\Default'"
        );
        var addedPort = First(await Add(bench, Bench.Ex03, port), "ResultingResourceSettings", expected: 32775);
        Assert.Null(addedPort);
        addedPort = First(await Add(bench, Bench.Ex02, port), "ResultingResourceSettings");
        var network = await bench.One("SELECT * FROM Msvm_VirtualEthernetSwitch WHERE ElementName='backup'");
        var connection = (
            await bench.One(@"SELECT * FROM Msvm_EthernetPortAllocationSettingData WHERE InstanceID LIKE '%\\Default'")
        )
            .With("Parent", CimValue.Text(addedPort!.ToString()))
            .With("HostResource", CimValue.TextArray([network.Path.ToString()]));
        var connected = First(await Add(bench, Bench.Ex02, connection), "ResultingResourceSettings")!;
        var vlan = (
            await bench.One(@"SELECT * FROM Msvm_EthernetSwitchPortVlanSettingData WHERE InstanceID LIKE '%\\Default'")
        )
            .With("OperationMode", CimValue.UInt32(1))
            .With("AccessVlanId", CimValue.UInt16(77));
        var tagged = First(
            await bench.Manage(
                "AddFeatureSettings",
                ("AffectedConfiguration", CimValue.Reference(connected)),
                ("FeatureSettings", CimValue.TextArray([bench.Host.Serialize(vlan)]))
            ),
            "ResultingFeatureSettings"
        )!;
        var found = Assert.Single(await bench.Associated(connected, "Msvm_EthernetPortSettingDataComponent"));
        Assert.Equal((tagged, 77L), (found.Path, found.Number("AccessVlanId")));
        var retag = await bench.Manage(
            "ModifyFeatureSettings",
            (
                "FeatureSettings",
                CimValue.TextArray([bench.Host.Serialize(found.With("AccessVlanId", CimValue.UInt16(78)))])
            )
        );
        Assert.Equal(0u, retag.ReturnValue);
        Assert.Equal(78, (await bench.Get(tagged)).Number("AccessVlanId"));
    }

    private static CimPath? First(CimMethodResult result, string name, uint expected = 0)
    {
        Assert.Equal(expected, result.ReturnValue);
        return result.Out[name].Value is System.Collections.Immutable.ImmutableArray<object> items
            ? (CimPath)items[0]
            : null;
    }

    private static Task<CimMethodResult> Add(Bench bench, string id, CimObject device) =>
        bench.Manage(
            "AddResourceSettings",
            ("AffectedConfiguration", CimValue.Reference(Bench.Settings(id))),
            ("ResourceSettings", CimValue.TextArray([bench.Host.Serialize(device)]))
        );

    private static async Task<CimMethodResult> AddDrive(Bench bench, string id, string controllerType)
    {
        var controllers = await bench.Query(
            $@"SELECT * FROM Msvm_ResourceAllocationSettingData WHERE ResourceSubType='{controllerType}' AND InstanceID LIKE 'Microsoft:{id}\\%'"
        );
        var template = await bench.One(
            @"SELECT * FROM Msvm_ResourceAllocationSettingData WHERE InstanceID LIKE '%\\Default' AND ResourceSubType='Microsoft:Hyper-V:Synthetic Disk Drive'"
        );
        return await Add(bench, id, template.With("Parent", CimValue.Text(controllers[0].Path.ToString())));
    }

    private static SimulatedHostDescription With(
        SimulatedHostDescription d,
        SimulatedPowerState state,
        bool dynamicMemory
    ) =>
        d with
        {
            Answers = SimulatedAnswers.Synchronous,
            VirtualMachines =
            [
                new SimulatedMachine
                {
                    Name = "VM",
                    Id = Guid.Parse(Bench.Ex01),
                    Processors = 2,
                    State = state,
                    Memory = new SimulatedMemory
                    {
                        Size = 2UL << 30,
                        Dynamic = dynamicMemory,
                        Minimum = 512UL << 20,
                        Maximum = 8UL << 30,
                    },
                },
            ],
        };

    private static CimValue Typed(object value) =>
        value switch
        {
            bool flag => CimValue.Of(flag),
            ushort number => CimValue.UInt16(number),
            uint number => CimValue.UInt32(number),
            ulong number => CimValue.UInt64(number),
            TimeSpan interval => CimValue.Interval(interval),
            _ => CimValue.Text((string)value),
        };
}
